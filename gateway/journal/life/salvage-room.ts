/**
 * What of a damaged journal goes into the new one where there is no room for all of it: bed events before readings, and of
 * either the newest. So many bytes are estimates, and err on the large side.
 *
 *   room = left for what comes (the log, new records) │ what is always copied │ bed events │ readings of both lanes
 */
import { LANE_NUMBERS } from "../lane-numbers.ts";
import { type SoundSeries, soundEvent, soundReading } from "./damaged-rows.ts";
import type { DamagedTables } from "./damaged-tables.ts";
import { READING_LANE_NUMBERS } from "./lanes.ts";

/** The log at its usual length, and as much again; of a small room half. */
const LEFT_BYTES_MAX = 8 * 1024 * 1024;
/** Of what is left, half lies in the new file as free pages: a log that took all the room could not go into its file. */
const FREE_BYTES_MAX = 2 * 1024 * 1024;

/** What has to be left beside the new file for what comes next. */
export const leftBytes = (roomBytes: number): number => Math.min(LEFT_BYTES_MAX, roomBytes / 2);
export const freeBytesIn = (roomBytes: number): number =>
  Math.floor(Math.min(FREE_BYTES_MAX, leftBytes(roomBytes) / 2));
/** An empty journal. */
const EMPTY_BYTES = 128 * 1024;
/** A series, a state or a tombstone, about. */
const SMALL_ROW_BYTES = 512;
const READING_BYTES = 80;
/** Of a page that is written in the order in which rows are found, a third stays empty. */
const FILL = 2 / 3;
const EVENT_HEAD_BYTES = 40;

/** From which number on a lane's records go with it, numbered as in the damaged journal. */
export type KeptFrom = ReadonlyMap<number, number>;

type Parts = {
  readonly tables: DamagedTables;
  readonly series: ReadonlyMap<number, SoundSeries>;
  readonly smallRows: number;
  /** Whether it has to go with the new journal at all. */
  readonly isWanted: (lane: number, seq: number) => boolean;
};

export function keptFrom({ tables, series, smallRows, isWanted }: Parts, roomBytes: number): KeptFrom {
  const { events, readings } = look(tables, series, isWanted);
  let bytes = roomBytes - leftBytes(roomBytes) - EMPTY_BYTES - smallRows * SMALL_ROW_BYTES;
  const newestEvent = events[0]?.seq ?? 0;
  let fromEvent = newestEvent + 1;
  for (const { seq, bytes: eventBytes } of events) {
    bytes -= eventBytes / FILL;
    if (bytes < 0) break;
    fromEvent = seq;
  }
  const all = [...readings.values()].reduce((sum, { count }) => sum + count, 0);
  const share = Math.min(1, Math.max(0, bytes) / (READING_BYTES / FILL) / Math.max(1, all));
  const ofLane = (lane: number): [number, number] => {
    const { newest, count } = readings.get(lane) ?? { newest: 0, count: 0 };
    return [lane, newest + 1 - Math.floor(count * share)];
  };
  return new Map([[LANE_NUMBERS.beds, fromEvent], ...READING_LANE_NUMBERS.map(ofLane)]);
}

/** Bed events newest first, and how many readings each lane has. */
function look(tables: Parts["tables"], series: Parts["series"], isWanted: Parts["isWanted"]) {
  const events = new Map<number, number>();
  const readings = new Map(READING_LANE_NUMBERS.map((lane) => [lane, { newest: 0, count: 0 }]));
  for (const cell of tables.everyLeafCell()) {
    const reading = soundReading(cell, series);
    if (reading !== null) {
      const ofLane = readings.get(reading.lane);
      if (ofLane === undefined || !isWanted(reading.lane, reading.seq)) continue;
      ofLane.newest = Math.max(ofLane.newest, reading.seq);
      ofLane.count += 1;
      continue;
    }
    const event = soundEvent(cell);
    if (event !== null && isWanted(LANE_NUMBERS.beds, event.seq))
      events.set(event.seq, Buffer.byteLength(event.body) + EVENT_HEAD_BYTES);
  }
  const newestFirst = [...events].map(([seq, bytes]) => ({ seq, bytes })).sort((a, b) => b.seq - a.seq);
  return { events: newestFirst, readings };
}
