/** What the drawer asks for over HTTP, for a bed of the scene. */
import { BedDetail, type BedView, Timeline } from "../../contracts/wire/board.ts";
import { at, MIN } from "./a-bed.ts";

export function sceneDetail(bed: BedView): BedDetail {
  const deviceId = bed.sources[0]?.deviceId ?? "north-smart-bed-01";
  const value = (
    metric: string,
    of: unknown,
    unit: string | null,
    agoMs: number,
    badReason: string | null = null,
  ) => ({
    deviceId,
    metric,
    value: of,
    unit,
    quality: badReason === null ? "good" : "bad",
    badReason,
    observedAt: at(agoMs),
    receivedAt: at(agoMs - 400),
  });
  return BedDetail.parse({
    bed,
    latest: [
      value("occupancy", bed.axes.occupancy.value === "present", null, 4_000),
      value("load", 512.4, "kg", 4_000, "out-of-range"),
      value("side-rail", true, null, 9_000),
      value("bed-brake", true, null, 9_000),
      value("battery", 87, "%", 7 * MIN),
    ],
    serverTime: at(0),
  });
}

export function sceneTimeline(bed: BedView, cursor: string | null): Timeline {
  const deviceId = bed.sources[0]?.deviceId ?? "north-smart-bed-01";
  const entry = (seq: number, agoMs: number, kind: string, to: string | null, value: boolean | null) => ({
    gatewayId: bed.gatewayId,
    epoch: "00000000deadbeef",
    seq,
    kind,
    to,
    by: kind.startsWith("bed-") ? null : { kind: "sensor", deviceId },
    evidence:
      value === null
        ? []
        : [{ lane: "vitals", seq, deviceId, metric: "occupancy", value, unit: null, observedAt: at(agoMs) }],
    observedAt: at(agoMs),
    receivedAt: at(agoMs - 700),
  });
  const newest = [
    entry(90, 74 * MIN, "readiness-changed", "clean", null),
    entry(89, 96 * MIN, "readiness-changed", "cleaning", null),
    entry(88, 118 * MIN, "occupancy-changed", "absent", false),
    entry(87, 118.5 * MIN, "occupancy-settling", "absent", false),
  ];
  const earlier = [
    entry(12, 31 * 60 * MIN, "readiness-changed", "dirty", true),
    entry(11, 31 * 60 * MIN, "occupancy-changed", "present", true),
    entry(1, 50 * 60 * MIN, "bed-commissioned", null, null),
  ];
  return Timeline.parse({
    entries: cursor === null ? newest : earlier,
    nextCursor: cursor === null ? "older" : null,
    serverTime: at(0),
  });
}
