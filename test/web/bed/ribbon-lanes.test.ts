import { describe, expect, test } from "vitest";
import { type RibbonFacts, ribbonLanes } from "../../../cloud/web/bed/ribbon-lanes.ts";
import { TimelineEntry } from "../../../contracts/wire/board.ts";
import { aBed, at, MIN, NOW_MS } from "../a-bed.ts";

const HOUR = 60 * MIN;
let seq = 0;
const event = (agoMs: number, kind: string, to: string) => {
  seq += 1;
  return TimelineEntry.parse({
    gatewayId: "north-gateway",
    epoch: "00000000deadbeef",
    seq,
    kind,
    to,
    by: null,
    evidence: [],
    observedAt: at(agoMs),
    receivedAt: at(agoMs),
  });
};
const occupancy = (agoMs: number, to: string) => event(agoMs, "occupancy-changed", to);

/** Newest first, as the log has them. */
function laneOf(
  axis: "Occupancy" | "Readiness" | "Service",
  entries: TimelineEntry[],
  facts: Partial<RibbonFacts> = {},
) {
  const lanes = ribbonLanes({
    log: { entries, olderCursor: null },
    axes: aBed({ axes: { occupancy: "absent" }, sinceAgoMs: 20 * MIN }).axes,
    fromMs: NOW_MS - 8 * HOUR,
    toMs: NOW_MS + MIN,
    nowMs: NOW_MS,
    silentSinceMs: null,
    ...facts,
  });
  return (lanes.find(({ name }) => name === axis)?.segments ?? []).map(({ fromMs, toMs, words }) => [
    (NOW_MS - fromMs) / HOUR,
    (NOW_MS - toMs) / HOUR,
    words,
  ]);
}

describe("a lane", () => {
  test("begins with what was so before, and ends now, not at the end of the axis", () => {
    expect(laneOf("Occupancy", [occupancy(2 * HOUR, "absent"), occupancy(10 * HOUR, "present")])).toEqual([
      [8, 2, "Somebody in bed"],
      [2, 0, "Empty"],
    ]);
  });

  test("orders by when things happened, not by when they were heard of", () => {
    const late = [
      occupancy(3 * HOUR, "present"),
      occupancy(1 * HOUR, "absent"),
      occupancy(9 * HOUR, "absent"),
    ];
    expect(laneOf("Occupancy", late).map(([, , words]) => words)).toEqual([
      "Empty",
      "Somebody in bed",
      "Empty",
    ]);
  });

  test("is not known before the oldest event of all, and not loaded before the oldest that was read", () => {
    const entries = [occupancy(2 * HOUR, "absent")];
    expect(laneOf("Occupancy", entries)[0]).toEqual([8, 2, "Not known"]);
    expect(laneOf("Occupancy", entries, { log: { entries, olderCursor: "older" } })[0]).toEqual([
      8,
      2,
      "Not loaded",
    ]);
  });

  test("shows what a file declared, of which there is no event", () => {
    expect(laneOf("Service", [])).toEqual([
      [8, 4, "Not known"],
      [4, 0, "Open"],
    ]);
  });

  test("that has not changed for longer than the axis is one segment, whether or not its event was read", () => {
    const { axes } = aBed({ sinceAgoMs: 40 * HOUR });
    expect(laneOf("Occupancy", [], { axes, log: { entries: [], olderCursor: "older" } })).toEqual([
      [8, 0, "Empty"],
    ]);
  });

  test("ends where its gateway fell silent, and says so", () => {
    const entries = [occupancy(9 * HOUR, "present")];
    const { axes } = aBed({ axes: { occupancy: "present" }, sinceAgoMs: 9 * HOUR });
    expect(laneOf("Occupancy", entries, { axes, silentSinceMs: NOW_MS - HOUR })).toEqual([
      [8, 1, "Somebody in bed"],
      [1, 0, "Gateway silent"],
    ]);
  });

  test("says how many changes there were where they are too quick to be seen", () => {
    const entries = [30, 20, 10]
      .flatMap((ago) => [
        occupancy(HOUR + ago * 1_000, "present"),
        occupancy(HOUR + ago * 1_000 - 5_000, "absent"),
      ])
      .reverse();
    const segments = laneOf("Occupancy", [...entries, occupancy(9 * HOUR, "absent")]);
    expect(segments.map(([, , words]) => words)).toEqual(["Empty", "5 changes", "Empty"]);
  });

  test("of a time that is over shows nothing of now", () => {
    const over = { fromMs: NOW_MS - 5 * HOUR, toMs: NOW_MS - 4 * HOUR };
    expect(
      laneOf("Occupancy", [occupancy(2 * HOUR, "absent"), occupancy(9 * HOUR, "present")], over),
    ).toEqual([[5, 4, "Somebody in bed"]]);
  });
});
