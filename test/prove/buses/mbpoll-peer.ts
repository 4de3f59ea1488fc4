/** mbpoll reads what a pymodbus server holds; what it prints is held against our reading of the same registers. */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { WordOrder } from "../../../contracts/wire/word-order.ts";
import { freePort } from "../../support/free-port.ts";
import { decodeOne } from "./decode-one.ts";
import { servePymodbus } from "./pymodbus-peer.ts";

const MBPOLL = "/usr/bin/mbpoll";
/** Of 32-bit values; two registers each, and a request asks for at most 125. */
const VALUES_PER_CALL = 60;
/** mbpoll prints floats to six digits. */
const FLOAT_DIGITS = 6;

type Shape = {
  readonly type: "bit" | "u16" | "i16" | "i32" | "f32";
  readonly order: WordOrder;
  readonly flags: readonly string[];
};

/** Without -B mbpoll takes the low register first. Of 16 bits it prints the unsigned number and, in brackets, the signed. */
const SHAPES: readonly Shape[] = [
  { type: "bit", order: "abcd", flags: ["-t", "1"] },
  { type: "u16", order: "abcd", flags: ["-t", "3"] },
  { type: "i16", order: "abcd", flags: ["-t", "3"] },
  { type: "i32", order: "cdab", flags: ["-t", "3:int"] },
  { type: "i32", order: "abcd", flags: ["-t", "3:int", "-B"] },
  { type: "f32", order: "cdab", flags: ["-t", "3:float"] },
  { type: "f32", order: "abcd", flags: ["-t", "3:float", "-B"] },
];

export type MbpollCompared = {
  readonly compared: number;
  readonly differ: readonly string[];
  readonly controlDiffers: number;
};

export async function compareWithMbpoll(values: number, word: () => number): Promise<MbpollCompared> {
  const registers = Array.from({ length: values * 2 }, word);
  const bits = Array.from({ length: values }, () => word() & 1);
  const port = await freePort();
  const server = await servePymodbus(port, { registers, bits });
  let [compared, controlDiffers] = [0, 0];
  const differ: string[] = [];
  try {
    for (const shape of SHAPES) {
      const width = shape.type === "i32" || shape.type === "f32" ? 2 : 1;
      const held = shape.type === "bit" ? bits : registers;
      for (let from = 0; from < values; from += VALUES_PER_CALL) {
        const count = Math.min(VALUES_PER_CALL, values - from);
        const printed = await poll(port, shape, from * width, count);
        for (let n = 0; n < count; n++) {
          const words = held.slice((from + n) * width, (from + n + 1) * width);
          const theirs = numberOf(shape, printed[n] ?? "nothing");
          compared += 1;
          if (!isSame(shape, words, shape.order, theirs))
            differ.push(
              `${shape.type} ${shape.order} of ${words.map((one) => one.toString(16))}: mbpoll prints ${printed[n]}, we read ${ours(shape, words, shape.order)}`,
            );
          const other = shape.order === "abcd" ? "cdab" : "abcd";
          if (width === 2 && !isSame(shape, words, other, theirs)) controlDiffers += 1;
        }
      }
    }
  } finally {
    await server.close();
  }
  return { compared, differ, controlDiffers };
}

const ours = ({ type }: Shape, words: readonly number[], order: WordOrder) =>
  decodeOne({ type, scale: 1, words, order });

function isSame(shape: Shape, words: readonly number[], order: WordOrder, theirs: number | null): boolean {
  const value = ours(shape, words, order);
  if (typeof value === "boolean") return Number(value) === theirs;
  if (typeof value !== "number" || theirs === null) return value === theirs;
  if (shape.type !== "f32") return value === theirs;
  return Math.abs(value - theirs) <= Math.abs(value) * 10 ** (1 - FLOAT_DIGITS);
}

/** Null for a float that is no number: nan, -nan, inf. */
function numberOf({ type }: Shape, printed: string): number | null {
  const [first = "", signed] = printed.split(/\s+/);
  if (/^-?(nan|inf)$/.test(first)) return null;
  return Number(type === "i16" && signed !== undefined ? signed.replace(/[()]/g, "") : first);
}

/** `[12]: \t65535 (-1)`, one line a value. */
async function poll(port: number, { flags }: Shape, from: number, count: number): Promise<string[]> {
  const asked = [
    ...flags,
    "-m",
    "tcp",
    "-p",
    String(port),
    "-a",
    "1",
    "-0",
    "-r",
    String(from),
    "-c",
    String(count),
  ];
  for (let attempt = 1; ; attempt++) {
    try {
      const { stdout } = await promisify(execFile)(MBPOLL, [...asked, "-1", "127.0.0.1"]);
      return [...stdout.matchAll(/^\[\d+\]:\s+(.*)$/gm)].map(([, value = ""]) => value.trim());
    } catch (error) {
      // The server says ready a moment before it listens.
      if (attempt === 20) throw error;
      await sleep(100);
    }
  }
}
