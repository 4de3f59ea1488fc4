/** What a damaged journal still says of its lanes: where each ends, what the cloud has, and what was given up before. */
import { LANES } from "../../../contracts/wire/lanes.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import type { Aggregate } from "./aggregate.ts";
import type { Cell } from "./btree-cells.ts";
import { type SoundSeries, soundAggregate, soundMarks, soundSeries, soundTombstone } from "./damaged-rows.ts";
import type { DamagedTables } from "./damaged-tables.ts";
import { readMarksCopy } from "./marks-copy.ts";
import { readSeriesCopies } from "./series-copy.ts";
import type { Tombstone } from "./tombstones.ts";

export type DamagedLane = {
  /** Null: nothing says where the lane ends but its rows. */
  readonly headSeq: number | null;
  readonly acknowledgedSeq: number;
  /** Behind the acknowledged mark, in order, none over another. */
  readonly tombstones: readonly (Tombstone & { readonly aggregates: readonly Aggregate[] })[];
};

export function readSeries(
  tables: DamagedTables,
  meta: ReadonlyMap<string, string>,
): ReadonlyMap<number, SoundSeries> {
  const series = new Map(readSeriesCopies(meta).map((one) => [one.id, one]));
  for (const cell of tables.everyLeafCell()) {
    const one = soundSeries(cell);
    if (one !== null) series.set(one.id, one);
  }
  return series;
}

export function readLanes(
  tables: DamagedTables,
  series: ReadonlyMap<number, SoundSeries>,
  meta: ReadonlyMap<string, string>,
): ReadonlyMap<number, DamagedLane> {
  const told = marksIn(tables.live("lane"));
  // That table is one page and never moves: found anywhere, it is the same.
  const marks = told.length === LANES.length ? told : [...told, ...marksIn(tables.everyLeafCell())];
  const tombstones = tables
    .live("tombstone")
    .map(soundTombstone)
    .filter((one) => one !== null);
  const aggregates = readAggregates(tables, series);
  const laneOf = (lane: number): DamagedLane => {
    const own = marks.find((one) => one.lane === lane);
    const copy = readMarksCopy(meta, lane);
    const acknowledgedSeq = Math.max(own?.acknowledgedSeq ?? 0, copy?.acknowledgedSeq ?? 0);
    return {
      headSeq: own === undefined || own.isMaybeStale ? null : own.headSeq,
      acknowledgedSeq,
      tombstones: behind(
        tombstones.filter((one) => one.lane === lane),
        acknowledgedSeq,
        aggregates,
      ),
    };
  };
  return new Map(LANES.map((name) => [LANE_NUMBERS[name], laneOf(LANE_NUMBERS[name])]));
}

function marksIn(cells: Iterable<Cell & { readonly isMaybeStale?: boolean }>) {
  const found: (NonNullable<ReturnType<typeof soundMarks>> & { readonly isMaybeStale: boolean })[] = [];
  for (const cell of cells) {
    const sound = soundMarks(cell);
    if (sound !== null) found.push({ ...sound, isMaybeStale: cell.isMaybeStale ?? cell.isLeftOver });
  }
  return found;
}

const keyOf = (lane: number, fromSeq: number) => `${lane} ${fromSeq}`;

function readAggregates(
  tables: DamagedTables,
  series: ReadonlyMap<number, SoundSeries>,
): ReadonlyMap<string, readonly Aggregate[]> {
  const found = new Map<string, Aggregate[]>();
  for (const cell of tables.live("aggregate")) {
    const one = cell.isMaybeStale ? null : soundAggregate(cell, series);
    if (one === null) continue;
    const key = keyOf(one.lane, one.fromSeq);
    const others = found.get(key);
    if (others === undefined) found.set(key, [one]);
    else others.push(one);
  }
  return found;
}

function behind(
  tombstones: readonly Tombstone[],
  acknowledgedSeq: number,
  aggregates: ReadonlyMap<string, readonly Aggregate[]>,
): DamagedLane["tombstones"] {
  let lastSeq = acknowledgedSeq;
  return tombstones
    .toSorted((a, b) => a.fromSeq - b.fromSeq)
    .flatMap((tombstone) => {
      const fromSeq = Math.max(tombstone.fromSeq, lastSeq + 1);
      if (fromSeq > tombstone.throughSeq) return [];
      lastSeq = tombstone.throughSeq;
      // What is left of the whole range says nothing of a part of it.
      if (fromSeq !== tombstone.fromSeq) return [{ ...tombstone, fromSeq, stepMs: null, aggregates: [] }];
      return [{ ...tombstone, aggregates: aggregates.get(keyOf(tombstone.lane, fromSeq)) ?? [] }];
    });
}
