import { spareDevices } from "./spare-devices.ts";
import { dailyFaults, type Faults, listedFaults } from "./ward-day/faults.ts";
import { planWardDay } from "./ward-day/plan-ward-day.ts";
import { createWard, type Ward } from "./ward-day/ward.ts";
import type { WardPace } from "./ward-day/ward-clock.ts";
import type { Hospital } from "./ward-file.ts";

/** Real time in which housekeeping has checked the beds that begin the day clean, so that it is on record. */
const checkedWithinRealMs = 30_000;

export type PlanWanted = {
  readonly hospital: Hospital;
  readonly seed: number;
  readonly pace: WardPace;
  readonly faults: "daily" | "none";
};

/** All that will happen in a hospital: the same seed and speed, the same days. */
export function planHospital({ hospital, seed, pace, faults }: PlanWanted): { ward: Ward; faults: Faults } {
  const plan = planWardDay({
    bedIds: hospital.beds.map(({ bedId }) => bedId),
    childrensBedIds: new Set(
      hospital.beds.flatMap(({ bedId, isForChildren }) => (isForChildren ? [bedId] : [])),
    ),
    seed,
    checkedWithinMs: checkedWithinRealMs * pace.speed,
  });
  return {
    ward: createWard(plan),
    faults:
      faults === "daily"
        ? dailyFaults({ deviceIds: spareDevices(hospital), measuringIds: measuringOf(hospital), seed })
        : listedFaults([]),
  };
}

function measuringOf({ devices }: Hospital): ReadonlySet<string> {
  return new Set(devices.filter(({ profile }) => profile !== "dry-contacts").map(({ id }) => id));
}
