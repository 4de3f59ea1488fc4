/** A mat, a pad and a monitor on one bed, heard every second. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BedEvent, type EvidenceRef } from "../../../contracts/wire/bed-event.ts";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { fromStored, toStored } from "../../../gateway/interpret/bed-state.ts";
import { sourceOf, votesOf } from "../../../gateway/interpret/source.ts";
import { Bedside, type Said } from "../../support/bedside.ts";
import { at } from "../../support/moments.ts";
import { MAT, MONITOR, PAD, type SmallDecider } from "../../support/wards.ts";

const mat: SmallDecider = { device: MAT, metric: "occupancy" };
const pad: SmallDecider = { device: PAD, metric: "load" };
const monitor: SmallDecider = { device: MONITOR, metric: "pulse-rate", weight: 2 };

const matSays = (somebody: boolean): Said => ["occupancy", somebody, MAT];
const padSays = (kg: number): Said => ["load", kg, PAD];
const pulse = (rate: number | null): Said => ["pulse-rate", rate, MONITOR];

const EMPTY = [matSays(false), padSays(0)];
const bedOf = (...deciders: SmallDecider[]) => new Bedside({ deciders }, "clean");
const emptyBed = (...deciders: SmallDecider[]) => bedOf(...deciders).keepsHearingAll(EMPTY, 35);
const since = (bed: Bedside, from: number) =>
  bed.told.flatMap((line) => {
    const [second = "", rest] = line.split(" s: ");
    return Number(second) < from ? [] : [`${Number(second) - from} s: ${rest}`];
  });
const newest = (bed: Bedside): readonly EvidenceRef[] => {
  const event = bed.events.at(-1);
  return event !== undefined && "evidence" in event ? event.evidence : [];
};

describe("what nobody could see", () => {
  test("leaves a clean bed no longer known to be clean: its sources said opposite things meanwhile", () => {
    const bed = emptyBed(mat, pad);
    expect(bed.state.readiness).toBe("clean");
    bed.keepsHearingAll([matSays(true), padSays(0)], 11 * 60).keepsHearingAll(EMPTY, 35);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["absent", "unknown"]);
  });

  test("so does a source whose word did not count meanwhile", () => {
    const bed = emptyBed(mat);
    const finding = {
      deviceId: DeviceId.parse(MAT),
      metric: "occupancy" as const,
      kind: "stuck" as const,
      sinceMs: at(bed.second).atMs,
      detail: "stands still",
      evidence: [],
    };
    bed.state = { ...bed.state, findings: [finding] };
    bed.keepsHearingAll([matSays(false)], 11 * 60);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["unknown", "unknown"]);
  });

  test("is not what a moment's disagreement is", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([matSays(true), padSays(0)], 60);
    expect(bed.keepsHearingAll(EMPTY, 35).state.readiness).toBe("clean");
  });
});

describe("a load between its limits", () => {
  const between = padSays(18);

  test("does not empty a bed whose pulse has gone: the clip may have come off a child", () => {
    const bed = emptyBed(pad, monitor).keepsHearingAll([between, pulse(80)], 10);
    expect(bed.state.occupancy).toBe("present");
    bed.keepsHearingAll([between, pulse(null)], 60);
    expect(bed.state.occupancy).toBe("unknown");
  });

  test("does not end the wait of a bed that began to be empty", () => {
    const bed = bedOf(pad)
      .keepsHearingAll([padSays(70)], 10)
      .keepsHearingAll([padSays(0)], 10);
    bed.keepsHearingAll([between], 60);
    expect(bed.told.some((line) => line.endsWith("s: absent"))).toBe(false);
    expect(bed.state.occupancy).toBe("unknown");
  });
});

test("a new device on a bed does not inherit the word of the one before it", () => {
  const old = emptyBed(pad);
  const state = fromStored(toStored(old.state), bedOf(mat).place, at(old.second));
  expect(sourceOf(state.sources, MAT)?.vote).toBe("unknown");
});

describe("a bed with a mat and a pad", () => {
  test("is empty and taken as both say", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([matSays(true), padSays(70)], 10);
    expect(bed.told.filter((line) => /(absent|present)$/.test(line) && !line.includes("settling"))).toEqual([
      "30 s: absent",
      "40 s: present",
    ]);
  });

  test("names what every source read, with its vote and its weight", () => {
    const bed = bedOf({ ...mat, weight: 2 }, pad).keepsHearingAll([matSays(true), padSays(70)], 8);
    const present = bed.events.find((event) => event.kind === "occupancy-changed");
    expect(present).toMatchObject({ to: "present" });
    expect(present !== undefined && "evidence" in present ? present.evidence : []).toMatchObject([
      { deviceId: MAT, value: true, vote: "present", weight: 2 },
      { deviceId: PAD, value: 70, vote: "present", weight: 1 },
    ]);
    expect(BedEvent.array().parse(bed.events)).toEqual(bed.events);
  });

  test("that say opposite things for longer than the debounce is unknown, and a contradiction", () => {
    const bed = emptyBed(mat, pad);
    const from = bed.second;
    bed.keepsHearingAll([matSays(true), padSays(0)], 40);
    expect(since(bed, from)).toEqual(["0 s: settling unknown", "30 s: pad-1 contradiction", "30 s: unknown"]);
    const [finding] = bed.state.findings;
    expect(finding).toMatchObject({ deviceId: PAD, metric: "load", sinceMs: at(from).atMs });
    expect(finding?.detail).toContain("mat-1 says somebody is in it, pad-1 says it is empty");
    expect(finding?.evidence).toMatchObject([
      { deviceId: MAT, vote: "present" },
      { deviceId: PAD, vote: "absent" },
    ]);
  });

  test("is over a contradiction once both say the same", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([matSays(true), padSays(0)], 40);
    const from = bed.second;
    bed.keepsHearingAll(EMPTY, 31);
    expect(since(bed, from)).toEqual([
      "0 s: pad-1 no longer contradiction",
      "0 s: settling absent",
      "30 s: absent",
    ]);
  });

  test("says nothing of a contradiction that the entry of somebody makes for a few seconds", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([matSays(true), padSays(0)], 10);
    bed.keepsHearingAll([matSays(true), padSays(70)], 10);
    expect(bed.told.some((line) => line.includes("contradiction"))).toBe(false);
    expect(bed.state.occupancy).toBe("present");
  });

  test("goes on with the one that is left when the other falls silent", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([padSays(0)], 120);
    expect([bed.state.occupancy, bed.state.findings]).toEqual(["absent", []]);
    expect(votesOf(bed.place, bed.state, at(bed.second))).toMatchObject([
      { deviceId: MAT, vote: "unknown", setAside: "silent for longer than its limit" },
      { deviceId: PAD, vote: "absent", setAside: null },
    ]);
  });

  test("is unknown at once when the last one falls silent", () => {
    const bed = emptyBed(mat, pad);
    const from = bed.second;
    bed.passes(61);
    expect(since(bed, from)).toEqual(["60 s: unknown"]);
  });

  test("is not emptied by the mat's silence: the pad's next word begins the wait", () => {
    const bed = bedOf(mat, pad).keepsHearingAll([matSays(true), padSays(0)], 40);
    expect(bed.state.occupancy).toBe("unknown");
    // The mat dies, and the pad is heard a last time before the mat's limit has passed.
    bed.keepsHearingAll([padSays(0)], 50).passes(10);
    const silent = bed.told.length;
    bed.passes(20);
    expect(bed.told.slice(silent).filter((line) => line.includes("settling absent"))).toEqual([]);
  });
});

describe("a monitor beside a mat or a pad", () => {
  test("proves who is too light for the pad", () => {
    const bed = bedOf(pad, monitor)
      .keepsHearingAll([padSays(0), pulse(null)], 35)
      .keepsHearingAll([padSays(15), pulse(120)], 10);
    expect(bed.state.occupancy).toBe("present");
  });

  test("that hears no pulse says nothing against an empty bed", () => {
    const bed = bedOf(mat, monitor).keepsHearingAll([matSays(false), pulse(null)], 35);
    expect(bed.state.occupancy).toBe("absent");
  });

  test("alone does not keep a bed empty whose mat is silent", () => {
    const bed = bedOf(mat, monitor).keepsHearingAll([matSays(false), pulse(null)], 35);
    const from = bed.second;
    bed.keepsHearingAll([pulse(null)], 70);
    expect(since(bed, from)).toEqual(["60 s: unknown"]);
    expect(bed.events.at(-1)).toMatchObject({ by: { kind: "silence", deviceId: MAT } });
  });

  test("does not see whether the bed was used while its mat was silent for long", () => {
    const bed = bedOf(mat, monitor).keepsHearingAll([matSays(false), pulse(null)], 35);
    bed.keepsHearingAll([pulse(null)], 11 * 60).hears("occupancy", false, MAT);
    expect(bed.state.readiness).toBe("unknown");
  });
});

describe("a source that is set aside", () => {
  test("does not decide any more, and says so", () => {
    const bed = emptyBed(mat, pad);
    for (let second = 0; second < 30; second++)
      bed
        .hears("occupancy", second % 2 === 0, MAT)
        .hears("load", 0, PAD)
        .passes(1);
    expect(bed.state.findings).toMatchObject([{ deviceId: MAT, metric: "occupancy", kind: "implausible" }]);
    expect(votesOf(bed.place, bed.state, at(bed.second))[0]?.setAside).toMatch(/^implausible/);
    bed.keepsHearingAll([padSays(0)], 5);
    expect([bed.state.occupancy, newest(bed).every(({ deviceId }) => deviceId !== MAT)]).toEqual([
      "absent",
      true,
    ]);
  });

  test("counts again once it has been right for long enough", () => {
    const bed = bedOf(mat, pad);
    for (let second = 0; second < 30; second++)
      bed
        .hears("occupancy", second % 2 === 0, MAT)
        .hears("load", 0, PAD)
        .passes(1);
    bed.keepsHearingAll(EMPTY, 20);
    expect(bed.state.findings).toEqual([]);
  });

  test("makes a bed unknown that has no other", () => {
    const bed = bedOf(mat).keepsHearingAll([matSays(false)], 35);
    for (let second = 0; second < 60; second++) bed.hears("occupancy", second % 2 === 0, MAT).passes(1);
    expect(bed.state.occupancy).toBe("unknown");
  });
});

describe("a pad whose empty bed grows heavier", () => {
  const creeping = (deciders: SmallDecider[], kg: number, seconds: number) => {
    const bed = emptyBed(...deciders);
    for (let second = 0; second < seconds; second++)
      bed.keepsHearingAll([matSays(false), padSays((kg * second) / seconds)], 1);
    return bed;
  };

  test("is tared while the mat sees it empty, and has drifted past five kilograms", () => {
    const bed = creeping([mat, pad], 11, 1_200);
    expect(bed.state.occupancy).toBe("absent");
    expect(bed.state.findings).toMatchObject([{ deviceId: PAD, metric: "load", kind: "drifting" }]);
    expect(bed.state.findings[0]?.detail).toMatch(/weighs 5\.\d kg/);
    expect(sourceOf(bed.state.sources, PAD)?.load?.emptyKg).toBeCloseTo(11, 0);
  });

  test("keeps what it learnt over a restart", () => {
    const bed = creeping([mat, pad], 11, 1_200);
    const learnt = sourceOf(bed.state.sources, PAD)?.load?.emptyKg;
    bed.restarts(5);
    expect(sourceOf(bed.state.sources, PAD)?.load?.emptyKg).toBe(learnt);
    expect(bed.state.findings).toMatchObject([{ kind: "drifting" }]);
  });

  test("learns nothing of somebody who lies in it while the mat is broken", () => {
    const bed = emptyBed(mat, pad).keepsHearingAll([matSays(false), padSays(70)], 600);
    expect([bed.state.occupancy, sourceOf(bed.state.sources, PAD)?.load?.emptyKg]).toEqual(["unknown", 0]);
  });
});

test("after a restart what was said before it confirms nothing by itself", () => {
  const bed = new Bedside({ deciders: [mat, pad], expectedIntervalMs: 20_000 }, "clean");
  bed.hears("occupancy", true, MAT).passes(6).hears("occupancy", false, MAT).passes(1).restarts(5);
  bed.passes(40);
  expect(bed.state.occupancy).not.toBe("absent");
});

test("silence never yields absent, whatever was said before it", () => {
  const said = fc.oneof(
    fc.boolean().map(matSays),
    fc.constantFrom(-1, 0, 11, 15, 24, 26, 70, 400).map(padSays),
    fc.constantFrom(null, 0, 72).map(pulse),
  );
  const spell = fc.tuple(fc.array(said, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 2, 6, 31, 61));
  fc.assert(
    fc.property(
      fc.array(spell, { maxLength: 12 }),
      fc.integer({ min: 2, max: 200 }),
      (spells, silentSeconds) => {
        const bed = bedOf(mat, pad, monitor);
        for (const [all, seconds] of spells) bed.keepsHearingAll(all, seconds);
        const wasOnItsWay = bed.state.occupancy === "absent" || bed.state.settling?.candidate === "absent";
        bed.passes(silentSeconds);
        if (!wasOnItsWay) expect(bed.state.occupancy).not.toBe("absent");
        if (silentSeconds > 62) expect(bed.state.occupancy).toBe("unknown");
      },
    ),
    { numRuns: 300 },
  );
});
