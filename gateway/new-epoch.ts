/**
 * A copy of a journal numbers on where its original does, and the cloud refuses it. Under an epoch of its own it may
 * speak: what it had not sent yet goes with it. `--new-epoch` names the epoch that is to end, so that where it stays in a
 * unit file every further start finds another one and goes on with that.
 */
import { existsSync } from "node:fs";
import { isDamage } from "./journal/life/damage.ts";
import { readEpochOf } from "./journal/life/read-epoch.ts";
import { finishSalvage, type Salvage, salvageJournal } from "./journal/life/salvage.ts";
import { openDatabase } from "./journal/open-database.ts";
import type { Log } from "./log.ts";

const OPTION = "--new-epoch";
/** Hexadecimal digits: fewer than all sixteen are typed, and no other journal of a gateway is likely to begin with them. */
const NAMED_DIGITS_MIN = 8;

/** Without a value the option takes an empty one, which names no epoch. */
export const withEmptyNewEpoch = (args: readonly string[]): string[] =>
  args.map((arg, index) => (arg === OPTION && (args[index + 1] ?? "-").startsWith("-") ? `${OPTION}=` : arg));

/** Throws where the journal is another process's, or there is no room. Null: the named epoch is not the journal's. */
export function beginNewEpoch(
  file: string,
  named: string,
  { nowMs, log }: { readonly nowMs: number; readonly log: Pick<Log, "warn"> },
): Salvage | null {
  // One that a power cut came into has given the journal its new epoch.
  finishSalvage(file, nowMs);
  const epoch = readEpochOf(file);
  if (epoch === null || named.length < NAMED_DIGITS_MIN || !epoch.startsWith(named.toLowerCase())) {
    log.warn({ epoch, named }, `${OPTION} changes nothing: ${whyNot(file, epoch, named)}`);
    return null;
  }
  assertNotInUse(file);
  return salvageJournal(file, nowMs);
}

function whyNot(file: string, epoch: string | null, named: string): string {
  if (!existsSync(file)) return `there is no journal in ${file}, and a new one has an epoch of its own`;
  if (epoch === null)
    return "the journal's epoch is damaged, and a damaged journal goes on under a new one by itself";
  const what = named === "" ? "no epoch was named" : `${named} is not this journal's epoch`;
  return `${what}. It is ${epoch}; to end it, start once with ${OPTION} ${epoch}`;
}

function assertNotInUse(file: string): void {
  try {
    openDatabase(file).close();
  } catch (error) {
    // A damaged one is saved as far as it is whole, under a new epoch as well.
    if (!isDamage(error)) throw error;
  }
}
