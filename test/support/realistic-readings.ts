/** A ward of 50 beds for a while: vitals every second or so, loads that drift a little, presence that rarely changes. */

import type { Reading } from "../../contracts/wire/reading.ts";
import { flagsOf, numberOf, type SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { ReadingsContent } from "../../contracts/wire/sync-batch.ts";
import { BEGIN_MS } from "./moments.ts";
import { aReading } from "./records.ts";

const BEDS = 50;
const KINDS = [
  { device: "monitor", metric: "heart-rate", unit: "/min", begin: 72, step: 1, places: 0 },
  { device: "monitor", metric: "spo2", unit: "%", begin: 97, step: 1, places: 0 },
  { device: "monitor", metric: "respiratory-rate", unit: "/min", begin: 15, step: 1, places: 0 },
  { device: "mat", metric: "load", unit: "kg", begin: 71.4, step: 0.2, places: 1 },
  { device: "mat", metric: "occupancy", unit: null, begin: true, step: 0, places: 0 },
] as const;

/** The same readings in columns and as plain JSON, an object each. */
export function realisticReadings(count: number): { content: ReadingsContent; json: string } {
  const random = seeded(7);
  const latest = new Map<string, number>();
  const readings: Reading[] = [];
  const seriesByKey = new Map<string, number>();
  const series: SeriesFacts[] = [];
  const seriesOf: number[] = [];
  let atMs = BEGIN_MS;
  for (let index = 0; index < count; index++) {
    const bed = index % BEDS;
    const kind = KINDS[Math.floor(index / BEDS) % KINDS.length] ?? KINDS[0];
    const deviceId = `${kind.device}-${bed + 1}`;
    const key = `${deviceId} ${kind.metric}`;
    atMs += Math.floor(random() * 8);
    const lagMs = kind.device === "monitor" ? Math.floor(random() * 60) : 0;
    let value: number | boolean = kind.begin;
    if (typeof value === "number") {
      const moved = (latest.get(key) ?? value + bed / 10) + (Math.floor(random() * 3) - 1) * kind.step;
      latest.set(key, moved);
      value = Number(moved.toFixed(kind.places));
    }
    const reading = aReading({
      deviceId,
      bedId: `bed-${bed + 1}`,
      metric: kind.metric,
      unit: kind.unit,
      value,
      receivedAtMs: atMs,
      observedAtMs: atMs - lagMs,
      observedBy: lagMs > 0 ? "device" : "gateway",
    });
    readings.push(reading);
    let at = seriesByKey.get(key);
    if (at === undefined) {
      at = series.length;
      seriesByKey.set(key, at);
      const { bedId, roomId, metric, unit } = reading;
      series.push({ deviceId: reading.deviceId, bedId, roomId, metric, unit });
    }
    seriesOf.push(at);
  }
  const content: ReadingsContent = {
    kind: "readings",
    series,
    seriesOf,
    receivedAtMs: readings.map(({ receivedAtMs }) => receivedAtMs),
    observedAtMs: readings.map(({ observedAtMs }) => observedAtMs),
    value: readings.map(({ value }) => numberOf(value)),
    flags: readings.map(flagsOf),
  };
  return { content, json: JSON.stringify(readings) };
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
