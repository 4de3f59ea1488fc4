/** What is fuzzed: a scanner with its decoder, and beside it two readings of the same bytes that know nothing of it. */
import type { DecodedValue } from "../../../devices/decoded.ts";

/** `isGood` false: it is kept, and never used. */
export type Said = { readonly metric: string; readonly value: unknown; readonly isGood: boolean };
export type Found = { readonly frame: Uint8Array; readonly said: readonly Said[] };

/** One call. `isWaiting`: there is nothing to take before more bytes come, which go behind `kept`. */
export type Step = {
  readonly found: Found | null;
  readonly kept: Uint8Array;
  readonly isWaiting: boolean;
};
export type Read = (bytes: Uint8Array) => Step;

export type Subject = {
  readonly name: string;
  /** Bytes as devices send them, line ends included: some with values, some without. */
  readonly golden: readonly Uint8Array[];
  /** A message comes whole and alone; a stream comes in any pieces. */
  readonly comesAs: "messages" | "stream";
  /** Whether a good frame behind noise is found without the stream being begun anew. */
  readonly resynchronises: boolean;
  readonly keptBytesMax: number;
  readonly read: Read;
  /** The control: a reader that asks for no check. It must be caught. */
  readonly trust: Read;
  /** Reads the bytes once more, in its own way; null where everything found may be there, else what may not. */
  readonly judge: (bytes: Uint8Array, found: readonly Found[]) => string | null;
};

export const saidOf = (values: readonly DecodedValue[]): Said[] =>
  values.map(({ metric, value, badReason }) => ({ metric, value, isGood: badReason === null }));

/** For a reading that says everything that is there: what was found must be the same, in the same order. */
export function sameAs(expected: readonly (readonly Said[])[], found: readonly Found[]): string | null {
  const wanted = expected.map((said) => JSON.stringify(said));
  const got = found.map(({ said }) => JSON.stringify(said));
  const at = got.findIndex((one, n) => one !== wanted[n]);
  if (at >= 0) return `expected ${wanted[at] ?? "nothing"}, got ${got[at]}`;
  return got.length < wanted.length ? `missed ${wanted[got.length]}` : null;
}
