/** Days of a bed, made up or at random, and what the figures make of them. */
import * as fc from "fast-check";
import { BedKpi, type WardTallies } from "../../cloud/kpi/bed-kpi.ts";
import { type BedStory, type ToldEvent, UNTOLD } from "../../cloud/kpi/bed-story.ts";
import type { Period } from "../../cloud/kpi/periods.ts";
import { addTally, emptyTally, type Tally } from "../../cloud/kpi/tally.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { Epoch, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { changed, commissioned, decommissioned, findingsChanged, NORTH_EPOCH, START_MS } from "./records.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const NORTH = HospitalId.parse("north");
export const SALVAGED = "00000000000000a2";
export const at = (minutes: number) => ({ observedAtMs: START_MS + minutes * MINUTE_MS });
export const bySilence = { by: { kind: "silence", deviceId: "mat-1" } };
export const contradiction = {
  deviceId: "mat-1",
  metric: "occupancy",
  kind: "contradiction",
  sinceMs: START_MS,
  detail: "Look at it.",
  evidence: [],
};

export function told(events: readonly BedEvent[], epoch = NORTH_EPOCH, isRepeated = false): ToldEvent[] {
  return events.map((event, place) => ({
    position: place + 1,
    hospitalId: NORTH,
    gatewayId: GatewayId.parse("gw-north"),
    epoch: Epoch.parse(epoch),
    happenedAtMs: event.observedAtMs,
    isRepeated,
    event,
  }));
}

export const period = (fromMinute: number, toMinute: number): Period => ({
  fromMs: START_MS + fromMinute * MINUTE_MS,
  toMs: START_MS + toMinute * MINUTE_MS,
  name: `${fromMinute}`,
});

type Options = { story?: BedStory; nowMs?: number; silentFromMs?: number | null; keptFromMs?: number };

export function walk(
  events: readonly ToldEvent[],
  periods: readonly Period[],
  { story = UNTOLD, nowMs = Number.MAX_SAFE_INTEGER, silentFromMs = null, keptFromMs = 0 }: Options = {},
): readonly WardTallies[] {
  const kpi = new BedKpi(story, { periods, keptFromMs, nowMs }, silentFromMs);
  for (const event of events) if (!kpi.tell(event)) break;
  return kpi.finish();
}

export function intake(tallies: readonly WardTallies[]): readonly Tally[] {
  return tallies.find(({ wardId }) => wardId === "intake")?.periods ?? [];
}
export const first = (tallies: readonly WardTallies[]) => intake(tallies)[0] ?? emptyTally();

/** A gap before the event in minutes, and what happens. */
export const anyEvent = fc.tuple(
  fc.integer({ min: 0, max: 40 }),
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("present", "absent", "absent", "unknown", "silence") },
    { weight: 8, arbitrary: fc.constantFrom("clean", "dirty", "cleaning", "inspect", "unready") },
    { weight: 3, arbitrary: fc.constantFrom("open", "blocked", "staffed", "unstaffed", "uninfected") },
    { weight: 2, arbitrary: fc.constantFrom("intake", "surgery", "no-claims", "removed") },
    { weight: 1, arbitrary: fc.constantFrom("contradicted", "agreed") },
  ),
);
type Action = typeof anyEvent extends fc.Arbitrary<infer Value> ? Value : never;

export function eventOf(action: Action[1], minutes: number): BedEvent {
  const when = at(minutes);
  switch (action) {
    case "present":
    case "absent":
    case "unknown":
      return changed("occupancy", action, when);
    case "silence":
      return changed("occupancy", "unknown", { ...when, ...bySilence });
    case "clean":
    case "dirty":
    case "cleaning":
    case "inspect":
      return changed("readiness", action, when);
    case "unready":
      return changed("readiness", "unknown", when);
    case "open":
    case "blocked":
      return changed("service", action, when);
    case "staffed":
    case "unstaffed":
      return changed("staffing", action, when);
    case "uninfected":
      return changed("infection", "none", when);
    case "intake":
    case "surgery":
      return commissioned({ ...when, wardId: action, wardName: action });
    case "no-claims":
      return commissioned({ ...when, assignmentSource: "none" });
    case "removed":
      return decommissioned(when);
    case "contradicted":
      return findingsChanged({ ...when, findings: [contradiction] });
    default:
      return findingsChanged({ ...when, findings: [] });
  }
}

export const anyDay = fc.array(anyEvent, { minLength: 1, maxLength: 40 }).map((actions) => {
  let minutes = 0;
  const events = actions.map(([gap, action]) => {
    minutes += gap;
    return eventOf(action, minutes);
  });
  return [commissioned(at(0)), ...events];
});
export const anyMinutes = fc
  .tuple(fc.integer({ min: -60, max: 900 }), fc.integer({ min: 2, max: 600 }))
  .map(([fromMinute, lasted]) => [fromMinute, fromMinute + lasted] as const);

/** A tally without what depends on where periods end. */
export function added(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) addTally(sum, tally, { open: false });
  sum.beds = Math.min(sum.beds, 1);
  for (const { finishedMs } of [sum.exitToClean, sum.cleaning]) finishedMs.sort((a, b) => a - b);
  return sum;
}
