/** What the registry says of a bed's sensors: their weights, whose age counts, what is wrong, and the room they stand in. */
import { describe, expect, test } from "vitest";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { BedDetail, HospitalList, Timeline } from "../../contracts/wire/board.ts";
import {
  batch,
  changed,
  evidence,
  findingsChanged,
  freeBed,
  heartbeat,
  roomCondition,
  START_MS,
} from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("registry of sensors", (cloud) => {
  describe("a bed with several sources", () => {
    const SOURCES = [
      { deviceId: "mat-1", expectedIntervalMs: 1_000, decides: "occupancy", weight: 2 },
      { deviceId: "monitor-1", expectedIntervalMs: 1_000, decides: "pulse-rate" },
      { deviceId: "climate-1", expectedIntervalMs: 5_000, decides: null },
    ];
    const pulse = evidence({ metric: "pulse-rate", value: 64, unit: "/min", deviceId: "monitor-1" });
    const suspect = (kind: string, deviceId: string, metric: string) => ({
      ...{ deviceId, metric, kind, sinceMs: START_MS - 60_000 },
      detail: "Look at it.",
      evidence: [pulse],
    });
    const heard = (matMs: number, monitorMs: number) => [
      { bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs: matMs },
      { bedId: "bed-1", deviceId: "monitor-1", evidenceAgeMs: monitorMs },
    ];

    async function bed(more: readonly BedEvent[], ages = heard(1_000, 1_000)): Promise<BedDetail["bed"]> {
      const events = [...freeBed("bed-1", { sources: SOURCES }), ...more];
      await cloud().sync(batch(events));
      await cloud().sync(heartbeat({ bedsHeadSeq: events.length, sources: ages }));
      const nurse = await cloud().signIn("nurse");
      return BedDetail.parse((await cloud().get("/api/v1/beds/bed-1", nurse)).body).bed;
    }

    test("names the weight of each, and none of what has no vote", async () => {
      const { sources, findings, room, derived } = await bed([]);
      expect(sources.map(({ weight }) => weight)).toEqual([2, 1, null]);
      expect([findings, room.isolation, derived.bookable]).toEqual([[], "none", { ok: true, reasons: [] }]);
    });

    test("is not as fresh as a monitor that hears no pulse", async () => {
      expect((await bed([], heard(61_000, 1_000))).derived).toMatchObject({
        freshness: "stale",
        display: "unknown",
        bookable: { reasons: ["evidence-stale"] },
      });
    });

    test("is not bookable while one is suspect, and shows why, but not the pulse", async () => {
      const told = findingsChanged({ findings: [suspect("stuck", "monitor-1", "pulse-rate")] });
      const { findings, derived } = await bed([told]);
      expect(derived).toMatchObject({
        badges: ["sensor-suspect"],
        bookable: { reasons: ["sensor-suspect"] },
      });
      expect(findings).toMatchObject([
        {
          kind: "stuck",
          deviceId: "monitor-1",
          since: new Date(START_MS - 60_000).toISOString(),
          evidence: [{ metric: "pulse-rate", value: null, unit: null }],
        },
      ]);
    });

    test("is in conflict while they disagree, and counted so", async () => {
      const told = findingsChanged({ findings: [suspect("contradiction", "mat-1", "occupancy")] });
      const { derived } = await bed([told, changed("occupancy", "unknown")]);
      expect(derived).toMatchObject({ display: "unknown", verification: "conflict" });
      const { body } = await cloud().get("/api/v1/hospitals", await cloud().signIn("emergency-coordinator"));
      expect(HospitalList.parse(body).hospitals[0]?.counts).toMatchObject({ conflicts: 1, stale: 0 });
    });

    test("is bookable where only its room's climate sensor is suspect", async () => {
      const told = findingsChanged({ findings: [suspect("stuck", "climate-1", "room-temperature")] });
      expect((await bed([told])).derived.bookable.ok).toBe(true);
    });

    test("stands in its history with what was wrong, and with what is no more", async () => {
      const both = [suspect("stuck", "mat-1", "occupancy"), suspect("drifting", "mat-1", "load")];
      await bed([findingsChanged({ findings: both }), findingsChanged({ findings: [] })]);
      const nurse = await cloud().signIn("nurse");
      const { body } = await cloud().get("/api/v1/beds/bed-1/timeline?limit=2", nurse);
      expect(Timeline.parse(body).entries.map(({ to }) => to)).toEqual([null, "stuck, drifting"]);
    });
  });

  test("a bed in an isolation room is bookable only while the room holds", async () => {
    const nurse = await cloud().signIn("nurse");
    const reasons = async () =>
      BedDetail.parse((await cloud().get("/api/v1/beds/bed-1", nurse)).body).bed.derived.bookable.reasons;
    await cloud().sync(batch(freeBed("bed-1", { roomIsolation: "negative-pressure" })));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6 }));
    expect(await reasons()).toEqual(["isolation-room-out-of-limits"]);
    await cloud().sync(batch([roomCondition({ to: "within-limits" })], { firstSeq: 7 }));
    expect(await reasons()).toEqual([]);
    await cloud().sync(batch([roomCondition({ to: "out-of-limits" })], { firstSeq: 8 }));
    expect(await reasons()).toEqual(["isolation-room-out-of-limits"]);
  });
});
