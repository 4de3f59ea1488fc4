/** Puts tombstones where records are damaged or missing, and removes what rows still stand there. */
import type Database from "better-sqlite3";
import { JournalDamaged } from "./damage.ts";
import type { GivenUp } from "./given-up.ts";
import { laneName } from "./lanes.ts";
import type { Tombstone, Tombstones } from "./tombstones.ts";

export type EntombParts = {
  readonly database: Database.Database;
  readonly tombstones: Tombstones;
  readonly givenUp: GivenUp;
};

/** Numbers that lie in a tombstone already are left as they are. Returns how many records were given up. */
export function entombDamaged(
  { database, tombstones, givenUp }: EntombParts,
  lane: number,
  fromSeq: number,
  throughSeq: number,
  nowMs: number,
): number {
  const name = laneName(lane);
  let records = 0;
  database.transaction(() => {
    database.prepare(`DELETE FROM ${name} WHERE seq BETWEEN ? AND ?`).run(fromSeq, throughSeq);
    // How far it reaches nobody knows, so neither what it covers.
    if (tombstones.hasUnsound(lane, fromSeq, throughSeq))
      throw new JournalDamaged(`a tombstone of lane ${name} within ${fromSeq} to ${throughSeq} is wrong`);
    for (const gap of gapsBetween(tombstones.within(lane, fromSeq, throughSeq), fromSeq, throughSeq)) {
      tombstones.put({ lane, ...gap, reason: "damaged", stepMs: null, notedAtMs: nowMs }, []);
      records += gap.throughSeq - gap.fromSeq + 1;
    }
    givenUp.note(name, "damaged", records);
  })();
  givenUp.counted(name, "damaged", records);
  return records;
}

type Range = { readonly fromSeq: number; readonly throughSeq: number };

/** What of a range lies in none of the tombstones, which are in order. */
export function gapsBetween(
  tombstones: readonly Pick<Tombstone, "fromSeq" | "throughSeq">[],
  fromSeq: number,
  throughSeq: number,
): Range[] {
  const gaps: Range[] = [];
  let next = fromSeq;
  for (const tombstone of tombstones) {
    if (tombstone.fromSeq > next) gaps.push({ fromSeq: next, throughSeq: tombstone.fromSeq - 1 });
    next = Math.max(next, tombstone.throughSeq + 1);
  }
  if (next <= throughSeq) gaps.push({ fromSeq: next, throughSeq });
  return gaps;
}
