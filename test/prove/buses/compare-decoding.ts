/**
 * Registers mean the same to us as to others: to pymodbus over every type, word order and scale, and to mbpoll, reading
 * from a pymodbus server, over what it knows. A wrong word order is the control: it must differ.
 */
import { WORD_ORDERS, type WordOrder } from "../../../contracts/wire/word-order.ts";
import type { ProveOptions, Shown } from "../claim.ts";
import { chanceOf } from "../fuzz/noise.ts";
import { decodeOne } from "./decode-one.ts";
import { compareWithMbpoll } from "./mbpoll-peer.ts";
import { type PymodbusCase, readWithPymodbus } from "./pymodbus-peer.ts";

const SEED = 0x0b5e_5eed;
const TYPES = ["u16", "i16", "u32", "i32", "f32"] as const;
/** No product of these with 32 bits has more than twelve digits, which is what a decoded value keeps. */
const SCALES = ["1", "10", "0.1", "0.25", "0.01", "0.001"] as const;
const WORDS_EACH = 2_000;
const WORDS_EACH_SHORT = 200;
/** Ends of every range, signs, floats that are zero, tiny, infinite or no number at all. */
const CORNERS: readonly (readonly [number, number])[] = [
  [0x0000, 0x0000],
  [0x0000, 0x0001],
  [0x7fff, 0xffff],
  [0x8000, 0x0000],
  [0xffff, 0xffff],
  [0xffff, 0x0000],
  [0x0000, 0xffff],
  [0x7f80, 0x0000],
  [0xff80, 0x0000],
  [0x7fc0, 0x0000],
  [0x7f7f, 0xffff],
  [0x3f80, 0x0000],
  [0xc2c8, 0x0000],
];

export async function compareDecoding({ isShort, say }: ProveOptions): Promise<Shown> {
  const chance = chanceOf(SEED);
  const word = () => Math.floor(chance() * 0x1_0000);
  const wordsEach = isShort ? WORDS_EACH_SHORT : WORDS_EACH;
  const pairs = [...CORNERS, ...Array.from({ length: wordsEach }, () => [word(), word()] as const)];
  const cases = TYPES.flatMap((type) =>
    // An order is one of two registers; a single register has none.
    (type === "u16" || type === "i16" ? (["abcd"] as const) : WORD_ORDERS).flatMap((order) =>
      pairs.map(
        (words): PymodbusCase => ({
          type,
          order,
          words: type === "u16" || type === "i16" ? words.slice(0, 1) : words,
          scales: SCALES,
        }),
      ),
    ),
  );
  const theirs = await readWithPymodbus(cases);
  const wrong = cases.flatMap((one, n) => differences(one, theirs[n] ?? [], one.order));
  const control = cases.flatMap((one, n) =>
    one.words.length === 2 ? [differences(one, theirs[n] ?? [], WRONG_ORDER[one.order])] : [],
  );
  const controlDiffers = control.filter((found) => found.length > 0).length;
  say(`pymodbus: ${cases.length * SCALES.length} values compared, ${wrong.length} differ`);
  const mbpoll = await compareWithMbpoll(isShort ? 120 : 1_200, word);
  say(`mbpoll: ${mbpoll.compared} values compared, ${mbpoll.differ.length} differ`);
  const misses = [...wrong.slice(0, 3), ...mbpoll.differ.slice(0, 3)];
  // Some words are the same in any order; nine in ten random ones are not.
  if (controlDiffers < control.length * 0.9)
    misses.push(`a wrong word order differed in only ${controlDiffers} of ${control.length} values`);
  if (mbpoll.controlDiffers === 0) misses.push("mbpoll read in the other word order did not differ");
  return {
    figures: {
      pymodbusCompared: cases.length * SCALES.length,
      pymodbusDiffer: wrong.length,
      types: TYPES,
      wordOrders: WORD_ORDERS,
      scales: SCALES,
      controlDiffers,
      controlCompared: control.length,
      mbpollCompared: mbpoll.compared,
      mbpollDiffer: mbpoll.differ.length,
      mbpollControlDiffers: mbpoll.controlDiffers,
      mbpollDoesNotKnow: "u32 (it prints signed numbers), word orders badc and dcba, scales",
    },
    misses,
  };
}

const WRONG_ORDER: Readonly<Record<WordOrder, WordOrder>> = {
  abcd: "cdab",
  cdab: "abcd",
  badc: "dcba",
  dcba: "badc",
};

function differences(one: PymodbusCase, theirs: readonly (string | null)[], order: WordOrder): string[] {
  return one.scales.flatMap((scale, n) => {
    const ours = decodeOne({ type: one.type, scale: Number(scale), words: one.words, order });
    const other = theirs[n];
    if (other !== undefined && isSame(one.type, ours, other)) return [];
    const what = `${one.type} ${order} × ${scale} of ${one.words.map((word) => word.toString(16))}`;
    return [`${what}: expected ${other}, got ${ours}`];
  });
}

/**
 * Whole numbers and their products are the same to the last digit. A float is ours as its shortest decimal, which is the
 * same float of 32 bits: within half of its last bit.
 */
function isSame(type: PymodbusCase["type"], ours: unknown, theirs: string | null): boolean {
  if (theirs === null || typeof ours !== "number") return theirs === ours;
  const exact = Number(theirs);
  if (type !== "f32") return ours === exact + 0;
  // Below the smallest normal float the last bit is a fixed distance.
  return Math.abs(ours - exact) <= Math.max(Math.abs(exact) * 2 ** -24, 2 ** -149 * 10);
}
