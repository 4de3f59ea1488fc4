import { describe, expect, test } from "vitest";
import { applyBedEvent, type EventSource } from "../../cloud/ingest/apply-bed-event.ts";
import type { Bed } from "../../cloud/registry/bed.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { Epoch, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import {
  changed,
  commissioned,
  decommissioned,
  evidence,
  findingsChanged,
  NORTH_EPOCH,
  roomCondition,
  START_MS,
  settling,
} from "./records.ts";

const source: EventSource = {
  hospitalId: HospitalId.parse("north"),
  gatewayId: GatewayId.parse("gw-north"),
  epoch: Epoch.parse(NORTH_EPOCH),
  clock: { offsetMs: 0, receivedAtMs: START_MS + 600_000 },
};
const from = {
  anotherHospital: {
    ...source,
    hospitalId: HospitalId.parse("south"),
    gatewayId: GatewayId.parse("gw-south"),
  },
  anotherGateway: { ...source, gatewayId: GatewayId.parse("gw-north-2") },
  aNewJournal: { ...source, epoch: Epoch.parse("00000000000000a2") },
};

function bedAfter(...events: readonly BedEvent[]): Bed | undefined {
  let bed: Bed | undefined;
  for (const event of events) {
    const result = applyBedEvent(bed, event, source);
    if (result.kind === "refused") throw new Error(result.reason);
    bed = result.bed;
  }
  return bed;
}

const later = { observedAtMs: START_MS + 60_000 };

/** Each state of a bed's life × each kind of event, and what it comes to. */
const STATES = {
  "never heard of": undefined,
  "in service": bedAfter(commissioned()),
  settling: bedAfter(commissioned(), settling()),
  removed: bedAfter(commissioned(), decommissioned()),
};
const EVENTS = {
  commissioned: commissioned(later),
  decommissioned: decommissioned(later),
  "occupancy changed": changed("occupancy", "present", later),
  "readiness changed": changed("readiness", "dirty", later),
  "service changed": changed("service", "open", later),
  "infection changed": changed("infection", "isolated", later),
  "staffing changed": changed("staffing", "staffed", later),
  settling: settling(later),
  "settled back": settling({ ...later, candidate: null, dueAtMs: null }),
  "room condition changed": roomCondition(later),
  "sensor findings changed": findingsChanged(later),
};
type State = keyof typeof STATES;
type Event = keyof typeof EVENTS;

/** The life that a bed has after the event; null: refused, since nobody put the bed into service. */
const LIFE_AFTER: Record<Event, Record<State, State | null>> = {
  commissioned: {
    "never heard of": "in service",
    "in service": "in service",
    settling: "settling",
    removed: "in service",
  },
  decommissioned: { "never heard of": null, "in service": "removed", settling: "removed", removed: null },
  "occupancy changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "in service",
    removed: null,
  },
  "readiness changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
  "service changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
  "infection changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
  "staffing changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
  settling: { "never heard of": null, "in service": "settling", settling: "settling", removed: null },
  "settled back": {
    "never heard of": null,
    "in service": "in service",
    settling: "in service",
    removed: null,
  },
  "room condition changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
  "sensor findings changed": {
    "never heard of": null,
    "in service": "in service",
    settling: "settling",
    removed: null,
  },
};

const lifeOf = (bed: Bed): State =>
  bed.removed ? "removed" : bed.settling === null ? "in service" : "settling";

describe("a bed's life", () => {
  const cases = Object.entries(LIFE_AFTER).flatMap(([event, byState]) =>
    Object.entries(byState).map(([state, next]) => [state as State, event as Event, next] as const),
  );

  test("the table walks every state and event", () => {
    expect(cases).toHaveLength(Object.keys(STATES).length * Object.keys(EVENTS).length);
  });

  test.each(cases)("a bed %s, %s", (state, event, next) => {
    const result = applyBedEvent(STATES[state], EVENTS[event], source);
    if (next === null) expect(result).toEqual({ kind: "refused", reason: "bed was not commissioned" });
    else expect(result.kind === "applied" && lifeOf(result.bed)).toBe(next);
  });
});

describe("an axis", () => {
  test.each([
    ["occupancy", "present"],
    ["readiness", "dirty"],
    ["service", "open"],
    ["infection", "isolated"],
    ["staffing", "staffed"],
  ] as const)(
    "%s takes value, time, source and evidence from the event, and leaves the others alone",
    (axis, to) => {
      const event = changed(axis, to, { ...later, evidence: [evidence()] });
      const before = bedAfter(commissioned());
      const bed = bedAfter(commissioned(), event);
      const by = { kind: "sensor", deviceId: "mat-1" };
      expect(bed?.axes).toEqual({
        ...before?.axes,
        [axis]: { value: to, sinceMs: later.observedAtMs, by, evidence: [evidence()] },
      });
    },
  );

  test("the same value said again is newer evidence, not a newer beginning", () => {
    const again = changed("occupancy", "present", { ...later, evidence: [evidence({ seq: 9 })] });
    const bed = bedAfter(commissioned(), changed("occupancy", "present"), again);
    expect(bed?.axes.occupancy).toMatchObject({ sinceMs: START_MS, evidence: [{ seq: 9 }] });
  });
});

