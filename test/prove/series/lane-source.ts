/**
 * What one lane of a gateway's journal measured, made up as it is wanted: the same with the same seed. Among plain samples
 * there are some that share a millisecond with the one before, some that come weeks late, bad ones, ones without a value,
 * booleans, and now and then one that no cloud can keep.
 */
import { METRICS, type MetricName } from "../../../contracts/metrics/catalogue.ts";
import { BedId, DeviceId, RoomId } from "../../../contracts/wire/ids.ts";
import { flagsOf, type SeriesFacts } from "../../../contracts/wire/reading-columns.ts";
import type { ReadingsContent } from "../../../contracts/wire/sync-batch.ts";
import { below, seeded } from "../salvage/seeded.ts";
import { seriesName, type Tallies } from "./tally.ts";

const BEDS = 6;
const AT_A_BED: readonly (readonly [string, MetricName])[] = [
  ["monitor", "heart-rate"],
  ["monitor", "spo2"],
  ["monitor", "respiratory-rate"],
  ["mat", "load"],
  ["mat", "occupancy"],
];
const IN_A_ROOM: readonly (readonly [string, MetricName])[] = [
  ["air", "room-temperature"],
  ["air", "relative-humidity"],
];

const SAMPLE_EVERY_MS = 1_000;
const WEEK_MS = 7 * 86_400_000;
export const LATE_WEEKS_MAX = 6;
/** Late ones fall on few different times, so that many of them share a millisecond too. */
const LATE_TIMES_PER_WEEK = 30;
const LATE_STEP_MS = 10_000;
/** Of a thousand. */
const SAME_TIME = 100;
const LATE = 30;
const BAD = 20;
const EMPTY = 5;
/** One in so many has flags that mean nothing, and is parked. */
const UNKEEPABLE_EVERY = 7_919;
/** The reason's place is past the last one that there is. */
const UNKEEPABLE_FLAGS = 0b111;

export type LaneSourceParts = {
  readonly gatewayId: string;
  readonly lane: "vitals" | "environment";
  readonly beginMs: number;
  readonly seed: number;
  readonly tallies: Tallies;
};

export class LaneSource {
  readonly #parts: LaneSourceParts;
  readonly #series: readonly SeriesFacts[];
  readonly #random: () => number;
  /** When each series' newest plain sample was observed. */
  readonly #newestMs: number[];
  #made = 0;
  #unkeepable = 0;

  constructor(parts: LaneSourceParts) {
    this.#parts = parts;
    this.#series = parts.lane === "vitals" ? bedSeries(parts.gatewayId) : roomSeries(parts.gatewayId);
    this.#newestMs = this.#series.map(() => parts.beginMs);
    this.#random = seeded(parts.seed);
  }

  get unkeepable(): number {
    return this.#unkeepable;
  }

  next(count: number): ReadingsContent {
    const places = Array.from({ length: count }, () => this.#one());
    const column = <Name extends keyof Made>(name: Name) => places.map((made) => made[name]);
    return {
      kind: "readings",
      series: this.#series,
      seriesOf: column("seriesOf"),
      receivedAtMs: column("receivedAtMs"),
      observedAtMs: column("observedAtMs"),
      value: column("value"),
      flags: column("flags"),
    };
  }

  #one(): Made {
    const { beginMs } = this.#parts;
    const seriesOf = this.#made % this.#series.length;
    const sample = Math.floor(this.#made / this.#series.length);
    this.#made += 1;
    const receivedAtMs = beginMs + (sample + 1) * SAMPLE_EVERY_MS;
    const observedAtMs = this.#observedAtMs(seriesOf, receivedAtMs);
    if (this.#made % UNKEEPABLE_EVERY === 0) {
      this.#unkeepable += 1;
      return { seriesOf, receivedAtMs, observedAtMs, value: 1, flags: UNKEEPABLE_FLAGS };
    }
    return { seriesOf, receivedAtMs, observedAtMs, ...this.#value(seriesOf) };
  }

  #observedAtMs(seriesOf: number, receivedAtMs: number): number {
    const chance = below(this.#random, 1_000);
    if (chance < SAME_TIME) return this.#newestMs[seriesOf] ?? receivedAtMs;
    if (chance < SAME_TIME + LATE) {
      const weeks = 1 + below(this.#random, LATE_WEEKS_MAX);
      return this.#parts.beginMs - weeks * WEEK_MS + below(this.#random, LATE_TIMES_PER_WEEK) * LATE_STEP_MS;
    }
    const observedAtMs = receivedAtMs - below(this.#random, SAMPLE_EVERY_MS);
    this.#newestMs[seriesOf] = observedAtMs;
    return observedAtMs;
  }

  /** All values are quarters, so that sums come out the same in any order. */
  #value(seriesOf: number): { value: number; flags: number } {
    const facts = this.#series[seriesOf];
    if (facts === undefined) throw new Error("a series was to be one of those that there are");
    const { gatewayId, tallies } = this.#parts;
    const name = seriesName(gatewayId, facts.deviceId, facts.metric);
    const chance = below(this.#random, 1_000);
    const observedBy = "gateway";
    if (chance < EMPTY) {
      tallies.add(name, "empty", 0);
      return { value: 0, flags: flagsOf({ badReason: null, observedBy, value: null }) };
    }
    const { kind, max } = METRICS[facts.metric];
    if (kind === "boolean") {
      const value = below(this.#random, 2);
      tallies.add(name, "good", value);
      return { value, flags: flagsOf({ badReason: null, observedBy, value: value === 1 }) };
    }
    if (chance < EMPTY + BAD) {
      const value = max + 1 + below(this.#random, 400) / 4;
      tallies.add(name, "bad", value);
      return { value, flags: flagsOf({ badReason: "out-of-range", observedBy, value }) };
    }
    const value = Math.floor(max / 4) + below(this.#random, 100) / 4;
    tallies.add(name, "good", value);
    return { value, flags: flagsOf({ badReason: null, observedBy, value }) };
  }
}

type Made = {
  readonly seriesOf: number;
  readonly receivedAtMs: number;
  readonly observedAtMs: number;
  readonly value: number;
  readonly flags: number;
};

const number = (n: number) => String(n + 1);

function bedSeries(gatewayId: string): SeriesFacts[] {
  return Array.from({ length: BEDS }, (_, n) =>
    AT_A_BED.map(([device, metric]) => ({
      deviceId: DeviceId.parse(`${gatewayId}-${device}-${number(n)}`),
      bedId: BedId.parse(`${gatewayId}-bed-${number(n)}`),
      roomId: null,
      metric,
      unit: METRICS[metric].ucum,
    })),
  ).flat();
}

function roomSeries(gatewayId: string): SeriesFacts[] {
  return Array.from({ length: BEDS / 2 }, (_, n) =>
    IN_A_ROOM.map(([device, metric]) => ({
      deviceId: DeviceId.parse(`${gatewayId}-${device}-${number(n)}`),
      bedId: null,
      roomId: RoomId.parse(`${gatewayId}-room-${number(n)}`),
      metric,
      unit: METRICS[metric].ucum,
    })),
  ).flat();
}
