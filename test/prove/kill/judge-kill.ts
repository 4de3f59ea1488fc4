/** Holds what the devices know against what the cloud has. */
import type { CloudFacts, StoredReading } from "./read-cloud.ts";

/** What one remembering device knows of its messages 1 to `made`. */
export type Remembered = {
  readonly deviceId: string;
  readonly made: number;
  readonly acknowledged: ReadonlySet<number>;
};

/** Each message's value tells which it was. */
export const weightOf = (n: number) => Number((20 + n / 1_000).toFixed(3));
const messageOf = (value: number) => Math.round((value - 20) * 1_000);

export type Ledger = {
  readonly sent: number;
  readonly stored: number;
  /** Given up for want of space; the devices' readings are in the lane `vitals`. */
  readonly shed: number;
  readonly rejected: number;
  /** Never acknowledged and nowhere: its device knows, and would send it again. */
  readonly unacknowledged: number;
};

export type Verdict = {
  readonly ledger: Ledger;
  readonly isBalanced: boolean;
  readonly acknowledged: number;
  readonly acknowledgedAndLost: number;
  readonly countedTwice: number;
  /** Records that a lane's mark claims and nobody has. */
  readonly gaps: number;
  /** What counts up, came again or went back. */
  readonly counterFaults: number;
};

export function judge(
  devices: readonly Remembered[],
  counters: readonly { readonly deviceId: string; readonly metric: string }[],
  { readings, lanes }: CloudFacts,
): Verdict {
  const byDevice = Map.groupBy(readings, ({ deviceId }) => deviceId);
  let [sent, stored, acknowledged, lost, twice, unacknowledged] = [0, 0, 0, 0, 0, 0];
  for (const { deviceId, made, acknowledged: known } of devices) {
    const found = (byDevice.get(deviceId) ?? []).map(({ value }) => messageOf(value));
    const distinct = new Set(found);
    sent += made;
    stored += distinct.size;
    twice += found.length - distinct.size;
    acknowledged += known.size;
    for (let n = 1; n <= made; n++) {
      if (distinct.has(n)) continue;
      if (known.has(n)) lost += 1;
      else unacknowledged += 1;
    }
  }
  const vitals = lanes.find(({ lane }) => lane === "vitals");
  const ledger = {
    sent,
    stored,
    shed: vitals?.tombstoned ?? 0,
    rejected: vitals?.parked ?? 0,
    unacknowledged,
  };
  return {
    ledger,
    isBalanced: sent === stored + ledger.shed + ledger.rejected + unacknowledged,
    acknowledged,
    acknowledgedAndLost: Math.max(0, lost - ledger.shed - ledger.rejected),
    countedTwice: twice,
    gaps: lanes.reduce(
      (sum, { mark, stored: kept, parked, tombstoned }) => sum + Math.abs(mark - kept - parked - tombstoned),
      0,
    ),
    counterFaults: counters.reduce(
      (sum, { deviceId, metric }) =>
        sum + faultsOf((byDevice.get(deviceId) ?? []).filter((one) => one.metric === metric)),
      0,
    ),
  };
}

/** Some numbers were answered and never came: nobody acknowledged them. None may come twice, or after a later one. */
function faultsOf(readings: readonly StoredReading[]): number {
  return readings.filter(({ value }, n) => n > 0 && value <= (readings[n - 1]?.value ?? 0)).length;
}
