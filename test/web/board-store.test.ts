import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type BoardStore, createBoardStore } from "../../cloud/web/live/board-store.ts";
import type { BedView } from "../../contracts/wire/board.ts";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import { aBed, aGateway, aSnapshot, at, NOW_MS, someChanges, someEvidence } from "./a-bed.ts";

/** A store whose frames and whose time the test moves. */
function aStore() {
  let nowMs = NOW_MS;
  const frames: (() => void)[] = [];
  const store = createBoardStore({ nowMs: () => nowMs, onNextFrame: (commit) => void frames.push(commit) });
  return {
    store,
    frames,
    frame: () => {
      for (const commit of frames.splice(0)) commit();
    },
    pass: (ms: number) => {
      nowMs += ms;
      store.beat();
    },
  };
}

function fed(...messages: readonly LiveMessage[]): BoardStore {
  const { store, frame } = aStore();
  for (const message of messages) store.receive(message);
  frame();
  return store;
}

const [a1, a2, b1] = [
  aBed({ id: "north-bed-01", label: "1A" }),
  aBed({ id: "north-bed-02", label: "2" }),
  aBed({ id: "north-bed-10", label: "10" }),
];
const occupied = (bed: BedView, liveSeq: number) =>
  aBed({ id: bed.bedId, label: bed.label, axes: { occupancy: "present" }, liveSeq });

describe("the board", () => {
  test("shows nothing before its first snapshot, whatever else comes", () => {
    const store = fed(someChanges(4, [a1]), someEvidence([aGateway()]));
    expect([store.board(), store.seq()]).toEqual([null, null]);
  });

  test("puts hospitals in the cloud's order, wards by name and beds by label, 2 before 10", () => {
    const intake = aBed({ id: "north-bed-03", label: "7", ward: "Acute" });
    const { layout } = fed(aSnapshot([b1, a2, intake])).board() ?? { layout: [] };
    expect(layout.map(({ name }) => name)).toEqual(["Northside General", "Southbank Hospital"]);
    expect(layout[0]?.wards.map(({ name, bedIds }) => [name, bedIds])).toEqual([
      ["Acute", ["north-bed-03"]],
      ["Intake", ["north-bed-02", "north-bed-10"]],
    ]);
  });

  test("shows a hospital that joined later by its id", () => {
    const { layout } = fed(
      aSnapshot([a1]),
      someChanges(2, [aBed({ id: "west-bed-01", hospital: "west" })]),
    ).board() ?? {
      layout: [],
    };
    expect(layout.at(-1)?.name).toBe("west");
  });

  test("a snapshot replaces everything", () => {
    const store = fed(aSnapshot([a1, a2]), aSnapshot([b1], { seq: 9 }));
    expect([...store.beds().keys()]).toEqual(["north-bed-10"]);
    expect(store.seq()).toBe(9);
  });
});

describe("frames", () => {
  test("a burst of messages is one commit, and calls only the tiles that differ", () => {
    const { store, frame, frames } = aStore();
    store.receive(aSnapshot([a1, a2]));
    frame();
    const [tile1, tile2, board] = [vi.fn(), vi.fn(), vi.fn()];
    store.subscribeBed(a1.bedId, tile1);
    store.subscribeBed(a2.bedId, tile2);
    store.subscribe(board);
    for (let seq = 2; seq < 52; seq++) store.receive(someChanges(seq, [occupied(a1, seq)]));
    expect([frames.length, store.shownBed(a1.bedId)?.display]).toEqual([1, "available"]);
    frame();
    expect([tile1, tile2, board].map((each) => each.mock.calls.length)).toEqual([1, 0, 1]);
    expect(store.shownBed(a1.bedId)?.display).toBe("occupied");
  });

  test("evidence that only grows younger redraws no tile", () => {
    const { store, frame } = aStore();
    store.receive(aSnapshot([a1]));
    frame();
    const tile = vi.fn();
    store.subscribeBed(a1.bedId, tile);
    store.receive(
      someEvidence(
        [aGateway("north", 0)],
        [{ bedId: a1.bedId, deviceId: "north-smart-bed-01", lastObservedAt: at(0) }],
      ),
    );
    frame();
    expect(tile).not.toHaveBeenCalled();
    expect(store.evidenceAtMs(a1.bedId)).toBe(NOW_MS);
  });

  test("the layout stays the same object while no tile moves", () => {
    const { store, frame } = aStore();
    store.receive(aSnapshot([a1, a2]));
    frame();
    const before = store.board()?.layout;
    store.receive(someChanges(2, [occupied(a1, 2)]));
    frame();
    expect(store.board()?.layout).toBe(before);
    store.receive(someChanges(3, [], [a2.bedId]));
    frame();
    expect(store.board()?.layout).not.toBe(before);
  });

  test("a tile that is gone is told, and no longer shown", () => {
    const { store, frame } = aStore();
    store.receive(aSnapshot([a1, a2]));
    frame();
    const tile = vi.fn();
    store.subscribeBed(a2.bedId, tile);
    store.receive(someChanges(2, [], [a2.bedId]));
    frame();
    expect(tile).toHaveBeenCalledOnce();
    expect(store.shownBed(a2.bedId)).toBeUndefined();
  });
});

