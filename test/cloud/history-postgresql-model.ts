/** A second opinion on roll-ups and points: everything that was stored, kept in a list and counted when asked. */
import type { SeriesPoints } from "../../contracts/wire/history.ts";
import type { Reading } from "../../contracts/wire/reading.ts";

const MINUTE_MS = 60_000;

export type Told = {
  readonly atMs: number;
  readonly seq: number;
  readonly count: number;
  readonly bad: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly sum: number;
  /** Of a reading that came by itself. */
  readonly last: number | null;
  readonly lagMs: number | null;
};

export function toldByReading(reading: Reading, seq: number, cloudReceivedAtMs: number): Told {
  const { value, quality, observedAtMs: atMs } = reading;
  const lagMs = cloudReceivedAtMs - atMs;
  const none = { atMs, seq, count: 0, bad: 1, min: null, max: null, sum: 0, last: null, lagMs };
  if (quality !== "good" || value === null) return none;
  const number = Number(value);
  return { ...none, count: 1, bad: 0, min: number, max: number, sum: number, last: number };
}

const least = (values: readonly (number | null)[]) => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((left, right) => Math.min(left, right));
};
const greatest = (values: readonly (number | null)[]) => {
  const negative = least(values.map((value) => (value === null ? null : -value)));
  return negative === null ? null : 0 - negative;
};
const total = (values: readonly number[]) => values.reduce((left, right) => left + right, 0);

function lastOf(told: readonly Told[]): Told | undefined {
  return told
    .filter(({ last }) => last !== null)
    .toSorted(
      (left, right) => left.atMs - right.atMs || left.seq - right.seq || (left.last ?? 0) - (right.last ?? 0),
    )
    .at(-1);
}

/** As the tables have them, by where they begin. */
export function rollupsOf(told: readonly Told[], everyMs: number) {
  const groups = Map.groupBy(told, ({ atMs }) => Math.floor(atMs / everyMs) * everyMs);
  return [...groups]
    .sort(([left], [right]) => left - right)
    .map(([startAtMs, inside]) => {
      const last = lastOf(inside);
      const lags = inside.flatMap(({ lagMs }) => lagMs ?? []);
      return {
        startAtMs,
        count: total(inside.map(({ count }) => count)),
        badCount: total(inside.map(({ bad }) => bad)),
        min: least(inside.map(({ min }) => min)),
        max: greatest(inside.map(({ max }) => max)),
        sum: total(inside.map(({ sum }) => sum)),
        last: last?.last ?? null,
        lastAtMs: last?.atMs ?? null,
        lastSeq: last?.seq ?? null,
        lagCount: lags.length,
        lagSumMs: total(lags),
        lagMaxMs: greatest(lags),
      };
    });
}

/** As a client gets them. A minute of which the single readings are not all there is a point of its own. */
export function pointsOfModel(
  told: readonly Told[],
  { fromMs, toMs, everyMs }: { fromMs: number; toMs: number; everyMs: number | null },
): SeriesPoints {
  const points: SeriesPoints = { atMs: [], min: [], mean: [], max: [], last: [], count: [], bad: [] };
  const add = (atMs: number, inside: readonly Told[]) => {
    const count = total(inside.map((one) => one.count));
    points.atMs.push(Math.max(atMs, fromMs));
    points.min.push(least(inside.map(({ min }) => min)));
    points.mean.push(count === 0 ? null : total(inside.map(({ sum }) => sum)) / count);
    points.max.push(greatest(inside.map(({ max }) => max)));
    points.last.push(lastOf(inside)?.last ?? null);
    points.count.push(count);
    points.bad.push(total(inside.map(({ bad }) => bad)));
  };
  const minuteOf = (atMs: number) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const broken = new Set(told.filter(({ lagMs }) => lagMs === null).map(({ atMs }) => minuteOf(atMs)));
  const isFine = everyMs === null || everyMs < MINUTE_MS;
  const startOf = ({ atMs }: Told) =>
    isFine && broken.has(minuteOf(atMs))
      ? minuteOf(atMs)
      : Math.floor(atMs / (everyMs ?? 1)) * (everyMs ?? 1);
  const widthOf = (atMs: number) => (isFine && broken.has(atMs) ? MINUTE_MS : (everyMs ?? 1));
  const groups = [...Map.groupBy(told, startOf)].sort(([left], [right]) => left - right);
  for (const [atMs, inside] of groups) {
    if (atMs >= toMs || atMs + widthOf(atMs) <= fromMs) continue;
    if (everyMs === null && !broken.has(minuteOf(atMs)))
      for (const one of inside.toSorted((left, right) => left.seq - right.seq)) add(atMs, [one]);
    else add(atMs, inside);
  }
  return points;
}
