/**
 * Migration 3: readings from JSON to columns, each series' unchanging facts once, a checksum with every row. The tables
 * are as this version made them: never edited once a gateway ran it.
 */
import type Database from "better-sqlite3";
import type { Reading } from "../../contracts/wire/reading.ts";
import { flagsOf, numberOf } from "../../contracts/wire/reading-columns.ts";
import {
  checksumOfEpoch,
  checksumOfEvent,
  checksumOfMarks,
  checksumOfReading,
  checksumOfSeries,
  checksumOfState,
} from "./checksum.ts";

const readingsTable = (name: string) => `
  CREATE TABLE ${name} (
    seq INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    observed_at_ms INTEGER NOT NULL,
    -- By which a repetition is known: the device's own time in ms, or minus its MQTT packet id.
    stamp INTEGER,
    value REAL NOT NULL,
    flags INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  );`;

const TABLES = `
  -- Who measures what, for whom: what does not change from one reading to the next.
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    device_id TEXT NOT NULL,
    bed_id TEXT,
    room_id TEXT,
    metric TEXT NOT NULL,
    unit TEXT,
    checksum INTEGER NOT NULL
  );

  -- The lanes, each numbered without gaps.
  CREATE TABLE beds (
    seq INTEGER PRIMARY KEY,
    received_at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    checksum INTEGER NOT NULL
  );
  ${readingsTable("vitals")}
  ${readingsTable("environment")}

  -- In place of records that had to be given up: no number of a lane is without an answer.
  CREATE TABLE tombstone (
    lane INTEGER,
    from_seq INTEGER,
    through_seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    -- Of its aggregates; null: none left.
    step_ms INTEGER,
    noted_at_ms INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (lane, from_seq)
  ) WITHOUT ROWID;
  CREATE TABLE aggregate (
    lane INTEGER,
    from_seq INTEGER,
    series INTEGER,
    start_at_ms INTEGER,
    count INTEGER NOT NULL,
    min REAL NOT NULL,
    mean REAL NOT NULL,
    max REAL NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (lane, from_seq, series, start_at_ms)
  ) WITHOUT ROWID;

  ALTER TABLE lane ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
`;

/** Records read at a time: nothing else may be written while a query runs. */
const SLICE = 1_000;

export function migrateToColumns(database: Database.Database): void {
  database.exec(TABLES);
  moveEvents(database);
  const seriesOf = seriesIn(database);
  moveReadings(database, 1, "vitals", seriesOf);
  moveReadings(database, 2, "environment", seriesOf);
  database.exec("DROP TABLE record; DROP TABLE recent");
  addChecksums(database);
}

type RecordRow = { readonly seq: number; readonly receivedAtMs: number; readonly body: string };

function* recordsOf(database: Database.Database, lane: number): Generator<RecordRow> {
  const read = database.prepare<[number, number, number], RecordRow>(
    "SELECT seq, received_at_ms AS receivedAtMs, body FROM record WHERE lane = ? AND seq > ? ORDER BY seq LIMIT ?",
  );
  let afterSeq = 0;
  for (;;) {
    const slice = read.all(lane, afterSeq, SLICE);
    yield* slice;
    const last = slice.at(-1);
    if (last === undefined) return;
    afterSeq = last.seq;
  }
}

function moveEvents(database: Database.Database): void {
  const insert = database.prepare("INSERT INTO beds VALUES (?, ?, ?, ?)");
  for (const { seq, receivedAtMs, body } of recordsOf(database, 0))
    insert.run(seq, receivedAtMs, body, checksumOfEvent(seq, receivedAtMs, body));
}

type KnownSeries = { readonly id: number; readonly checksum: number };

function seriesIn(database: Database.Database): (reading: Reading) => KnownSeries {
  const insert = database.prepare("INSERT INTO series VALUES (?, ?, ?, ?, ?, ?, ?)");
  const known = new Map<string, KnownSeries>();
  return (reading) => {
    const { deviceId, bedId, roomId, metric, unit } = reading;
    const key = JSON.stringify([deviceId, bedId, roomId, metric, unit]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const id = known.size + 1;
    const added = { id, checksum: checksumOfSeries(id, reading) };
    insert.run(id, deviceId, bedId, roomId, metric, unit, added.checksum);
    known.set(key, added);
    return added;
  };
}

function moveReadings(
  database: Database.Database,
  lane: number,
  table: string,
  seriesOf: (reading: Reading) => KnownSeries,
): void {
  const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  for (const { seq, receivedAtMs, body } of recordsOf(database, lane)) {
    const reading = JSON.parse(body) as Reading;
    const series = seriesOf(reading);
    const { observedAtMs } = reading;
    const stamp = reading.observedBy === "device" ? observedAtMs : null;
    const [value, flags] = [numberOf(reading.value), flagsOf(reading)];
    const checksum = checksumOfReading(
      lane,
      seq,
      series.checksum,
      receivedAtMs,
      observedAtMs,
      stamp,
      value,
      flags,
    );
    insert.run(seq, series.id, receivedAtMs, observedAtMs, stamp, value, flags, checksum);
  }
}

function addChecksums(database: Database.Database): void {
  const lanes = database
    .prepare<[], { lane: number; head: number; acknowledged: number }>(
      "SELECT lane, head_seq AS head, acknowledged_seq AS acknowledged FROM lane",
    )
    .all();
  const setLane = database.prepare("UPDATE lane SET checksum = ? WHERE lane = ?");
  for (const { lane, head, acknowledged } of lanes)
    setLane.run(checksumOfMarks(lane, head, acknowledged), lane);

  const states = database
    .prepare<[], { subject: string; body: string }>("SELECT subject, body FROM state")
    .all();
  const setState = database.prepare("UPDATE state SET checksum = ? WHERE subject = ?");
  for (const { subject, body } of states) setState.run(checksumOfState(subject, body), subject);

  const epoch = database.prepare("SELECT value FROM meta WHERE key = 'epoch'").pluck().get();
  if (typeof epoch === "string") {
    database
      .prepare("INSERT INTO meta (key, value) VALUES ('epoch-checksum', ?)")
      .run(String(checksumOfEpoch(epoch)));
  }
}
