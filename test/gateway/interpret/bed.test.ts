import { describe, expect, test } from "vitest";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { hearBed } from "../../../gateway/interpret/bed.ts";
import { Bedside } from "../../support/bedside.ts";
import { at } from "../../support/moments.ts";
import { evidence } from "../../support/records.ts";
import { BED_DEVICE } from "../../support/wards.ts";

/** A clean bed in which nobody lies, heard every second for the last half minute. */
const emptyBed = () => new Bedside({}, "clean").keepsHearing("occupancy", false, 31);
/** What was told since `from`, in seconds of its own. */
const since = (bed: Bedside, from: number) =>
  bed.told.flatMap((line) => {
    const [second = "", rest] = line.split(" s: ");
    return Number(second) < from ? [] : [`${Number(second) - from} s: ${rest}`];
  });

describe("somebody", () => {
  test("who stays five seconds is in the bed, and the bed is no longer clean", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 6);
    expect(since(bed, 31)).toEqual(["0 s: settling present", "5 s: present", "5 s: dirty"]);
  });

  test("who sits down for four seconds never was there", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 4).keepsHearing("occupancy", false, 60);
    expect(since(bed, 31)).toEqual(["0 s: settling present", "4 s: settled back"]);
    expect(bed.state.readiness).toBe("clean");
  });

  test("who turns over does not leave the bed", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 10);
    for (let turn = 0; turn < 5; turn++)
      bed.keepsHearing("occupancy", false, 20).keepsHearing("occupancy", true, 5);
    expect(bed.state.occupancy).toBe("present");
    expect(since(bed, 41).filter((line) => line.endsWith("settling absent"))).toHaveLength(5);
    expect(since(bed, 41).filter((line) => line.endsWith(": absent"))).toEqual([]);
  });

  test("who is gone for thirty seconds has left, and the bed stays dirty", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 10).keepsHearing("occupancy", false, 31);
    expect(since(bed, 41)).toEqual(["0 s: settling absent", "30 s: absent"]);
    expect(bed.state.readiness).toBe("dirty");
  });

  test("is there at once where the ward waits for nothing", () => {
    const bed = new Bedside({ debounce: { presentMs: 0, absentMs: 0 } }, "clean");
    bed.hears("occupancy", false).passes(1).hears("occupancy", true).passes(1).hears("occupancy", false);
    expect(bed.told).toEqual(["0 s: absent", "1 s: present", "1 s: dirty", "2 s: absent"]);
  });
});

describe("a bed that weighs", () => {
  const weighing = () => new Bedside({ decides: "load" }, "clean").keepsHearing("load", 0, 32);

  test.each<[string, number[], string]>([
    ["nothing to something light: between the limits nothing changes", [0, 13, 24.9, 12.1], "absent"],
    ["as much as somebody, once: one frame is not enough", [25], "absent"],
    ["as much as somebody, twice", [25, 25], "present"],
    ["as much as somebody twice, with another frame between", [25, 20, 25], "absent"],
    ["somebody, then between the limits", [70, 70, 24, 12.1], "present"],
    ["somebody, then as little as an empty bed, once", [70, 70, 12], "present"],
    ["somebody, then as little as an empty bed, twice", [70, 70, 12, 12], "absent"],
    ["a little below its tare", [-0.4], "absent"],
  ])("%s", (_name, weights, raw) => {
    const bed = weighing();
    for (const weight of weights) bed.hears("load", weight);
    expect(bed.state.raw).toBe(raw);
  });

  test("settles through the dead band as if the last clear word still stood", () => {
    const bed = weighing().keepsHearing("load", 70, 2).keepsHearing("load", 20, 5);
    expect(since(bed, 33)).toEqual(["0 s: settling present", "5 s: present", "5 s: dirty"]);
  });

  test("says nothing between the limits before it said anything clear", () => {
    const bed = new Bedside({ decides: "load" }).keepsHearing("load", 20, 60);
    expect(bed.told).toEqual([]);
  });
});

describe("a pulse", () => {
  const monitored = () => new Bedside({ decides: "pulse-rate" }, "clean");

  test("proves somebody, and its loss proves nothing", () => {
    const bed = monitored().keepsHearing("pulse-rate", 72, 6).keepsHearing("pulse-rate", null, 31);
    expect(bed.told).toEqual([
      "0 s: settling present",
      "5 s: present",
      "5 s: dirty",
      "6 s: settling unknown",
      "36 s: unknown",
    ]);
  });

  test("of nothing at all is not a pulse", () => {
    const bed = monitored().keepsHearing("pulse-rate", 0, 60).keepsHearing("pulse-rate", null, 60);
    expect(bed.told).toEqual([]);
    expect(bed.state.occupancy).toBe("unknown");
  });
});

