/** Reads what is due of a week into one file, until it is full. */
import { LANES } from "../../../contracts/wire/lanes.ts";
import { ArchiveFileWriter, type FinishedFile, seqSumOf } from "../archive/archive-file.ts";
import { MANIFEST_FORMAT, MANIFEST_VERSION, type Manifest } from "../archive/manifest.ts";
import { type Hold, holdsOver } from "../holds/hold.ts";
import { activeHolds } from "../holds/repository.ts";
import type { DueLane } from "../rows/due-lanes.ts";
import type { Cut, DueParcel, RecordTable } from "../rows/record-table.ts";
import { ROWS_PER_STEP, type StepDeps } from "./step.ts";

export type FillDeps = StepDeps & { readonly databaseId: string; readonly fileRowsMax: number };

export type FilledFile = {
  readonly file: FinishedFile;
  readonly manifest: Manifest;
  /** In which the rows stand. */
  readonly cuts: readonly Cut[];
  readonly hashSum: bigint;
};

/** Null: nothing is due. */
export async function fillFile(
  deps: FillDeps,
  table: RecordTable,
  parcel: DueParcel,
  lanes: readonly DueLane[],
): Promise<FilledFile | null> {
  const writer = new ArchiveFileWriter(table.columns, deps.fileRowsMax);
  const holds = holdsOver(await activeHolds(deps.db, deps.clock.nowMs()), parcel);
  const sums = { hash: 0n, seq: 0n };
  const filled: FilledLane[] = [];
  for (const lane of lanes) {
    const taken = await fillFrom(deps, table, { parcel, lane, holds }, writer, sums);
    if (taken !== null) filled.push(taken);
    if (writer.isFull) break;
  }
  if (writer.rows === 0) return null;
  const file = writer.finish();
  return {
    file,
    manifest: manifestOf(deps, table, parcel, file, filled, sums.seq),
    cuts: filled.map(({ lane, firstSeq, lastSeq }) => ({
      ...lane,
      afterSeq: firstSeq - 1,
      throughSeq: lastSeq,
    })),
    hashSum: sums.hash,
  };
}

type FilledLane = {
  readonly lane: DueLane;
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
};
type Source = { readonly parcel: DueParcel; readonly lane: DueLane; readonly holds: readonly Hold[] };

/** Null: nothing of this lane is due. */
async function fillFrom(
  { db, step }: FillDeps,
  table: RecordTable,
  { parcel, lane, holds }: Source,
  writer: ArchiveFileWriter,
  sums: { hash: bigint; seq: bigint },
): Promise<FilledLane | null> {
  let firstSeq: number | null = null;
  let lastSeq = 0;
  const rowsBefore = writer.rows;
  while (!writer.isFull) {
    await step();
    const rowsMax = Math.min(ROWS_PER_STEP, writer.room);
    const page = await table.read(db, parcel, { ...lane, afterSeq: lastSeq }, holds, rowsMax);
    const cells = page.map((row) => row.cells);
    await writer.write(cells);
    for (const { hash } of page) sums.hash += BigInt(hash);
    sums.seq += seqSumOf(table.columns, cells);
    firstSeq ??= page[0]?.seq ?? null;
    lastSeq = page.at(-1)?.seq ?? lastSeq;
    if (page.length < rowsMax) break;
  }
  return firstSeq === null ? null : { lane, rows: writer.rows - rowsBefore, firstSeq, lastSeq };
}

function manifestOf(
  { databaseId }: FillDeps,
  { columns }: RecordTable,
  { class: dataClass, hospitalId, fromMs, toMs }: DueParcel,
  { content: _content, ...facts }: FinishedFile,
  lanes: readonly FilledLane[],
  seqSum: bigint,
): Manifest {
  const from = new Date(fromMs).toISOString();
  return {
    format: MANIFEST_FORMAT,
    version: MANIFEST_VERSION,
    databaseId,
    class: dataClass,
    hospital: hospitalId,
    from,
    to: new Date(toMs).toISOString(),
    // By its hash: whoever archives the same rows again makes the same file.
    file: `${dataClass}/${hospitalId}/${from.slice(0, 10)}/${facts.sha256.slice(0, 16)}.csv.gz`,
    encoding: "csv+gzip",
    columns: [...columns],
    ...facts,
    seqSum: seqSum.toString(),
    lanes: lanes.map(({ lane: { gatewayId, epoch, lane }, ...filled }) => ({
      gateway: gatewayId,
      epoch,
      lane: LANES[lane] ?? "",
      ...filled,
    })),
  };
}
