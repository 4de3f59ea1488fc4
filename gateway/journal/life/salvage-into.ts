/**
 * Out of a damaged journal into a new one: every reading that the cloud does not have, every bed event, where their
 * checksums are right, in the old order, numbered anew from 1 under a new epoch, and a tombstone where one is lost.
 *
 *   old lane  … acknowledged │ row row ✗  row tombstone ✗ ✗ row
 *   new lane                 │ 1   2   3† 4   5† … 8†   9†… 11
 *
 * Where room is short, only the newest bed events and readings, and tombstones that say so in place of the others.
 */
import type Database from "better-sqlite3";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import { openDatabase } from "../open-database.ts";
import { type DamagedLane, readLanes, readSeries } from "./damaged-lanes.ts";
import { readMeta, rootsOf } from "./damaged-meta.ts";
import { type SoundSeries, soundEvent, soundReading, soundState } from "./damaged-rows.ts";
import { DamagedTables } from "./damaged-tables.ts";
import { givenUpRows, readGivenUp } from "./given-up.ts";
import { NewJournal } from "./new-journal.ts";
import type { PageImage } from "./page-image.ts";
import { freeBytesIn, type KeptFrom, keptFrom } from "./salvage-room.ts";

/** Of what the cloud has, so many of the newest readings stay: by them repetitions are known after a restart. */
const RECENT_ROWS = 200_000;
const ROWS_A_TRANSACTION = 10_000;

export type Saved = {
  /** Null: it is damaged too. */
  readonly oldEpoch: string | null;
  readonly savedRecords: number;
  /** Damaged, or given up for want of room. */
  readonly lostRecords: number;
};
type Lanes = ReadonlyMap<number, DamagedLane>;

/** `roomBytes`: what there is for the new file; null: as much as it takes. */
export function salvageInto(
  newFile: string,
  image: PageImage,
  nowMs: number,
  roomBytes: number | null,
): Saved {
  const database = openDatabase(newFile);
  try {
    const tables = new DamagedTables(image, rootsOf(database));
    const meta = readMeta(tables);
    const series = readSeries(tables, meta);
    const asSent = readLanes(tables, series, meta);
    const lanes = withEveryBedEvent(asSent);
    const kept = roomBytes === null ? null : keptFrom(roomParts(tables, series, lanes), roomBytes);
    // Nothing counts before the whole file is synced and has its name, and a log would need room.
    database.pragma("synchronous = OFF");
    database.pragma("journal_mode = MEMORY");
    const journal = new NewJournal(database);
    database.transaction(() => {
      for (const one of series.values()) journal.addSeries(one);
      copyTombstones(lanes, journal, kept === null);
      if (kept !== null) return;
      for (const row of tables.live("quarantine")) copyQuarantined(row.rowId, row.values, database);
    })();
    const savedRecords = copyRecords({ tables, series, lanes, kept, journal, database });
    const counts = readGivenUp(meta);
    let lostRecords = 0;
    for (const name of LANES) {
      const lane = LANE_NUMBERS[name];
      const { headSeq, acknowledgedSeq } = laneOf(lanes, lane);
      const newHead = headSeq === null ? null : headSeq - acknowledgedSeq;
      // What the cloud has is not lost, though no row of it is left to be sent again.
      const sentSeq = laneOf(asSent, lane).acknowledgedSeq - acknowledgedSeq;
      const givenUp = journal.giveUp(lane, (kept?.get(lane) ?? 1) - 1 - acknowledgedSeq, sentSeq, nowMs);
      const damaged = journal.closeLane(lane, newHead, sentSeq, nowMs);
      counts[name]["disk-budget"] += givenUp;
      counts[name].damaged += damaged;
      lostRecords += givenUp + damaged;
    }
    copyStates(tables, journal);
    journal.putMeta(givenUpRows(counts));
    if (roomBytes !== null) addFreePages(database, freeBytesIn(roomBytes));
    // As every journal is marked.
    database.pragma("journal_mode = WAL");
    return { oldEpoch: meta.get("epoch") ?? null, savedRecords, lostRecords };
  } finally {
    database.close();
  }
}

/**
 * The cloud begins every bed of a new epoch anew, and what was said of it is told once and not again: so it hears all of
 * the bed events from the first, also those that it had under the old epoch.
 */
function withEveryBedEvent(lanes: Lanes): Lanes {
  const beds = laneOf(lanes, LANE_NUMBERS.beds);
  return new Map([...lanes, [LANE_NUMBERS.beds, { ...beds, acknowledgedSeq: 0 }]]);
}

/** A state that may be an older one is left out: a bed starts as not known, rather than as it was once. */
function copyStates(tables: DamagedTables, journal: NewJournal): void {
  const told = journal.toldBeds();
  for (const cell of tables.live("state")) {
    const state = cell.isMaybeStale ? null : soundState(cell);
    if (state !== null && (told === null || told.bearsOut(state))) journal.addState(state);
  }
}

