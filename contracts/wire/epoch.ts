import type { Epoch } from "./ids.ts";

/** 64 random bits in hex, made with a gateway's journal file: a new file is a new numbering. */
export const EPOCH = /^[0-9a-f]{16}$/;

export const isEpoch = (text: unknown): text is Epoch => typeof text === "string" && EPOCH.test(text);

/** Throws where it is none. */
export function epochOf(text: unknown): Epoch {
  if (!isEpoch(text)) throw new Error("an epoch was expected: 16 hexadecimal digits");
  return text;
}
