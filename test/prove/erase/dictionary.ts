/**
 * Who has the disk, and knows how a gateway writes down what a bed said: every bed, every state, every second, each as
 * the payload that it would be, tried against every hash that is stored, with every salt that is stored and with none.
 */
import { hash } from "node:crypto";
import { AXIS_VALUES } from "../../../contracts/bed/axes.ts";
import type { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { changed } from "../../cloud/records.ts";

export type Guess = {
  readonly bedId: string;
  readonly state: (typeof AXIS_VALUES.occupancy)[number];
  readonly atMs: number;
};
export const nameOf = ({ bedId, state, atMs }: Guess): string => `${bedId} ${state} ${atMs}`;

export const statementOf = ({ bedId, state, atMs }: Guess): BedEvent =>
  changed("occupancy", state, {
    bedId,
    observedAtMs: atMs,
    receivedAtMs: atMs,
    by: { kind: "sensor", deviceId: bedId },
  });

export function* dictionary(
  beds: readonly string[],
  { fromMs, seconds }: { readonly fromMs: number; readonly seconds: number },
): Generator<Guess> {
  for (const bedId of beds)
    for (const state of AXIS_VALUES.occupancy)
      for (let second = 0; second < seconds; second += 1)
        yield { bedId, state, atMs: fromMs + second * 1_000 };
}

export type Stolen = {
  /** Every 32 bytes in a row that stand anywhere, as hexadecimal digits. */
  readonly hashes: ReadonlySet<string>;
  readonly salts: readonly Buffer[];
};

const HASH_DIGITS = 64;
/** Longer values are no lists of hashes. */
const DIGITS_SEARCHED_MAX = 4_000;

/** `lines`: rows as text, each after its table's name and a blank. */
export function stolenFrom(lines: readonly string[]): Stolen {
  const hashes = new Set<string>();
  const salts = new Set<string>();
  for (const line of lines) {
    for (const [digits] of line.matchAll(/[0-9a-f]{64,}/g)) {
      if (digits.length > DIGITS_SEARCHED_MAX) continue;
      for (let at = 0; at + HASH_DIGITS <= digits.length; at += 2)
        hashes.add(digits.slice(at, at + HASH_DIGITS));
      // The tree's own nodes are hashes of hashes, and so many that each guess would take a second.
      if (digits.length === HASH_DIGITS && !line.startsWith("evidence_nodes ")) salts.add(digits);
    }
    for (const [base64] of line.matchAll(/[A-Za-z0-9+/]{43}=/g)) {
      const digits = Buffer.from(base64, "base64").toString("hex");
      hashes.add(digits);
      salts.add(digits);
    }
  }
  return { hashes, salts: [...salts].map((digits) => Buffer.from(digits, "hex")) };
}

const LEAF = Buffer.of(0);
const COMMITMENT = Buffer.of(2);

/** Names of the guesses that are confirmed by something stored. */
export function confirmed(guesses: Iterable<Guess>, { hashes, salts }: Stolen): Set<string> {
  const found = new Set<string>();
  for (const guess of guesses) {
    const payload = Buffer.from(JSON.stringify(statementOf(guess)));
    const salted = Buffer.concat([COMMITMENT, Buffer.alloc(32), payload]);
    const isThere = (bytes: Buffer) => hashes.has(hash("sha256", bytes));
    const withSalt = (salt: Buffer) => {
      salt.copy(salted, 1);
      return isThere(salted);
    };
    const unsalted = [payload, Buffer.concat([LEAF, payload]), Buffer.concat([COMMITMENT, payload]), salted];
    if (unsalted.some(isThere) || salts.some(withSalt)) found.add(nameOf(guess));
  }
  return found;
}

/** As a log without salts would have it. */
export const unsaltedCommitment = (guess: Guess): string =>
  hash("sha256", Buffer.concat([COMMITMENT, Buffer.from(JSON.stringify(statementOf(guess)))]));
