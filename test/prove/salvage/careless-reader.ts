/** The control: a program that opens the file and believes what stands there, as most do. */
import Database from "better-sqlite3";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { writtenRecord } from "./judge-salvage.ts";
import { recordText } from "./read-journal.ts";

const READINGS = (lane: Lane) => `
  SELECT seq, device_id AS deviceId, bed_id AS bedId, room_id AS roomId, metric, unit,
         received_at_ms AS receivedAtMs, observed_at_ms AS observedAtMs, value, flags
  FROM ${lane} JOIN series ON series.id = ${lane}.series`;

/** How many wrong records it lets out without noticing. */
export function wrongRecordsOf(file: string): number {
  try {
    const database = new Database(file);
    try {
      return LANES.reduce((sum, lane) => sum + wrongIn(database, lane), 0);
    } finally {
      database.close();
    }
  } catch {
    // SQLite itself noticed.
    return 0;
  }
}

function wrongIn(database: Database.Database, lane: Lane): number {
  if (lane === "beds") {
    const rows = database.prepare<[], { seq: number; body: string }>("SELECT seq, body FROM beds").all();
    return rows.filter(({ seq, body }) => body !== writtenRecord("beds", seq)).length;
  }
  const rows = database
    .prepare<[], { seq: number; receivedAtMs: number; observedAtMs: number; value: number; flags: number }>(
      READINGS(lane),
    )
    .all();
  return rows.filter(
    (row) =>
      recordText(row, [row.receivedAtMs, row.observedAtMs, row.value, row.flags]) !==
      writtenRecord(lane, row.seq),
  ).length;
}
