import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BedKpi, type WardTallies } from "../../cloud/kpi/bed-kpi.ts";
import { type BedStory, nextStory, type ToldEvent, UNTOLD } from "../../cloud/kpi/bed-story.ts";
import { figuresOf, percentile } from "../../cloud/kpi/figures.ts";
import { KpiSum } from "../../cloud/kpi/kpi-sum.ts";
import { type Period, periodsOf, timeZoneOf } from "../../cloud/kpi/periods.ts";
import { addTally, emptyTally, type Tally } from "../../cloud/kpi/tally.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { Epoch, GatewayId, HospitalId, WardId } from "../../contracts/wire/ids.ts";
import { modelSums, modelUse } from "./kpi-model.ts";
import { changed, commissioned, decommissioned, findingsChanged, NORTH_EPOCH, START_MS } from "./records.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NORTH = HospitalId.parse("north");
const SALVAGED = "00000000000000a2";
const at = (minutes: number) => ({ observedAtMs: START_MS + minutes * MINUTE_MS });
const bySilence = { by: { kind: "silence", deviceId: "mat-1" } };
const contradiction = {
  deviceId: "mat-1",
  metric: "occupancy",
  kind: "contradiction",
  sinceMs: START_MS,
  detail: "Look at it.",
  evidence: [],
};

