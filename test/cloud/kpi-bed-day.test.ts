import { describe, expect, test } from "vitest";
import { figuresOf } from "../../cloud/kpi/figures.ts";
import { KpiSum } from "../../cloud/kpi/kpi-sum.ts";
import { emptyTally } from "../../cloud/kpi/tally.ts";
import { WardId } from "../../contracts/wire/ids.ts";
import {
  at,
  bySilence,
  first,
  HOUR_MS,
  intake,
  MINUTE_MS,
  NORTH,
  period,
  SALVAGED,
  told,
  walk,
} from "./kpi-days.ts";
import { changed, commissioned, decommissioned, START_MS } from "./records.ts";

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