describe("silence", () => {
  test("of more than a minute makes a bed unknown, never empty", () => {
    const bed = emptyBed().passes(59);
    expect(bed.state.occupancy).toBe("absent");
    bed.passes(2);
    expect(since(bed, 31)).toEqual(["60 s: unknown"]);
    expect(bed.events.at(-1)).toMatchObject({ to: "unknown", by: { kind: "silence" }, evidence: [] });
  });

  test("of three intervals counts where the sensor is slow", () => {
    const bed = new Bedside({ expectedIntervalMs: 40_000, debounce: { absentMs: 0 } }).hears(
      "occupancy",
      false,
    );
    bed.passes(120);
    expect(bed.state.occupancy).toBe("absent");
    bed.passes(1);
    expect(bed.state.occupancy).toBe("unknown");
  });

  test("in the middle of a wait confirms nothing, and ends the wait", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 2).passes(70);
    expect(since(bed, 31)).toEqual(["0 s: settling present", "62 s: settled back", "62 s: unknown"]);
  });

  test("in the first wait of all leaves nothing settling", () => {
    const bed = new Bedside().hears("occupancy", true).passes(70);
    expect(bed.told).toEqual(["0 s: settling present", "61 s: settled back"]);
  });

  test("is over with the first word, which settles like any other", () => {
    const bed = emptyBed().passes(100).keepsHearing("occupancy", false, 31);
    expect(since(bed, 131)).toEqual(["0 s: settling absent", "30 s: absent"]);
  });

  test("of more than ten minutes leaves nobody sure that a clean bed still is", () => {
    const short = emptyBed()
      .passes(9 * 60)
      .hears("occupancy", false);
    expect(short.state.readiness).toBe("clean");
    const long = emptyBed()
      .passes(11 * 60)
      .hears("occupancy", false);
    expect(long.state.readiness).toBe("unknown");
    expect(since(long, 31 + 11 * 60)).toEqual(["0 s: unknown", "0 s: settling absent"]);
  });
});

describe("cleaning", () => {
  /** Used, left, and dirty. */
  const dirtyBed = () =>
    emptyBed()
      .keepsHearing("occupancy", true, 6)
      .keepsHearing("occupancy", false, 31)
      .hears("cleaning", false);

  test("begins and ends with the button, however often its level is repeated", () => {
    const bed = dirtyBed();
    const from = bed.second;
    bed.hears("cleaning", true).hears("cleaning", true).passes(1).hears("cleaning", true);
    bed.passes(1).hears("cleaning", false).hears("cleaning", false);
    expect(since(bed, from)).toEqual(["0 s: cleaning", "2 s: clean"]);
  });

  test("that was never heard to begin does not end", () => {
    const bed = new Bedside({}, "dirty").hears("cleaning", false).passes(5).hears("cleaning", false);
    expect([bed.told, bed.state.readiness]).toEqual([[], "dirty"]);
  });

  test("goes on while the cleaner leans on the bed", () => {
    const bed = dirtyBed().hears("cleaning", true).keepsHearing("occupancy", true, 70);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["present", "cleaning"]);
    bed.keepsHearing("occupancy", false, 31).hears("cleaning", false);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["absent", "clean"]);
  });

  test("is undone by who stays in the bed for a minute after it", () => {
    const bed = dirtyBed().hears("cleaning", true).keepsHearing("occupancy", true, 70);
    const from = bed.second;
    bed.hears("cleaning", false).keepsHearing("occupancy", true, 61);
    expect(since(bed, from)).toEqual(["0 s: clean", "60 s: dirty"]);
  });

  test("holds where the cleaner gets up within the minute", () => {
    const bed = dirtyBed().hears("cleaning", true).keepsHearing("occupancy", true, 10);
    bed.hears("cleaning", false).keepsHearing("occupancy", true, 20).keepsHearing("occupancy", false, 60);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["absent", "clean"]);
  });

  test("is not taken for a patient: who kneels on the bed to clean it is gone within a minute", () => {
    const bed = dirtyBed().hears("cleaning", true);
    const from = bed.second;
    bed.keepsHearing("occupancy", true, 55).keepsHearing("occupancy", false, 31);
    expect(since(bed, from)).toEqual(["0 s: cleaning", "0 s: settling present", "55 s: settled back"]);
  });

  test("is expected of a bed that was left a quarter of an hour ago: who lies down there takes a minute to be believed", () => {
    const left = () => dirtyBed().keepsHearing("occupancy", false, 15 * 60);
    const kneeling = left();
    kneeling.keepsHearing("occupancy", true, 55).keepsHearing("occupancy", false, 31);
    expect(kneeling.state.occupancy).toBe("absent");
    const lying = left();
    const from = lying.second;
    lying.keepsHearing("occupancy", true, 62);
    expect(since(lying, from)).toEqual(["0 s: settling present", "60 s: present"]);
  });

  test("is not expected of a bed that is clean, or that was left just now: five seconds are enough", () => {
    const clean = emptyBed().keepsHearing("occupancy", false, 20 * 60);
    const back = dirtyBed().keepsHearing("occupancy", false, 10 * 60);
    for (const bed of [clean, back]) {
      const from = bed.second;
      bed.keepsHearing("occupancy", true, 6);
      expect(since(bed, from).slice(0, 2)).toEqual(["0 s: settling present", "5 s: present"]);
    }
  });

  test("of a bed without a sensor is heard too", () => {
    const bed = new Bedside({ decides: null }, "dirty")
      .hears("cleaning", true)
      .passes(60)
      .hears("cleaning", false);
    expect(bed.told).toEqual(["0 s: cleaning", "60 s: clean"]);
  });
});

