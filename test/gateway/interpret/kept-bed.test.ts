import { expect, test } from "vitest";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import type { BedState } from "../../../gateway/interpret/bed-state.ts";
import { ownCopy, writeOver } from "../../../gateway/interpret/kept-bed.ts";
import { initialLoadState } from "../../../gateway/interpret/load.ts";
import { at } from "../../support/moments.ts";
import { evidence } from "../../support/records.ts";

const finding = (detail: string): BedState["findings"][number] => ({
  deviceId: DeviceId.parse("one"),
  metric: "load",
  kind: "stuck",
  sinceMs: 1,
  detail,
  evidence: [],
});

/** Of which no field says the same as in the other. */
const before: BedState = {
  occupancy: "absent",
  occupancySinceMs: 1,
  settling: null,
  raw: "absent",
  lastEvidence: at(1),
  readiness: "clean",
  readinessSinceMs: 1,
  cleaningPressed: false,
  reuseDueMonoMs: null,
  sources: [
    {
      deviceId: DeviceId.parse("one"),
      vote: "absent",
      isWeak: false,
      heard: at(1),
      reading: evidence("load", 1, 1, "one"),
      isSilent: false,
      load: null,
    },
  ],
  contradictingSince: null,
  watches: [
    {
      first: evidence("load", 1, 1, "one"),
      newest: evidence("load", 1, 2, "one"),
      unchangedSince: at(1),
      heard: at(2),
      frames: 2,
      wrongBits: 0,
      judged: 2,
    },
  ],
  findings: [finding("one")],
};
const after: BedState = {
  occupancy: "present",
  occupancySinceMs: 2,
  settling: { candidate: "unknown", since: at(2), dueMonoMs: 3, evidence: [] },
  raw: "present",
  lastEvidence: at(2),
  readiness: "dirty",
  readinessSinceMs: 2,
  cleaningPressed: true,
  reuseDueMonoMs: 4,
  sources: [
    {
      deviceId: DeviceId.parse("two"),
      vote: "present",
      isWeak: true,
      heard: at(2),
      reading: evidence("load", 2, 2, "two"),
      isSilent: true,
      load: initialLoadState,
    },
  ],
  contradictingSince: at(2),
  watches: [
    {
      first: evidence("load", 2, 3, "two"),
      newest: evidence("load", 2, 4, "two"),
      unchangedSince: at(3),
      heard: at(4),
      frames: 3,
      wrongBits: 1,
      judged: 3,
    },
  ],
  findings: [finding("two")],
};

test("every field is written over, in the objects that were there", () => {
  for (const [from, to] of [
    [before, after],
    [after, before],
  ] as const) {
    const own = ownCopy(from);
    const [source, watch] = [own.sources[0], own.watches[0]];
    writeOver(own, to);
    expect(own).toEqual(to);
    expect([own.sources[0] === source, own.watches[0] === watch]).toEqual([true, true]);
  }
});

test("neither the state that it was written from nor a copy of its own moves with it", () => {
  const own = ownCopy(before);
  const copy = ownCopy(own);
  const unmoved = structuredClone(after);
  writeOver(own, after);
  writeOver(own, { ...before, sources: [...before.sources, ...after.sources], watches: [] });
  writeOver(own, { ...after, sources: [after.sources[0], before.sources[0]] as BedState["sources"] });
  expect(own.sources.map(({ deviceId }) => deviceId)).toEqual(["two", "one"]);
  expect([after, copy]).toEqual([unmoved, before]);
});