describe("time alone", () => {
  test("makes a bed late and then stale, without any message", () => {
    const { store, frame, pass } = aStore();
    store.receive(aSnapshot([a1], { gateways: [aGateway("north", 0)] }));
    frame();
    // Its gateway is heard all the while; the bed's own sensor, due every 10 s, is not.
    const heard = (agoMs: number) => store.receive(someEvidence([aGateway("north", -agoMs)]));
    heard(25_000);
    pass(25_000);
    expect(store.shownBed(a1.bedId)).toMatchObject({ freshness: "late", bookable: true });
    heard(60_000);
    pass(35_000);
    expect(store.shownBed(a1.bedId)).toMatchObject({
      verification: "stale",
      display: "unknown",
      bookable: false,
    });
  });

  test("makes all beds of a silent gateway unknown at once, and of no other", () => {
    const { store, frame, pass } = aStore();
    const south = aBed({ id: "south-bed-01", hospital: "south", heardAgoMs: 0 });
    store.receive(
      aSnapshot([aBed({ heardAgoMs: 0 }), south], {
        gateways: [aGateway("north", 0), aGateway("south", -20_000)],
      }),
    );
    frame();
    const display = () => [...store.beds().values()].map((bed) => bed.display);
    pass(30_000);
    expect([display(), store.board()?.silent.length]).toEqual([["available", "available"], 0]);
    pass(1);
    expect(display()).toEqual(["unknown", "available"]);
    expect(store.board()?.silent.map(({ gatewayId }) => gatewayId)).toEqual(["north-gateway"]);
    expect(store.board()?.counts).toMatchObject({
      gatewaysSilent: 1,
      fresh: 0,
      sensed: 2,
      unknownOrStale: 1,
    });
  });

  test("a gateway heard again brings its beds back with the next frame", () => {
    const { store, frame, pass } = aStore();
    store.receive(aSnapshot([aBed({ heardAgoMs: 0 })]));
    frame();
    pass(40_000);
    expect(store.shownBed(a1.bedId)?.display).toBe("unknown");
    store.receive(someEvidence([aGateway("north", -40_000)]));
    frame();
    expect(store.shownBed(a1.bedId)?.display).toBe("available");
  });
});

test("the counts say what a coordinator asks first", () => {
  const beds = [
    a1,
    aBed({ id: "north-bed-02", assignmentSource: "none", axes: { assignment: "unknown" } }),
    aBed({ id: "north-bed-03", axes: { occupancy: "present", assignment: "admitted" } }),
    aBed({ id: "north-bed-04", axes: { readiness: "cleaning" }, sinceAgoMs: 7 * 60_000 }),
    aBed({ id: "north-bed-05", heardAgoMs: 600_000 }),
    aBed({ id: "north-bed-06", axes: { assignment: "admitted" }, sinceAgoMs: 45 * 60_000 }),
    aBed({ id: "north-bed-07", sensor: false }),
  ];
  expect(fed(aSnapshot(beds)).board()?.counts).toEqual({
    beds: 7,
    bookable: 1,
    availableNotBookable: 1,
    occupied: 2,
    cleaning: 1,
    cleaningSinceMs: NOW_MS - 7 * 60_000,
    unknownOrStale: 2,
    conflicts: 1,
    conflictSinceMs: NOW_MS - 45 * 60_000,
    sensed: 6,
    fresh: 5,
    gatewaysSilent: 0,
  });
});

describe("after any interruption", () => {
  type Step = { readonly bed: number; readonly kind: "occupied" | "available" | "removed" | "heard" };
  const steps = fc.array(
    fc.record({
      bed: fc.nat({ max: 4 }),
      kind: fc.constantFrom<Step["kind"]>("occupied", "available", "removed", "heard"),
    }),
    { maxLength: 30 },
  );

  /** A cloud in small: its beds, and each change with its number, for those who resume. */
  function play(all: readonly Step[]) {
    const beds = new Map<string, BedView>();
    const log: LiveMessage[] = [];
    for (const { bed, kind } of all) {
      const id = `north-bed-0${bed}`;
      const seq = log.length + 1;
      const axes = kind === "occupied" ? { occupancy: "present" as const } : {};
      const heardAgoMs = kind === "heard" ? 100 : 5_000;
      const view = aBed({ id, label: String(bed), axes, heardAgoMs, liveSeq: seq });
      if (kind === "removed") beds.delete(id);
      else beds.set(id, view);
      log.push(kind === "removed" ? someChanges(seq, [], [id]) : someChanges(seq, [view]));
    }
    return { log, snapshot: aSnapshot([...beds.values()], { seq: log.length }) };
  }

  test("a client that resumes equals one that loads afresh", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 30 }), (all, cut) => {
        const before = play(all.slice(0, cut));
        const after = play(all);
        const resumed = fed(before.snapshot, ...after.log.slice(before.log.length));
        const fresh = fed(after.snapshot);
        expect(resumed.seq()).toBe(fresh.seq());
        const sorted = (store: BoardStore) =>
          [...store.beds().values()].sort((one, other) => one.bedId.localeCompare(other.bedId));
        expect(sorted(resumed)).toEqual(sorted(fresh));
        expect(resumed.board()).toEqual(fresh.board());
      }),
    );
  });
});
