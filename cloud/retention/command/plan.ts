/** What a round would do now, counted and not done. */
import { holdsOver } from "../holds/hold.ts";
import { activeHolds } from "../holds/repository.ts";
import type { DataClass } from "../policy.ts";
import { errandsWithLanes, parcelsOf, type RoundDeps, tableOf } from "../round/round.ts";
import { countDueRollups } from "../round/trim-rollups.ts";

export type PlannedWeek = {
  readonly class: DataClass;
  readonly hospitalId: string;
  readonly fromMs: number;
  readonly rows: number;
  readonly afterwards: "delete" | "archive";
  /** Holds, and archives put back, that keep something of this week. */
  readonly holds: number;
};
export type PlannedRollups = {
  readonly class: DataClass;
  readonly hospitalId: string;
  readonly minutes: number;
  readonly hours: number;
};
export type Plan = { readonly weeks: readonly PlannedWeek[]; readonly rollups: readonly PlannedRollups[] };

export async function planOf(
  deps: Pick<RoundDeps, "db" | "policies" | "hospitalIds" | "fedStores">,
  nowMs: number,
): Promise<Plan> {
  const { db } = deps;
  const active = await activeHolds(db, nowMs);
  const weeks: PlannedWeek[] = [];
  const rollups: PlannedRollups[] = [];
  for (const errand of await errandsWithLanes(deps, nowMs)) {
    const { class: dataClass, hospitalId, lanes, policy, cutoffs } = errand;
    const of = { class: dataClass, hospitalId };
    for (const parcel of await parcelsOf(db, errand, nowMs)) {
      const holds = holdsOver(active, parcel);
      let rows = 0;
      for (const lane of lanes)
        rows += await tableOf(dataClass).count(db, parcel, { ...lane, afterSeq: 0 }, holds);
      if (rows > 0)
        weeks.push({
          ...of,
          fromMs: parcel.fromMs,
          rows,
          afterwards: policy.afterwards,
          holds: holds.length,
        });
    }
    const due = async (table: "rollups_1m" | "rollups_1h", beforeMs: number | null) =>
      beforeMs === null ? 0 : await countDueRollups(db, errand, table, beforeMs, active);
    const minutes = await due("rollups_1m", cutoffs.minuteMs);
    const hours = await due("rollups_1h", cutoffs.hourMs);
    if (minutes + hours > 0) rollups.push({ ...of, minutes, hours });
  }
  return { weeks, rollups };
}
