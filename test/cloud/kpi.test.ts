import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BedStory, nextStory, UNTOLD } from "../../cloud/kpi/bed-story.ts";
import { KpiSum } from "../../cloud/kpi/kpi-sum.ts";
import { added, anyDay, anyMinutes, first, intake, NORTH, period, SALVAGED, told, walk } from "./kpi-days.ts";
import { modelSums, modelUse } from "./kpi-model.ts";

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