describe("a gateway that starts again", () => {
  test("says nothing where the bed is as it was", () => {
    const bed = emptyBed();
    const told = bed.told.length;
    bed.restarts(20).keepsHearing("occupancy", false, 60);
    expect(bed.told).toHaveLength(told);
  });

  test("gives the sensor its usual time to speak, and then says that it is silent", () => {
    const bed = emptyBed().restarts(20);
    const from = bed.second;
    bed.passes(61);
    expect(since(bed, from)).toEqual(["61 s: unknown"]);
  });

  test("begins a wait anew, and takes it back where the change did not last", () => {
    const stayed = emptyBed().hears("occupancy", true).restarts(20).keepsHearing("occupancy", true, 6);
    expect(since(stayed, 31)).toEqual(["0 s: settling present", "25 s: present", "25 s: dirty"]);
    const left = emptyBed().hears("occupancy", true).restarts(20).keepsHearing("occupancy", false, 60);
    expect(since(left, 31)).toEqual(["0 s: settling present", "20 s: settled back"]);
  });

  test("still finds out that somebody stayed in the bed that was just cleaned", () => {
    const bed = emptyBed()
      .keepsHearing("occupancy", true, 6)
      .hears("cleaning", true)
      .hears("cleaning", false);
    expect([bed.state.occupancy, bed.state.readiness]).toEqual(["present", "clean"]);
    bed.restarts(5).keepsHearing("occupancy", true, 61);
    expect(bed.state.readiness).toBe("dirty");
  });

  test("after a long time does not believe that a clean bed still is", () => {
    const bed = emptyBed()
      .restarts(11 * 60)
      .hears("occupancy", false);
    expect(bed.state.readiness).toBe("unknown");
  });
});

test("a bed listens to its own sensor alone, and to what that sensor decides by", () => {
  const bed = emptyBed();
  for (const reading of [
    evidence("occupancy", true, at(40).atMs, "monitor-1"),
    evidence("load", 80, at(40).atMs),
  ])
    expect(hearBed(bed.place, bed.state, { reading, now: at(40) })).toEqual({ state: bed.state, events: [] });
});

describe("what is told", () => {
  test("fits the wire", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 6).hears("cleaning", true).passes(70);
    expect(bed.events.map(({ kind }) => kind)).toContain("readiness-changed");
    expect(BedEvent.array().parse(bed.events)).toEqual(bed.events);
  });

  test("names the reading that began it, where time confirmed it", () => {
    const bed = emptyBed().keepsHearing("occupancy", true, 6);
    const [settling, present] = bed.events.slice(-3);
    const began = [{ value: true, observedAtMs: at(31).atMs }];
    expect(settling).toMatchObject({ dueAtMs: at(36).atMs, evidence: began });
    expect(present).toMatchObject({ by: { kind: "sensor", deviceId: BED_DEVICE }, evidence: began });
  });

  test("names both readings, where a second one confirmed it", () => {
    const bed = emptyBed().hears("occupancy", true).passes(10).hears("occupancy", true);
    expect(bed.events.at(-2)).toMatchObject({
      to: "present",
      observedAtMs: at(41).atMs,
      evidence: [{ observedAtMs: at(31).atMs }, { observedAtMs: at(41).atMs }],
    });
  });
});
