/**
 * What each device said last and what went wrong with it, for the status page, the metrics and the heartbeat. A group
 * writes into a draft, which counts only once the group is on disk.
 */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import type { Moment } from "../moment.ts";
import type { DeviceClock } from "./device-clock.ts";
import { ProblemCounts } from "./problem-counts.ts";

export type DeviceEntry = {
  lastHeard: Moment | null;
  /** The newest reading that its bed's or room's status can rest on. */
  lastUsable: Moment | null;
  clock: DeviceClock | null;
  readings: number;
  badReadings: number;
  readonly latest: Map<MetricName, Reading>;
  readonly problems: ProblemCounts;
};

type Change = (book: DeviceBook) => void;

export class DeviceBook {
  readonly #entries = new Map<DeviceId, DeviceEntry>();
  #onRegained: () => void = () => undefined;

  /** Called when a source speaks again after it was not heard for long, or for the first time. */
  set onRegained(listener: () => void) {
    this.#onRegained = listener;
  }

  entry(deviceId: DeviceId): DeviceEntry {
    let entry = this.#entries.get(deviceId);
    if (entry === undefined) {
      entry = {
        lastHeard: null,
        lastUsable: null,
        clock: null,
        readings: 0,
        badReadings: 0,
        latest: new Map(),
        problems: new ProblemCounts(),
      };
      this.#entries.set(deviceId, entry);
    }
    return entry;
  }

  begin(): DeviceBookDraft {
    return new DeviceBookDraft();
  }

  clockOf(deviceId: DeviceId, draft: DeviceBookDraft): DeviceClock | null {
    return draft.clocks.get(deviceId) ?? this.entry(deviceId).clock;
  }

  adopt(draft: DeviceBookDraft): void {
    for (const change of draft.changes) change(this);
    for (const [deviceId, clock] of draft.clocks) this.entry(deviceId).clock = clock;
  }

  regained(entry: DeviceEntry, now: Moment): void {
    const silentMs =
      entry.lastUsable === null ? Number.POSITIVE_INFINITY : now.monoMs - entry.lastUsable.monoMs;
    entry.lastUsable = now;
    if (silentMs > REGAINED_AFTER_MS) this.#onRegained();
  }
}

/** Silent for longer than this, a source has grown old on the board; its return should show at once. */
const REGAINED_AFTER_MS = 30_000;

export class DeviceBookDraft {
  readonly changes: Change[] = [];
  readonly clocks = new Map<DeviceId, DeviceClock | null>();

  heard(deviceId: DeviceId, now: Moment): void {
    this.changes.push((book) => {
      book.entry(deviceId).lastHeard = now;
    });
  }

  clock(deviceId: DeviceId, clock: DeviceClock | null): void {
    this.clocks.set(deviceId, clock);
  }

  usable(deviceId: DeviceId, now: Moment): void {
    this.changes.push((book) => book.regained(book.entry(deviceId), now));
  }

  reading(deviceId: DeviceId, reading: Reading, isHistorical: boolean): void {
    this.changes.push((book) => {
      const entry = book.entry(deviceId);
      entry.readings += 1;
      if (!isHistorical) entry.latest.set(reading.metric, reading);
      if (reading.badReason === null) return;
      entry.badReadings += 1;
      const detail = `${reading.metric} ${String(reading.value)} ${reading.unit ?? "(no unit)"}: kept, marked bad, not used`;
      entry.problems.count(reading.badReason, detail, reading.receivedAtMs);
    });
  }

  problem(deviceId: DeviceId, reason: string, detail: string, now: Moment): void {
    this.changes.push((book) => book.entry(deviceId).problems.count(reason, detail, now.atMs));
  }
}
