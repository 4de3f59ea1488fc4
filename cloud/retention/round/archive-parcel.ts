/**
 * Moves what is due of a week into files:
 *
 *   read ─▶ file ─▶ put ─▶ get and compare ─▶ manifest ─▶ one transaction: the rows go, the archive is recorded
 *
 * Wherever a process ends on the way, there are the rows, or a file that was verified, or both.
 */
import { sql } from "kysely";
import { readArchiveFile } from "../archive/archive-file.ts";
import type { ArchivePlace } from "../archive/archive-place.ts";
import { ArchiveTrouble } from "../archive/archive-trouble.ts";
import { manifestBytes, manifestKeyOf } from "../archive/manifest.ts";
import { holdsOver } from "../holds/hold.ts";
import type { DueLane } from "../rows/due-lanes.ts";
import type { DueParcel, RecordTable } from "../rows/record-table.ts";
import { inRemoval } from "../rows/removal.ts";
import { type FillDeps, type FilledFile, fillFile } from "./fill-file.ts";

export type ArchiveDeps = FillDeps & {
  readonly place: ArchivePlace;
  archived(file: { readonly rows: number; readonly bytes: number }): void;
};

/** What was read is not what stands there now: a hold came, or something was stored late. It is looked at again later. */
export class ChangedMeanwhile extends Error {
  override readonly name = "ChangedMeanwhile";
  override readonly message =
    "rows changed between being archived and being removed; both stay until the next round";
}

/** All that is due of the parcel, a file after the other. */
export async function archiveParcel(
  deps: ArchiveDeps,
  table: RecordTable,
  parcel: DueParcel,
  lanes: readonly DueLane[],
): Promise<void> {
  for (;;) {
    const filled = await fillFile(deps, table, parcel, lanes);
    if (filled === null) return;
    await storeFile(deps, filled);
    await deps.step();
    await removeArchived(deps, table, parcel, filled);
    deps.archived(filled.file);
  }
}

/** Nothing is taken on trust: what is read back is compared to what was meant, to the last row. */
async function storeFile({ place }: ArchiveDeps, { file: { content }, manifest }: FilledFile): Promise<void> {
  await place.put(manifest.file, content);
  await readArchiveFile(await place.get(manifest.file), manifest);
  const key = manifestKeyOf(manifest.file);
  const bytes = manifestBytes(manifest);
  await place.put(key, bytes);
  if (Buffer.compare(await place.get(key), bytes) !== 0)
    throw new ArchiveTrouble(
      "damaged",
      `${key} was written to ${place.name} and reads otherwise. Look at its disk; nothing was removed.`,
    );
}

async function removeArchived(
  { db, clock, place }: ArchiveDeps,
  table: RecordTable,
  parcel: DueParcel,
  { file, manifest, cuts, hashSum }: FilledFile,
): Promise<void> {
  try {
    await inRemoval(db, clock.nowMs(), async (trx, holds) => {
      let rows = 0;
      let sum = 0n;
      for (const cut of cuts) {
        const removed = await table.remove(trx, parcel, cut, holdsOver(holds, parcel));
        rows += removed.rows;
        sum += BigInt(removed.hashSum);
      }
      if (rows !== file.rows || sum !== hashSum) throw new ChangedMeanwhile();
      await sql`
        INSERT INTO archives (key, hospital_id, class, from_ms, to_ms, row_count, bytes, sha256, archived_at_ms)
        VALUES (${manifest.file}, ${parcel.hospitalId}, ${parcel.class}, ${parcel.fromMs}, ${parcel.toMs}, ${file.rows},
          ${file.bytes}, ${file.sha256}, ${clock.nowMs()})
        ON CONFLICT (key) DO UPDATE SET archived_at_ms = excluded.archived_at_ms, restored_until_ms = NULL`.execute(
        trx,
      );
    });
  } catch (error) {
    if (error instanceof ChangedMeanwhile) await discard({ db, place }, manifest.file);
    throw error;
  }
}

/** Not where the same rows were archived before, and put back since: that file is recorded. */
async function discard({ db, place }: Pick<ArchiveDeps, "db" | "place">, key: string): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM archives WHERE key = ${key}`.execute(db);
  if (rows.length > 0) return;
  await place.remove(key);
  await place.remove(manifestKeyOf(key));
}
