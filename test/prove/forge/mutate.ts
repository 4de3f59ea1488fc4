/** Bundles changed without a plan: bits turned over, parts of another bundle put in, parts cut, doubled and rewritten. */
import { type Bundle, encodeBundle } from "../../../contracts/log/bundle.ts";
import { fromBase64, toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { carOf } from "../../support/car-of.ts";
import { below } from "../salvage/seeded.ts";

type Random = () => number;
type Json = null | string | number | Json[] | { [name: string]: Json };
type Place = { readonly holder: Json[] | { [name: string]: Json }; readonly name: string };

/** Answers other bytes than `bundle` has; `others` are what parts are taken of. */
type Mutation = (bundle: Bundle, others: readonly Bundle[], random: Random) => Uint8Array;

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "bit-of-file": (bundle, _, random) => flipped(encodeBundle(bundle), random),
  "bit-of-field": (bundle, _, random) =>
    rewritten(bundle, random, isBytes, (value) =>
      toBase64(flipped(fromBase64(value as string) ?? utf8(""), random)),
    ),
  "bit-of-note": (bundle, _, random) =>
    rewritten(bundle, random, isNote, (value) =>
      toBase64(flipped(fromBase64(value as string) ?? utf8(""), random)),
    ),
  "text-of-note": (bundle, _, random) =>
    rewritten(bundle, random, isNote, (value) => editedNote(value as string, random)),
  number: (bundle, _, random) =>
    rewritten(bundle, random, isNumber, (value) =>
      Math.max(0, (value as number) + pick([-2, -1, 1, 2, 1_000], random)),
    ),
  swapped: (bundle, others, random) => swapped(bundle, others, random),
  "field-lost": (bundle, _, random) => {
    const copy = copyOf(bundle);
    const { holder, name } = pick(placesIn(copy), random);
    if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete holder[name];
    return encoded(copy);
  },
  "field-doubled": (bundle, _, random) => {
    const copy = copyOf(bundle);
    const { holder, name } = pick(
      placesIn(copy).filter((place) => Array.isArray(place.holder)),
      random,
    );
    const list = holder as Json[];
    list.splice(Number(name), 0, structuredClone(list[Number(name)] as Json));
    return encoded(copy);
  },
  // A payload that is withheld is none of it: such a bundle is as good.
  nulled: (bundle, _, random) => {
    const copy = copyOf(bundle);
    put(
      pick(
        placesIn(copy).filter(({ name }) => name !== "opening"),
        random,
      ),
      null,
    );
    return encoded(copy);
  },
  cut: (bundle, _, random) => {
    const bytes = encodeBundle(bundle);
    return bytes.slice(0, below(random, bytes.length));
  },
  spliced: (bundle, others, random) => {
    const [one, other] = [encodeBundle(bundle), encodeBundle(pick(others, random))];
    const at = below(random, Math.min(one.length, other.length));
    return Uint8Array.from([...one.subarray(0, at), ...other.subarray(at)]);
  },
  "bit-of-car": (bundle, _, random) => flipped(carOf(encodeBundle(bundle)), random),
  "cut-car": (bundle, _, random) => {
    const bytes = carOf(encodeBundle(bundle));
    return bytes.slice(0, below(random, bytes.length));
  },
};

const isNumber = (value: Json) => typeof value === "number";
const isBytes = (value: Json) => typeof value === "string" && value.length >= 4 && fromBase64(value) !== null;
const isNote = (value: Json) => isBytes(value) && (value as string).startsWith(toBase64(utf8("hospitell")));

function flipped(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = below(random, copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
  return copy;
}

/** A line lost, doubled or moved, or a digit or a letter changed. */
function editedNote(note: string, random: Random): string {
  const lines = new TextDecoder().decode(fromBase64(note) ?? utf8("")).split("\n");
  const at = below(random, lines.length - 1);
  const line = lines[at] ?? "";
  const place = below(random, line.length);
  const edits = [
    () => lines.splice(at, 1),
    () => lines.splice(at, 0, line),
    () => lines.splice(below(random, lines.length), 0, ...lines.splice(at, 1)),
    () =>
      lines.splice(
        at,
        1,
        `${line.slice(0, place)}${"0189abzAZ/-=+ \r"[below(random, 15)]}${line.slice(place + 1)}`,
      ),
    () => lines.splice(at, 1, `${line} `),
  ];
  edits[below(random, edits.length)]?.();
  return toBase64(utf8(lines.join("\n")));
}

/** A part of another bundle in the same place. */
function swapped(bundle: Bundle, others: readonly Bundle[], random: Random): Uint8Array {
  const copy = copyOf(bundle);
  const other = copyOf(pick(others, random));
  const [names, otherNames] = [placesIn(copy, true), placesIn(other, true)];
  const at = pick(names, random);
  const same = otherNames.find((place) => place.way === at.way);
  if (same !== undefined) put(at, valueAt(same));
  return encoded(copy);
}

function rewritten(
  bundle: Bundle,
  random: Random,
  isWanted: (value: Json) => boolean,
  change: (value: Json) => Json,
): Uint8Array {
  const copy = copyOf(bundle);
  const place = pick(
    placesIn(copy).filter((one) => isWanted(valueAt(one))),
    random,
  );
  put(place, change(valueAt(place)));
  return encoded(copy);
}

/** Every place in the document; objects and lists too. `way`: from the top, with points. */
function placesIn(json: Json, isWhole = false, way = ""): (Place & { readonly way: string })[] {
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) => {
    const here = `${way}.${name}`;
    const below = isWhole && Array.isArray(value) ? [] : placesIn(value, isWhole, here);
    return [{ holder: json as Place["holder"], name, way: here }, ...below];
  });
}

const valueAt = ({ holder, name }: Place) => (holder as Record<string, Json>)[name] as Json;
function put({ holder, name }: Place, value: Json): void {
  (holder as Record<string, Json>)[name] = value;
}
const copyOf = (bundle: Bundle) => structuredClone(bundle) as unknown as Json;
const encoded = (json: Json) => encodeBundle(json as unknown as Bundle);
const pick = <T>(choices: readonly T[], random: Random): T => choices[below(random, choices.length)] as T;
