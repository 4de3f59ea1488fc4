import { pause } from "../pause.ts";
import { dayAt, planNextDay } from "./plan-ward-day.ts";
import type { WardClock } from "./ward-clock.ts";
import { type BedChange, changesAfter, truthAt, type WardDayPlan } from "./ward-day-plan.ts";

/** First how every bed is now, then each change at its moment, day after day, until stopped. */
export async function* followWard(
  plan: WardDayPlan,
  clock: WardClock,
  signal: AbortSignal,
): AsyncGenerator<BedChange, void> {
  const beganAtMs = clock.wardTimeMs();
  if (plan.beds.size === 0) return;
  let day = dayAt(plan, beganAtMs);
  for (const bedId of day.beds.keys())
    yield { atMs: beganAtMs, bedId, truth: truthAt(day, bedId, beganAtMs) };

  for (let afterMs = Math.max(beganAtMs, day.startsAtMs); ; afterMs = day.startsAtMs) {
    for (const change of changesAfter(day, afterMs)) {
      while (clock.realMsUntil(change.atMs) > 0 && !signal.aborted) {
        await pause(clock.realMsUntil(change.atMs), signal);
      }
      if (signal.aborted) return;
      yield change;
    }
    // A day's first changes only repeat how the day before ended, so the next day is followed from after them.
    day = planNextDay(day);
  }
}