function told(events: readonly BedEvent[], epoch = NORTH_EPOCH, isRepeated = false): ToldEvent[] {
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

const period = (fromMinute: number, toMinute: number): Period => ({
  fromMs: START_MS + fromMinute * MINUTE_MS,
  toMs: START_MS + toMinute * MINUTE_MS,
  name: `${fromMinute}`,
});

type Options = { story?: BedStory; nowMs?: number; silentFromMs?: number | null; keptFromMs?: number };

function walk(
  events: readonly ToldEvent[],
  periods: readonly Period[],
  { story = UNTOLD, nowMs = Number.MAX_SAFE_INTEGER, silentFromMs = null, keptFromMs = 0 }: Options = {},
): readonly WardTallies[] {
  const kpi = new BedKpi(story, { periods, keptFromMs, nowMs }, silentFromMs);
  for (const event of events) if (!kpi.tell(event)) break;
  return kpi.finish();
}

function intake(tallies: readonly WardTallies[]): readonly Tally[] {
  return tallies.find(({ wardId }) => wardId === "intake")?.periods ?? [];
}
const first = (tallies: readonly WardTallies[]) => intake(tallies)[0] ?? emptyTally();

/** A gap before the event in minutes, and what happens. */
const anyEvent = fc.tuple(
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

function eventOf(action: Action[1], minutes: number): BedEvent {
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

const anyDay = fc.array(anyEvent, { minLength: 1, maxLength: 40 }).map((actions) => {
  let minutes = 0;
  const events = actions.map(([gap, action]) => {
    minutes += gap;
    return eventOf(action, minutes);
  });
  return [commissioned(at(0)), ...events];
});
const anyMinutes = fc
  .tuple(fc.integer({ min: -60, max: 900 }), fc.integer({ min: 2, max: 600 }))
  .map(([fromMinute, lasted]) => [fromMinute, fromMinute + lasted] as const);

/** A tally without what depends on where periods end. */
function added(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) addTally(sum, tally, { open: false });
  sum.beds = Math.min(sum.beds, 1);
  for (const { finishedMs } of [sum.exitToClean, sum.cleaning]) finishedMs.sort((a, b) => a - b);
  return sum;
}

describe("figures of any day", () => {
  test("equal those of somebody who looked at the bed in every minute", () => {
    fc.assert(
      fc.property(anyDay, anyMinutes, (events, [fromMinute, toMinute]) => {
        const range = period(fromMinute, toMinute);
        const tally = first(walk(told(events), [range]));
        const { inServiceMs, occupiedMs, unknownMs, staleMs, squatMs, contradictionMs, stateMs } = tally;
        const sums = { inServiceMs, occupiedMs, unknownMs, staleMs, squatMs, contradictionMs, stateMs };
        expect(sums).toEqual(modelSums(events, range.fromMs, range.toMs, "intake"));
      }),
      { numRuns: 150 },
    );
  });

  test("have the stays, turnovers and cleanings that the list of events has", () => {
    fc.assert(
      fc.property(anyDay, anyMinutes, (events, [fromMinute, toMinute]) => {
        const range = period(fromMinute, toMinute);
        const sum = added(walk(told(events), [range]).flatMap(({ periods }) => periods));
        const model = modelUse(events, range.fromMs, range.toMs);
        const known = (durations: readonly (number | null)[]) =>
          durations.filter((each) => each !== null).toSorted((a, b) => a - b);
        expect(sum.stays).toBe(model.stays);
        expect(sum.turnovers).toBe(model.exitToCleanMs.length);
        expect(sum.exitToClean.finishedMs).toEqual(known(model.exitToCleanMs));
        expect(sum.cleaning.finishedMs).toEqual(known(model.cleaningMs));
        expect(sum.cleaning.unseen).toBe(model.cleaningMs.filter((each) => each === null).length);
      }),
      { numRuns: 300 },
    );
  });

  test("tile the time: states add up to the time in service, and parts of a period to the whole", () => {
    fc.assert(
      fc.property(anyDay, anyMinutes, fc.float({ min: 0, max: 1, noNaN: true }), (events, range, share) => {
        const [fromMinute, toMinute] = range;
        const cut = fromMinute + 1 + Math.floor(share * (toMinute - fromMinute - 2));
        const whole = walk(told(events), [period(fromMinute, toMinute)]);
        const parts = walk(told(events), [period(fromMinute, cut), period(cut, toMinute)]);
        expect(added(intake(parts))).toEqual(added(intake(whole)));
        const { stateMs, inServiceMs } = first(whole);
        expect(Object.values(stateMs).reduce((sum, ms) => sum + ms, 0)).toBe(inServiceMs);
        expect(intake(parts).at(-1)?.exitToClean.openSinceMs).toEqual(
          intake(whole)[0]?.exitToClean.openSinceMs,
        );
      }),
    );
  });

  test("are the same from the beginning and from any time before the range", () => {
    fc.assert(
      fc.property(anyDay, anyMinutes, (events, [fromMinute, toMinute]) => {
        const range = period(fromMinute, toMinute);
        const all = told(events);
        const before = all.filter(({ happenedAtMs }) => happenedAtMs < range.fromMs);
        const story = before.reduce((known, event) => nextStory(known, event).story, UNTOLD);
        // As it comes out of a database.
        const kept = JSON.parse(JSON.stringify(story)) as BedStory;
        expect(walk(all.slice(before.length), [range], { story: kept })).toEqual(walk(all, [range]));
      }),
    );
  });

  test("do not change when a salvaged journal tells them again and goes on", () => {
    fc.assert(
      fc.property(anyDay, fc.nat({ max: 40 }), anyMinutes, (events, sent, [fromMinute, toMinute]) => {
        const cut = Math.min(sent + 1, events.length);
        const once = told(events);
        const salvaged = [
          ...once.slice(0, cut),
          ...told(events.slice(0, cut), SALVAGED, true),
          ...told(events.slice(cut), SALVAGED),
        ];
        const range = [period(fromMinute, toMinute)];
        expect(walk(salvaged, range)).toEqual(walk(once, range));
      }),
    );
  });

  test("of beds add up to their ward's, and a bed that was moved is one bed of the hospital", () => {
    fc.assert(
      fc.property(fc.array(anyDay, { minLength: 1, maxLength: 4 }), (days) => {
        const range = {
          periods: [period(0, 300), period(300, 600)],
          keptFromMs: 0,
          nowMs: Number.MAX_SAFE_INTEGER,
        };
        const sum = new KpiSum(range, null);
        const beds = days.map((events) => walk(told(events), range.periods));
        for (const bed of beds) sum.addBed(bed);
        const { wards, whole, periods } = sum.hospital(NORTH, "Northside");
        const total = (
          pick: (figures: { inServiceMs: number }) => number,
          of: readonly never[] | typeof wards,
        ) => of.reduce((all, ward) => all + pick(ward.whole), 0);
        expect(whole.beds).toBeLessThanOrEqual(days.length);
        expect(whole.inServiceMs).toBe(total(({ inServiceMs }) => inServiceMs, wards));
        expect(whole.inServiceMs).toBe(periods.reduce((all, { inServiceMs }) => all + inServiceMs, 0));
        const ward = wards.find(({ wardId }) => wardId === "intake");
        const ofBeds = beds.flatMap((bed) => intake(bed));
        expect(ward?.whole.inServiceMs ?? 0).toBe(ofBeds.reduce((all, tally) => all + tally.inServiceMs, 0));
        expect(ward?.whole.exitToClean.finished ?? 0).toBe(
          ofBeds.reduce((all, tally) => all + tally.exitToClean.finishedMs.length, 0),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("a bed's day", () => {
  const used = [
    commissioned(at(0)),
    changed("readiness", "clean", at(0)),
    changed("occupancy", "present", at(10)),
    changed("readiness", "dirty", at(10)),
  ];

  test("a trip to the bathroom ends no stay, and the exit is the last one", () => {
    const events = [
      ...used,
      changed("occupancy", "absent", at(20)),
      changed("occupancy", "present", at(25)),
      changed("occupancy", "absent", at(60)),
      changed("readiness", "cleaning", at(70)),
      changed("readiness", "clean", at(85)),
    ];
    const { stays, turnovers, exitToClean } = first(walk(told(events), [period(0, 120)]));
    expect({ stays, turnovers, exit: exitToClean.finishedMs }).toEqual({
      stays: 1,
      turnovers: 1,
      exit: [25 * MINUTE_MS],
    });
  });

  test("who leans on the bed to clean it begins no stay", () => {
    const events = [
      ...used,
      changed("occupancy", "absent", at(60)),
      changed("readiness", "cleaning", at(70)),
      changed("occupancy", "present", at(72)),
      changed("occupancy", "absent", at(75)),
      changed("readiness", "clean", at(80)),
    ];
    const { stays, exitToClean } = first(walk(told(events), [period(0, 120)]));
    expect(stays).toBe(1);
    expect(exitToClean.finishedMs).toEqual([20 * MINUTE_MS]);
  });

  test("an exit that nobody saw gives no duration, and counts as unseen", () => {
    const events = [
      ...used,
      changed("occupancy", "unknown", { ...at(40), ...bySilence }),
      changed("occupancy", "absent", at(60)),
      changed("readiness", "clean", at(90)),
    ];
    const tally = first(walk(told(events), [period(0, 120)]));
    expect(tally).toMatchObject({
      turnovers: 1,
      exitToClean: { finishedMs: [], unseen: 1 },
      staleMs: 20 * MINUTE_MS,
    });
    expect(figuresOf(tally, null)).toMatchObject({
      exitToClean: { medianMs: null },
      missing: { exitToClean: "none-finished" },
    });
  });

  test("what is not clean yet is open and no finished duration", () => {
    const tally = first(walk(told([...used, changed("occupancy", "absent", at(60))]), [period(0, 120)]));
    expect(figuresOf(tally, null).exitToClean).toEqual({
      finished: 0,
      medianMs: null,
      p90Ms: null,
      longestMs: null,
      open: 1,
      openSince: new Date(START_MS + HOUR_MS).toISOString(),
      unseen: 0,
    });
  });

  test("a bed counts for the part in which it was in service, in the ward it was part of", () => {
    const events = [
      ...used,
      commissioned({ ...at(30), wardId: "surgery", wardName: "Surgery" }),
      decommissioned(at(50)),
    ];
    const [before, later] = walk(told(events), [period(-30, 120)]);
    expect(before).toMatchObject({ wardId: "intake", periods: [{ beds: 1, inServiceMs: 30 * MINUTE_MS }] });
    expect(later).toMatchObject({ wardId: "surgery", periods: [{ beds: 1, inServiceMs: 20 * MINUTE_MS }] });
  });

  test("a journal that begins with something new begins the bed anew", () => {
    const anew = told([commissioned(at(60)), changed("occupancy", "absent", at(90))], SALVAGED);
    const tally = first(walk([...told(used), ...anew], [period(60, 120)]));
    expect(tally).toMatchObject({
      inServiceMs: HOUR_MS,
      unknownMs: 30 * MINUTE_MS,
      occupiedMs: 0,
      staleMs: 0,
    });
  });

  test("nothing is known of a bed whose gateway is silent, or of what is still to come", () => {
    const options = { silentFromMs: START_MS + 30 * MINUTE_MS, nowMs: START_MS + HOUR_MS };
    const [past, future] = intake(walk(told(used), [period(0, 90), period(90, 180)], options));
    expect(past).toMatchObject({ inServiceMs: HOUR_MS, unknownMs: 40 * MINUTE_MS, staleMs: 30 * MINUTE_MS });
    expect(future).toMatchObject({ inServiceMs: 0, beds: 0 });
  });

  test("what was before its events are kept is not known", () => {
    const keptFromMs = START_MS + 30 * MINUTE_MS;
    const periods = [period(0, 15), period(15, 60)];
    const tallies = walk(told(used), periods, { keptFromMs });
    expect(intake(tallies)).toMatchObject([{ inServiceMs: 0 }, { inServiceMs: 30 * MINUTE_MS, stays: 0 }]);
    const sum = new KpiSum({ periods, keptFromMs, nowMs: START_MS + HOUR_MS }, null);
    sum.addBed(tallies);
    const [before] = sum.hospital(NORTH, "Northside").wards[0]?.periods ?? [];
    expect(before).toMatchObject({ occupiedMs: null, missing: { occupiedMs: "not-kept" } });
  });

  test("what nobody knew is null with its reason, never 0", () => {
    const figures = figuresOf(
      first(walk(told([commissioned({ assignmentSource: "none" })]), [period(0, 60)])),
      null,
    );
    expect(figures).toMatchObject({
      occupiedMs: null,
      stays: null,
      availableMs: null,
      ghostMs: null,
      unknownMs: HOUR_MS,
    });
    expect(figures.missing).toMatchObject({
      occupiedShare: "occupancy-unknown",
      availableMs: "state-unknown",
      ghostMs: "assignment-unknown",
      turnovers: "readiness-unknown",
      cleaning: "readiness-unknown",
    });
    expect(figuresOf(emptyTally(), null).missing.occupiedMs).toBe("not-in-service");
    expect(figuresOf(emptyTally(), "not-yet").missing.unknownMs).toBe("not-yet");
  });

  test("a sum for one ward leaves the others out", () => {
    const range = { periods: [period(0, 120)], keptFromMs: 0, nowMs: START_MS + 2 * HOUR_MS };
    const sum = new KpiSum(range, WardId.parse("surgery"));
    sum.addBed(walk(told(used), range.periods));
    expect(sum.hospital(NORTH, "Northside")).toMatchObject({ wards: [], whole: { beds: 0 } });
  });
});

describe("periods", () => {
  const hours = (periods: readonly Period[] | null) =>
    periods?.map(({ fromMs, toMs }) => (toMs - fromMs) / HOUR_MS);
  const cut = (from: string, to: string, by: "day" | "week" | "month" | "whole", zone: string) => {
    const found = timeZoneOf(zone);
    if (found === null) throw new Error(`${zone} is not known here`);
    return periodsOf({ fromMs: Date.parse(from), toMs: Date.parse(to) }, by, found, 400);
  };

  test("days have 23 and 25 hours where clocks are changed", () => {
    expect(hours(cut("2026-03-28T00:00:00Z", "2026-03-30T23:00:00Z", "day", "Europe/London"))).toEqual([
      24, 23, 24,
    ]);
    expect(hours(cut("2026-10-23T23:00:00Z", "2026-10-27T00:00:00Z", "day", "Europe/London"))).toEqual([
      24, 25, 24,
    ]);
  });

  test("a day begins an hour late where midnight is left out, and once where it comes twice", () => {
    expect(
      cut("2018-11-03T12:00:00Z", "2018-11-05T12:00:00Z", "day", "America/Sao_Paulo")?.map(({ fromMs }) =>
        new Date(fromMs).toISOString(),
      ),
    ).toEqual(["2018-11-03T12:00:00.000Z", "2018-11-04T03:00:00.000Z", "2018-11-05T02:00:00.000Z"]);
    expect(hours(cut("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "day", "America/Havana"))).toEqual([25]);
  });

  test("weeks begin on Mondays, months on their first, and ranges cut off both ends", () => {
    expect(
      cut("2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z", "week", "UTC")?.map(({ name }) => name),
    ).toEqual(["2026-01-01", "2026-01-05", "2026-01-12"]);
    expect(
      cut("2025-12-15T00:00:00Z", "2026-02-02T00:00:00Z", "month", "UTC")?.map(({ name }) => name),
    ).toEqual(["2025-12-15", "2026-01-01", "2026-02-01"]);
  });

  test.each([
    "Europe/London",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Beirut",
  ])("in %s follow on each other without a gap, each on its own date", (zone) => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2027, 0) }),
        fc.integer({ min: 1, max: 40 * 24 * HOUR_MS }),
        fc.constantFrom("day" as const, "week" as const, "month" as const),
        (fromMs, lastsMs, by) => {
          const found = timeZoneOf(zone);
          const periods = found && periodsOf({ fromMs, toMs: fromMs + lastsMs }, by, found, 400);
          expect(periods?.[0]?.fromMs).toBe(fromMs);
          expect(periods?.at(-1)?.toMs).toBe(fromMs + lastsMs);
          for (const [place, { fromMs: startMs }] of periods?.slice(1).entries() ?? [])
            expect(startMs).toBe(periods?.[place]?.toMs);
          const names = periods?.map(({ name }) => name) ?? [];
          expect(names).toEqual([...new Set(names)].toSorted());
        },
      ),
      { numRuns: 40 },
    );
  });

  test("an unknown zone is none, and too many periods are too many", () => {
    expect(timeZoneOf("Europe/Lodnon")).toBeNull();
    expect(cut("2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "day", "UTC")).toBeNull();
  });
});

test("percentiles are interpolated as a spreadsheet does", () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([7], 0.9)).toBe(7);
  expect(percentile([10, 20, 30, 40], 0.5)).toBe(25);
  expect(percentile([10, 20, 30, 40], 0.9)).toBe(37);
});
