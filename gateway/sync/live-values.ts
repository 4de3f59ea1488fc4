/**
 * While a lane is behind, its newest values go ahead with the heartbeat: whoever looks at a bed then sees what its
 * monitor says now, and not what it said before the line was cut. They show; what is kept comes with the lane.
 */
import { METRICS, type MetricName } from "../../contracts/metrics/catalogue.ts";
import type { Lane } from "../../contracts/wire/ids.ts";
import { LIVE_VALUES_MAX, type LiveValue } from "../../contracts/wire/sync.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { DeviceBook } from "../ingest/device-book.ts";
import type { JournalFacts } from "../journal/journal-port.ts";

/** Behind by less, a lane brings its newest values soon enough itself. */
export const BEHIND_MS_MIN = 5_000;

export type LiveParts = {
  readonly topology: Topology;
  readonly book: DeviceBook;
  readonly journal: { readonly facts: Pick<JournalFacts, "oldestUnsentAtMs"> };
};

type Found = { readonly key: string; readonly value: LiveValue };

export class LiveValues {
  readonly #parts: LiveParts;
  /** Of each series, when its newest value that the cloud heard of was observed. */
  readonly #toldAtMs = new Map<string, number>();
  #taken: readonly Found[] = [];

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** What changed since the last that was told; where that is too much, what waits longest comes first. */
  take(nowMs: number, valuesMax = LIVE_VALUES_MAX): LiveValue[] {
    const behind = this.#lanesBehind(nowMs);
    const found = behind.size === 0 ? [] : this.#changed(behind);
    if (found.length > valuesMax)
      found.sort((a, b) => (this.#toldAtMs.get(a.key) ?? 0) - (this.#toldAtMs.get(b.key) ?? 0));
    this.#taken = found.slice(0, valuesMax);
    return this.#taken.map(({ value }) => value);
  }

  /** The cloud has what was taken last. */
  told(): void {
    for (const { key, value } of this.#taken) this.#toldAtMs.set(key, value.observedAtMs);
    this.#taken = [];
  }

  #lanesBehind(nowMs: number): ReadonlySet<Lane> {
    const { oldestUnsentAtMs } = this.#parts.journal.facts;
    const isBehind = (atMs: number | null) => atMs !== null && nowMs - atMs > BEHIND_MS_MIN;
    return new Set((["vitals", "environment"] as const).filter((lane) => isBehind(oldestUnsentAtMs[lane])));
  }

  #changed(behind: ReadonlySet<Lane>): Found[] {
    const { topology, book } = this.#parts;
    const found: Found[] = [];
    for (const { deviceId, bedId, roomId } of topology.devices.values()) {
      for (const [metric, latest] of book.entry(deviceId).latest) {
        const key = `${deviceId} ${metric}`;
        if (!behind.has(laneOf(metric)) || (this.#toldAtMs.get(key) ?? -1) >= latest.observedAtMs) continue;
        const { value, unit, badReason, observedAtMs, observedBy, receivedAtMs } = latest;
        const facts = { deviceId, bedId, roomId, metric, unit };
        found.push({ key, value: { ...facts, value, badReason, observedAtMs, observedBy, receivedAtMs } });
      }
    }
    return found;
  }
}

const laneOf = (metric: MetricName): Lane => METRICS[metric].lane;