/** Pages of the file that what comes next can use without making it longer. */
function addFreePages(database: Database.Database, bytes: number): void {
  database.exec("CREATE TABLE filler (bytes)");
  database.prepare("INSERT INTO filler VALUES (zeroblob(?))").run(bytes);
  database.exec("DROP TABLE filler");
}

function roomParts(tables: DamagedTables, series: ReadonlyMap<number, SoundSeries>, lanes: Lanes) {
  const tombstones = [...lanes.values()].reduce((sum, lane) => sum + lane.tombstones.length, 0);
  const smallRows = series.size + tables.live("state").length + tombstones;
  const isWantedOf = (lane: number, seq: number) => isWanted(laneOf(lanes, lane), seq, 0);
  return { tables, series, smallRows, isWanted: isWantedOf };
}

function copyTombstones(lanes: Lanes, journal: NewJournal, withAggregates: boolean): void {
  for (const { acknowledgedSeq, tombstones } of lanes.values()) {
    for (const { aggregates, ...tombstone } of tombstones) {
      const fromSeq = tombstone.fromSeq - acknowledgedSeq;
      const throughSeq = tombstone.throughSeq - acknowledgedSeq;
      const moved = { ...tombstone, fromSeq, throughSeq };
      if (withAggregates) journal.addTombstone(moved, aggregates);
      else journal.addTombstone({ ...moved, stepMs: null }, []);
    }
  }
}

/** It has no checksum: what looks like a row of it is kept, for the engineer's eyes. */
function copyQuarantined(id: number, values: readonly unknown[], database: Database.Database): void {
  const [, deviceId, receivedAtMs, reason, detail, raw, bytes] = values;
  if (typeof deviceId !== "string" || typeof reason !== "string" || typeof detail !== "string") return;
  if (typeof receivedAtMs !== "number" || typeof bytes !== "number" || !Buffer.isBuffer(raw)) return;
  database
    .prepare(
      "INSERT OR IGNORE INTO quarantine (id, device_id, received_at_ms, reason, detail, raw, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .run(id, deviceId, receivedAtMs, reason, detail, raw, bytes);
}

type CopyParts = {
  readonly tables: DamagedTables;
  readonly series: ReadonlyMap<number, SoundSeries>;
  readonly lanes: Lanes;
  /** Null: all of them. */
  readonly kept: KeptFrom | null;
  readonly journal: NewJournal;
  readonly database: Database.Database;
};

/** Returns how many of them the cloud does not have. */
function copyRecords({ tables, series, lanes, kept, journal, database }: CopyParts): number {
  const keptRecords = kept === null ? RECENT_ROWS : 0;
  const isKept = (lane: number, seq: number) => kept === null || seq >= (kept.get(lane) ?? 0);
  let saved = 0;
  let looked = 0;
  database.exec("BEGIN");
  for (const cell of tables.everyLeafCell()) {
    if (++looked % ROWS_A_TRANSACTION === 0) database.exec("COMMIT; BEGIN");
    const reading = soundReading(cell, series);
    if (reading !== null) {
      const lane = laneOf(lanes, reading.lane);
      if (!isWanted(lane, reading.seq, keptRecords) || !isKept(reading.lane, reading.seq)) continue;
      const seq = reading.seq - lane.acknowledgedSeq;
      if (journal.addReading({ ...reading, seq }) && seq > 0) saved += 1;
      continue;
    }
    const event = soundEvent(cell);
    const beds = laneOf(lanes, LANE_NUMBERS.beds);
    if (event === null || !isWanted(beds, event.seq, 0) || !isKept(LANE_NUMBERS.beds, event.seq)) continue;
    if (journal.addEvent({ ...event, seq: event.seq - beds.acknowledgedSeq })) saved += 1;
  }
  database.exec("COMMIT");
  return saved;
}

/** Pages that are free by now hold rows that were given up, or that the cloud has: those do not come back. */
function isWanted(
  { headSeq, acknowledgedSeq, tombstones }: DamagedLane,
  seq: number,
  keptRecords: number,
): boolean {
  if (seq <= acknowledgedSeq) return seq > acknowledgedSeq - keptRecords;
  if (headSeq !== null && seq > headSeq) return false;
  let [from, to] = [0, tombstones.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const tombstone = tombstones[middle];
    if (tombstone === undefined || seq < tombstone.fromSeq) to = middle;
    else if (seq > tombstone.throughSeq) from = middle + 1;
    else return false;
  }
  return true;
}

function laneOf(lanes: Lanes, lane: number): DamagedLane {
  const found = lanes.get(lane);
  if (found === undefined) throw new Error(`expected a lane of the journal, got number ${lane}`);
  return found;
}
