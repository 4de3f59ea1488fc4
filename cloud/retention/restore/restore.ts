/**
 * Puts an archive back: manifest and file are read and checked to the last row, then all rows come in one transaction,
 * or none. Their numbers lie below every cursor, so no store is fed with them again; roll-ups that are gone are made anew.
 */
import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { makePartition, READINGS } from "../../history/postgresql/partitions.ts";
import { holdCursor } from "../../history/postgresql/rollup-cursors.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";
import { readArchiveFile } from "../archive/archive-file.ts";
import type { ArchivePlace } from "../archive/archive-place.ts";
import { ArchiveTrouble } from "../archive/archive-trouble.ts";
import type { Cells } from "../archive/csv.ts";
import { type Manifest, manifestKeyOf, readManifest } from "../archive/manifest.ts";
import { databaseIdentity } from "../identity.ts";
import { DAY_MS } from "../policy.ts";
import { tableOf } from "../round/round.ts";
import { dueLanes } from "../rows/due-lanes.ts";
import type { PutBack } from "../rows/record-table.ts";
import { type Rebuilt, rebuildRollups } from "./rebuild-rollups.ts";

const ROWS_PER_STATEMENT = 5_000;

export type RestoreDeps = { readonly db: Database; readonly place: ArchivePlace; readonly clock: Clock };
export type Restored = PutBack & {
  readonly key: string;
  readonly rollups: Rebuilt;
  readonly untilMs: number;
};

/** What is in the database says something else, or is of a gateway that is not known. Nothing was changed. */
export class RestoreRefused extends Error {
  override readonly name = "RestoreRefused";
}

/** `key`: of the file or of its manifest. Rejects with ArchiveTrouble where it is not whole. */
export async function readArchive(
  { db, place }: Pick<RestoreDeps, "db" | "place">,
  key: string,
): Promise<{ manifest: Manifest; rows: Cells[] }> {
  const manifestKey = manifestKeyOf(key);
  const manifest = readManifest(await place.get(manifestKey), manifestKey);
  const databaseId = await databaseIdentity(db);
  if (manifest.databaseId !== databaseId)
    throw new ArchiveTrouble(
      "foreign",
      `${manifestKey} comes from database ${manifest.databaseId}; this is ${databaseId}. Put it back where it came from.`,
    );
  const { columns } = tableOf(manifest.class);
  if (columns.join() !== manifest.columns.join())
    throw new ArchiveTrouble(
      "damaged",
      `${manifestKey}: expected columns ${columns.join()}. Take it from a copy.`,
    );
  return { manifest, rows: await readArchiveFile(await place.get(manifest.file), manifest) };
}

/** For so many days the rows stay, whatever the policy says. */
export async function restoreArchive(deps: RestoreDeps, key: string, keepDays: number): Promise<Restored> {
  const { db, clock } = deps;
  const { manifest, rows } = await readArchive(deps, key);
  const fromMs = Date.parse(manifest.from);
  if (manifest.class !== "bed-events") await makePartition(db, READINGS, fromMs);
  const untilMs = clock.nowMs() + keepDays * DAY_MS;
  return await db.transaction().execute(async (trx) => {
    const lanes =
      manifest.class === "bed-events" ? [] : await dueLanes(trx, manifest.class, manifest.hospital, []);
    // Nobody rolls up of these lanes until this is done.
    for (const lane of lanes) await holdCursor(trx, lane);
    const put = await putBack(trx, manifest, rows);
    const rollups = await rebuildRollups(trx, lanes, { fromMs, toMs: fromMs + WEEK_MS });
    await keepUntil(trx, manifest, { nowMs: clock.nowMs(), untilMs });
    return { key: manifest.file, ...put, rollups, untilMs };
  });
}

async function putBack(
  trx: DatabaseTransaction,
  manifest: Manifest,
  rows: readonly Cells[],
): Promise<PutBack> {
  const table = tableOf(manifest.class);
  const total = { added: 0, alreadyThere: 0 };
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const result = await table.putBack(trx, rows.slice(at, at + ROWS_PER_STATEMENT));
    if ("unknown" in result) throw refusalOf(manifest, result);
    total.added += result.added;
    total.alreadyThere += result.alreadyThere;
  }
  return total;
}

function refusalOf(
  { file }: Manifest,
  { unknown, differing }: { readonly unknown: readonly string[]; readonly differing: readonly string[] },
): RestoreRefused {
  if (unknown.length > 0)
    return new RestoreRefused(
      `${file}: journals ${unknown.join(", ")} (gateway/epoch) were expected in this database, but are not there. Nothing was put back.`,
    );
  return new RestoreRefused(
    `${file}: the database says something else of ${differing.join(", ")} (gateway/epoch seq). Nothing was put back; find out which of the two is right.`,
  );
}

/** An archive that is not recorded, since the process that wrote it ended before that, is from now on. */
async function keepUntil(
  trx: DatabaseTransaction,
  manifest: Manifest,
  { nowMs, untilMs }: { readonly nowMs: number; readonly untilMs: number },
): Promise<void> {
  const { file, hospital, class: dataClass, from, to, rows, bytes, sha256 } = manifest;
  await sql`
    INSERT INTO archives (key, hospital_id, class, from_ms, to_ms, row_count, bytes, sha256, archived_at_ms,
      restored_until_ms)
    VALUES (${file}, ${hospital}, ${dataClass}, ${Date.parse(from)}, ${Date.parse(to)}, ${rows}, ${bytes}, ${sha256},
      ${nowMs}, ${untilMs})
    ON CONFLICT (key) DO UPDATE SET
      restored_until_ms = greatest(archives.restored_until_ms, excluded.restored_until_ms)`.execute(trx);
}
