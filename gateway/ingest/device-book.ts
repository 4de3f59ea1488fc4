/** What each device said last and what went wrong with it, for the status page, the metrics and the heartbeat. */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import type { Moment } from "../moment.ts";
import type { DeviceClock } from "./device-clock.ts";
import { ProblemCounts } from "./problem-counts.ts";

export type LatestValue = Pick<
  Reading,
  "metric" | "value" | "unit" | "quality" | "badReason" | "observedAtMs" | "observedBy" | "receivedAtMs"
>;

export type DeviceEntry = {
  lastHeard: Moment | null;
  /** The newest reading on disk that its bed's or room's status can rest on: the cloud is told its age. */
  lastUsable: Moment | null;
  clock: DeviceClock | null;
  readings: number;
  badReadings: number;
  readonly latest: Map<MetricName, LatestValue>;
  readonly problems: ProblemCounts;
};

/** Silent for longer than this, a source has grown old on the board; its return should show at once. */
const REGAINED_AFTER_MS = 30_000;

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

  /** Notes a usable reading once it is on disk. */
  usable(entry: DeviceEntry, heard: Moment): void {
    const silentMs =
      entry.lastUsable === null ? Number.POSITIVE_INFINITY : heard.monoMs - entry.lastUsable.monoMs;
    entry.lastUsable = heard;
    if (silentMs > REGAINED_AFTER_MS) this.#onRegained();
  }
}
