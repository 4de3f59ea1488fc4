/**
 * Once through everything whose time is over:
 *
 *   whole partitions ─▶ weeks of readings and bed events, archived or deleted ─▶ roll-ups ─▶ partitions that are empty now
 *
 * What goes wrong in one class of one hospital keeps back none of the others.
 */
import type { Logger } from "pino";
import type { RetentionPolicy } from "../../../config/history.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";
import { FILE_ROWS_MAX } from "../archive/archive-file.ts";
import type { ArchivePlace } from "../archive/archive-place.ts";
import { ArchiveTrouble } from "../archive/archive-trouble.ts";
import { holdsOver, keepsAllOf } from "../holds/hold.ts";
import { activeHolds } from "../holds/repository.ts";
import { databaseIdentity } from "../identity.ts";
import { errandsOf } from "../policy.ts";
import type { RetentionMeter } from "../retention-meter.ts";
import { bedEventTable } from "../rows/bed-event-table.ts";
import { dueLanes } from "../rows/due-lanes.ts";
import { readingTable } from "../rows/reading-table.ts";
import type { DueParcel } from "../rows/record-table.ts";
import { archiveParcel } from "./archive-parcel.ts";
import { deleteParcel } from "./delete-parcel.ts";
import { dropPartitions, type ErrandWithLanes } from "./drop-partitions.ts";
import type { StepDeps } from "./step.ts";
import { trimRollups } from "./trim-rollups.ts";

export type RetentionFacts = {
  readonly policies: readonly RetentionPolicy[];
  readonly hospitalIds: readonly HospitalId[];
  /** Null: none is configured. */
  readonly place: ArchivePlace | null;
  /** Stores outside of this database that are fed. */
  readonly fedStores: readonly string[];
  readonly fileRowsMax?: number;
};
export type RoundDeps = StepDeps &
  RetentionFacts & { readonly meter: RetentionMeter; readonly log: Pick<Logger, "info" | "warn"> };

/** A round that is to end: the service stops, or another process has taken over. */
export class RoundEnded extends Error {
  override readonly name = "RoundEnded";
}

export const tableOf = (dataClass: ErrandWithLanes["class"]) =>
  dataClass === "bed-events" ? bedEventTable : readingTable;

export async function errandsWithLanes(
  { db, policies, hospitalIds, fedStores }: Pick<RoundDeps, "db" | "policies" | "hospitalIds" | "fedStores">,
  nowMs: number,
): Promise<ErrandWithLanes[]> {
  const errands: ErrandWithLanes[] = [];
  for (const errand of errandsOf(policies, hospitalIds, nowMs))
    errands.push({ ...errand, lanes: await dueLanes(db, errand.class, errand.hospitalId, fedStores) });
  return errands;
}

/** Weeks of which something may be due. */
export async function parcelsOf(
  db: RoundDeps["db"],
  errand: ErrandWithLanes,
  nowMs: number,
): Promise<DueParcel[]> {
  const { class: dataClass, hospitalId, lanes } = errand;
  const dueBeforeMs = errand.cutoffs.rawMs;
  const weeks = await tableOf(dataClass).weeks(db, lanes, dueBeforeMs);
  const holds = await activeHolds(db, nowMs);
  return weeks
    .map((fromMs) => ({ class: dataClass, hospitalId, fromMs, toMs: fromMs + WEEK_MS, dueBeforeMs }))
    .filter((parcel) => !holdsOver(holds, parcel).some((hold) => keepsAllOf(hold, parcel)));
}

/** What went wrong, each once. Rejects with RoundEnded. */
export async function retentionRound(deps: RoundDeps): Promise<string[]> {
  const { clock, meter, log } = deps;
  const troubles = new Set<string>();
  const carefully = async (what: object, task: () => Promise<void>) => {
    try {
      await task();
    } catch (error) {
      if (error instanceof RoundEnded) throw error;
      log.warn({ err: error, ...what }, "old data could not be removed; it stays, and is tried again");
      troubles.add(error instanceof ArchiveTrouble ? error.message : "See the log of the service.");
    }
  };
  const errands = await errandsWithLanes(deps, clock.nowMs());
  const drop = () =>
    carefully({ table: "readings" }, () =>
      dropPartitions(
        {
          ...deps,
          dropped(partition) {
            log.info({ partition }, "a partition of readings was dropped");
            meter.partitionDropped();
          },
        },
        errands.filter((errand) => errand.class !== "bed-events"),
      ),
    );
  await drop();
  for (const errand of errands) {
    const { class: dataClass, hospitalId } = errand;
    await carefully({ class: dataClass, hospitalId }, () => removeRaw(deps, errand));
    if (dataClass !== "bed-events")
      await carefully({ class: dataClass, hospitalId }, () =>
        trimRollups({ ...deps, deleted: (_table, rows) => meter.rollupsRemoved(rows) }, errand),
      );
  }
  await drop();
  return [...troubles];
}

async function removeRaw(deps: RoundDeps, errand: ErrandWithLanes): Promise<void> {
  const { db, clock, place, meter, log, fileRowsMax = FILE_ROWS_MAX } = deps;
  const { class: dataClass, lanes } = errand;
  const table = tableOf(dataClass);
  const { afterwards } = errand.policy;
  for (const parcel of await parcelsOf(db, errand, clock.nowMs())) {
    if (afterwards === "delete") {
      const deleted = (rows: number) => meter.removed(dataClass, "deleted", rows);
      await deleteParcel({ ...deps, deleted }, table, parcel, lanes);
      continue;
    }
    if (place === null)
      throw new ArchiveTrouble(
        "missing",
        "There is no archive to move old data into. Configure one with archive.",
      );
    const databaseId = await databaseIdentity(db);
    const archived = ({ rows, bytes }: { rows: number; bytes: number }) => {
      log.info(
        { class: dataClass, hospitalId: parcel.hospitalId, rows, bytes },
        "a week's records were archived",
      );
      meter.removed(dataClass, "archived", rows);
      meter.fileArchived(bytes);
    };
    await archiveParcel({ ...deps, place, databaseId, fileRowsMax, archived }, table, parcel, lanes);
  }
}
