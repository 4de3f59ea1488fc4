/** What the devices were told against what the cloud has: stored, or given up and accounted for. */
import type { CloudFacts } from "../kill/read-cloud.ts";
import { messageOf } from "./disk-full-ward.ts";

export type Told = {
  readonly deviceId: string;
  /** Messages 1 to this were sent. */
  readonly made: number;
  readonly acknowledged: ReadonlySet<number>;
};

export type Ledger = {
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly shed: number;
  readonly unacknowledged: number;
};

export type Verdict = { readonly ledger: Ledger; readonly misses: readonly string[] };

export function judgeDiskFull(devices: readonly Told[], { readings, lanes }: CloudFacts): Verdict {
  const byDevice = Map.groupBy(readings, ({ deviceId }) => deviceId);
  let [sent, acknowledged, stored, twice, acknowledgedAndGone, unacknowledged] = [0, 0, 0, 0, 0, 0];
  for (const { deviceId, made, acknowledged: known } of devices) {
    const found = (byDevice.get(deviceId) ?? []).map(({ value }) => messageOf(value));
    const distinct = new Set(found);
    sent += made;
    acknowledged += known.size;
    stored += distinct.size;
    twice += found.length - distinct.size;
    for (let n = 1; n <= made; n++) {
      if (distinct.has(n)) continue;
      if (known.has(n)) acknowledgedAndGone += 1;
      else unacknowledged += 1;
    }
  }
  const shed = lanes.find(({ lane }) => lane === "vitals")?.tombstoned ?? 0;
  const gaps = lanes.reduce(
    (sum, lane) => sum + Math.abs(lane.mark - lane.stored - lane.parked - lane.tombstoned),
    0,
  );
  const bedEventsShed = lanes.find(({ lane }) => lane === "beds")?.tombstoned ?? 0;
  const misses = [
    acknowledgedAndGone > shed &&
      `${acknowledgedAndGone} acknowledged readings are not in the cloud, and only ${shed} are accounted for as given up`,
    sent !== stored + shed + unacknowledged &&
      `the ledger does not balance: ${sent} sent, ${stored} stored, ${shed} given up, ${unacknowledged} never acknowledged`,
    twice > 0 && `${twice} readings are in the cloud twice`,
    gaps > 0 && `${gaps} records that a lane's mark claims are nowhere`,
    bedEventsShed > 0 && `${bedEventsShed} bed events were given up`,
  ].filter((miss) => typeof miss === "string");
  return { ledger: { sent, acknowledged, stored, shed, unacknowledged }, misses };
}

/**
 * The control's log: what a gateway leaves behind that acknowledges and does not store. Its lanes have no gap, since what
 * was never written was never numbered.
 */
export function withoutStoring({ readings, lanes }: CloudFacts, dropped: number): CloudFacts {
  const gone = Math.min(dropped, readings.length);
  return {
    readings: readings.slice(0, readings.length - gone),
    lanes: lanes.map((lane) =>
      lane.lane === "vitals" ? { ...lane, mark: lane.mark - gone, stored: lane.stored - gone } : lane,
    ),
  };
}