describe("commissioning again", () => {
  test("keeps what is known of the bed and takes its new place and name", () => {
    const moved = commissioned({ roomId: "room-2", label: "2A" });
    const bed = bedAfter(commissioned(), changed("occupancy", "present"), roomCondition(), moved);
    expect(bed).toMatchObject({ roomId: "room-2", label: "2A", axes: { occupancy: { value: "present" } } });
    expect(bed?.roomCondition).toBe("unknown");
  });

  test.each([
    ["bookings", "none", { kind: "declaration", who: "bookings" }],
    ["none", "unknown", null],
    ["adt", "unknown", null],
  ] as const)(
    "where %s knows the claims, the assignment is %s to begin with",
    (assignmentSource, value, by) => {
      const bed = bedAfter(commissioned({ assignmentSource }));
      expect(bed?.axes.assignment).toMatchObject({ value, by });
    },
  );

  test("when the ward's claims are disconnected, nobody knows them any more", () => {
    const bed = bedAfter(commissioned(), commissioned({ ...later, assignmentSource: "none" }));
    expect(bed?.axes.assignment).toEqual({ value: "unknown", sinceMs: null, by: null, evidence: [] });
  });

  test("a bed that comes back begins anew", () => {
    const bed = bedAfter(commissioned(), changed("occupancy", "present"), decommissioned(), commissioned());
    expect(bed?.axes.occupancy.value).toBe("unknown");
  });
});

describe("what is wrong with sensors", () => {
  const stuck = findingsChanged();

  test("is all that the newest event says, and nothing once it says nothing", () => {
    expect(bedAfter(commissioned(), stuck)?.findings).toMatchObject([{ deviceId: "mat-1", kind: "stuck" }]);
    expect(bedAfter(commissioned(), stuck, findingsChanged({ findings: [] }))?.findings).toEqual([]);
  });

  test("stays with a bed that is told anew, and is forgotten with one that comes back", () => {
    expect(bedAfter(commissioned(), stuck, commissioned({ label: "2A" }))?.findings).toHaveLength(1);
    expect(bedAfter(commissioned(), stuck, decommissioned(), commissioned())?.findings).toEqual([]);
  });

  test("began on the cloud's clock, however wrong the gateway's is", () => {
    const ahead: EventSource = { ...source, clock: { ...source.clock, offsetMs: -3_600_000 } };
    const result = applyBedEvent(STATES["in service"], stuck, ahead);
    expect(result).toMatchObject({ kind: "applied", bed: { findings: [{ sinceMs: START_MS - 3_600_000 }] } });
  });
});

test("a gateway that knows no isolation rooms has none", () => {
  expect(bedAfter(commissioned())?.roomIsolation).toBe("none");
  const isolating = commissioned({ roomIsolation: "negative-pressure" });
  expect(bedAfter(commissioned(), isolating)?.roomIsolation).toBe("negative-pressure");
  expect(bedAfter(commissioned())?.roomLimits).toEqual([]);
  const limits = [{ metric: "room-temperature" as const, min: 21, max: 24 }];
  expect(bedAfter(commissioned({ roomLimits: limits }))?.roomLimits).toEqual(limits);
});

describe("whose bed", () => {
  test.each([
    ["another hospital's bed", STATES["in service"], from.anotherHospital, "bed of another hospital"],
    [
      "another hospital's bed out of service",
      STATES.removed,
      from.anotherHospital,
      "bed of another hospital",
    ],
    ["another gateway's bed", STATES["in service"], from.anotherGateway, "bed of another gateway"],
  ])("%s is not put into service", (_whose, bed, by, reason) => {
    expect(applyBedEvent(bed, commissioned(), by)).toEqual({ kind: "refused", reason });
  });

  test("a bed out of service may be taken over within its hospital", () => {
    const result = applyBedEvent(STATES.removed, commissioned(), from.anotherGateway);
    expect(result).toMatchObject({ kind: "applied", bed: { gatewayId: "gw-north-2", removed: false } });
  });

  test("a new journal speaks of a bed only after it has put it into service", () => {
    const result = applyBedEvent(STATES["in service"], changed("occupancy", "present"), from.aNewJournal);
    expect(result).toEqual({ kind: "refused", reason: "bed was not commissioned" });
  });
});
