import { describe, expect, test } from "vitest";
import { bedFacts } from "../../cloud/web/live/bed-facts.ts";
import { deriveBed } from "../../contracts/bed/derive.ts";
import { BedView } from "../../contracts/wire/board.ts";
import { aBed, aGateway, at, MIN, NOW_MS } from "./a-bed.ts";

describe("a bed from the wire as facts", () => {
  test("keeps every axis with its moment, the source that decides, and when the gateway was heard", () => {
    const bed = aBed({
      axes: { occupancy: "present", assignment: "held" },
      sinceAgoMs: 5 * MIN,
      heardAgoMs: 3_000,
    });
    const facts = bedFacts(bed, aGateway("north", 1_000), NOW_MS);
    expect(facts.axes.occupancy).toEqual({ value: "present", sinceMs: NOW_MS - 5 * MIN });
    expect(facts.axes.assignment.value).toBe("held");
    expect(Object.keys(facts.axes).sort()).toEqual(Object.keys(bed.axes).sort());
    expect(facts.occupancySource).toEqual({ expectedIntervalMs: 10_000, lastObservedAtMs: NOW_MS - 3_000 });
    expect(facts.gatewayLastHeardAtMs).toBe(NOW_MS - 1_000);
    expect(facts.settling).toBeNull();
    expect(facts.roomCondition).toBe("within-limits");
  });

  test("keeps what is settling and the room's condition", () => {
    const settling = { candidate: "present", since: at(1_000), due: null } as const;
    const facts = bedFacts(aBed({ settling, condition: "out-of-limits" }), aGateway(), NOW_MS);
    expect(facts.settling).toEqual({ candidate: "present" });
    expect(facts.roomCondition).toBe("out-of-limits");
  });

  test("has no deciding source where the bed has no sensor, even if something else speaks of it", () => {
    const bed = BedView.parse({
      ...aBed({ sensor: false }),
      sources: [
        {
          deviceId: "monitor",
          expectedIntervalMs: 1_000,
          decides: null,
          weight: null,
          lastObservedAt: at(0),
        },
      ],
    });
    expect(bedFacts(bed, aGateway(), NOW_MS).occupancySource).toBeNull();
  });

  test("takes the source heard last where several decide", () => {
    const source = (deviceId: string, expectedIntervalMs: number, lastObservedAt: string | null) => ({
      deviceId,
      expectedIntervalMs,
      decides: "occupancy",
      weight: 1,
      lastObservedAt,
    });
    const bed = BedView.parse({
      ...aBed(),
      sources: [
        source("mat", 1_000, null),
        source("bed", 10_000, at(2_000)),
        source("old", 5_000, at(9_000)),
      ],
    });
    expect(bedFacts(bed, aGateway(), NOW_MS).occupancySource?.expectedIntervalMs).toBe(10_000);
  });

  test("a gateway that the cloud never named counts as silent", () => {
    const facts = bedFacts(aBed(), undefined, NOW_MS);
    expect(facts.gatewayLastHeardAtMs).toBeNull();
    expect(deriveBed(facts, NOW_MS).bookable.reasons).toContain("gateway-silent");
  });

  test("a clean, empty, fresh bed without a claim is bookable once it is facts", () => {
    expect(deriveBed(bedFacts(aBed(), aGateway(), NOW_MS), NOW_MS)).toMatchObject({
      display: "available",
      verification: "verified",
      bookable: { ok: true },
    });
  });
});

test("a hold that lapses frees the bed in the browser by itself, at its very end", () => {
  const bed = aBed({ axes: { assignment: "held" } });
  const lapseAt = new Date(NOW_MS + 1_000).toISOString();
  const axes = {
    ...bed.axes,
    assignment: { ...bed.axes.assignment, lapse: { at: lapseAt, to: "none" as const } },
  };
  const at = (nowMs: number) => deriveBed(bedFacts({ ...bed, axes }, aGateway(), nowMs), nowMs).bookable;
  expect(at(NOW_MS + 999).reasons).toEqual(["assignment-held"]);
  expect(at(NOW_MS + 1_000)).toEqual({ ok: true, reasons: [] });
});

test("a bed without a sensor is offered for as long as a person's word says", () => {
  const declaredVacant = {
    at: new Date(NOW_MS).toISOString(),
    until: new Date(NOW_MS + 1_000).toISOString(),
  };
  const bed = aBed({ sensor: false, declaredVacant });
  const at = (nowMs: number) => deriveBed(bedFacts(bed, aGateway(), nowMs), nowMs).offerable;
  expect(at(NOW_MS)).toEqual({ ok: true, reasons: [] });
  expect(at(NOW_MS + 1_000).reasons).toEqual(["declaration-expired"]);
});
