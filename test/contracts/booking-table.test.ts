import { describe, expect, test } from "vitest";
import { bookingTransitions } from "../../contracts/booking/booking-table.ts";
import { type BookingFacts, decideBookingEvent } from "../../contracts/booking/decide-booking.ts";
import { whyNotPreempt } from "../../contracts/booking/preempt.ts";
import { rankRequests, type Waiting } from "../../contracts/booking/rank.ts";
import { BOOKING_EVENTS, BOOKING_STATES, LIVE_BOOKING_STATES } from "../../contracts/booking/states.ts";

const NOW_MS = 1_000_000_000;
const held: BookingFacts = {
  state: "held",
  urgency: "urgent",
  expiresAtMs: NOW_MS + 1,
  renewalsLeft: 1,
  dischargeOrderedAtMs: null,
};
const free = { misfits: [], basis: "verified", autoAccept: false } as const;
const decide = (facts: Partial<BookingFacts>, event: (typeof BOOKING_EVENTS)[number], bed = {}) =>
  decideBookingEvent({ ...held, ...facts }, event, { nowMs: NOW_MS, bed: { ...free, ...bed } });

describe("the table of bookings", () => {
  test("decides every state and event: a next state, or a refusal in a whole sentence", () => {
    let walked = 0;
    for (const state of BOOKING_STATES)
      for (const event of BOOKING_EVENTS) {
        walked += 1;
        const to = bookingTransitions[state][event];
        if (typeof to === "object") expect(to.refused).toMatch(/^[A-Z].{15,}\.$/);
        else expect(BOOKING_STATES).toContain(to);
      }
    expect(walked).toBe(14 * 18);
  });

  test("what has ended takes nothing any more", () => {
    const ended = BOOKING_STATES.filter(
      (state) => !(LIVE_BOOKING_STATES as readonly string[]).includes(state),
    );
    expect(ended).toHaveLength(7);
    for (const state of ended)
      for (const event of BOOKING_EVENTS) expect(bookingTransitions[state][event]).toHaveProperty("refused");
  });

  test("nothing but a discharge or a transfer takes a bed from who is admitted to it", () => {
    for (const state of ["admitted", "on-leave"] as const) {
      const out = BOOKING_EVENTS.filter((event) => {
        const to = bookingTransitions[state][event];
        return typeof to === "string" && !(LIVE_BOOKING_STATES as readonly string[]).includes(to);
      });
      expect(out).toEqual(["discharge", "transfer-out"]);
    }
  });
});

describe("a booking's event", () => {
  test.each([
    ["a hold whose time is over takes no request", { expiresAtMs: NOW_MS }, "request", "lapsed"],
    ["a hold is renewed once", { renewalsLeft: 0 }, "renew", "refused"],
    ["only an emergency is admitted to a hold", {}, "admit", "refused"],
    ["a hold does not lapse before its time", {}, "expire", "refused"],
    ["no discharge is withdrawn that nobody ordered", { state: "admitted" }, "withdraw-discharge", "refused"],
  ] as const)("%s", (_name, facts, event, code) => {
    expect(decide({ expiresAtMs: NOW_MS + 1, ...facts }, event)).toMatchObject({ kind: "refused", code });
  });

  test("a bed that changed under its claim is not confirmed, and each reason is named", () => {
    const misfits = [
      { code: "present", text: "somebody is in it" },
      { code: "evidence-stale", text: "evidence too old" },
    ];
    const decision = decide({ state: "requested" }, "accept", { misfits });
    expect(decision).toMatchObject({ kind: "refused", code: "not-bookable", misfits });
    expect(decision).toHaveProperty("reason", expect.stringContaining("somebody is in it, evidence too old"));
  });

  test("a hospital that agrees by itself does so for verified beds alone", () => {
    expect(decide({}, "request", { autoAccept: true })).toEqual({ kind: "moved", to: "reserved" });
    expect(decide({}, "request", { autoAccept: true, basis: "declared" })).toEqual({
      kind: "moved",
      to: "requested",
    });
    expect(decide({}, "request")).toEqual({ kind: "moved", to: "requested" });
  });

  test("what says nothing new is the same", () => {
    expect(decide({ state: "requested" }, "request")).toEqual({ kind: "same" });
    expect(decide({ state: "admitted", dischargeOrderedAtMs: 1 }, "order-discharge")).toEqual({
      kind: "same",
    });
    expect(decide({ state: "admitted" }, "order-discharge")).toEqual({ kind: "moved", to: "admitted" });
  });
});

test.each([
  ["held", "routine", "emergency", true],
  ["held", "emergency", "emergency", false],
  ["held", "routine", "urgent", false],
  ["requested", "routine", "emergency", false],
  ["reserved", "routine", "emergency", false],
] as const)("a %s bed of a %s request gives way to an %s one: %s", (state, standing, asking, gives) => {
  expect(whyNotPreempt({ urgency: asking }, { state, urgency: standing }) === null).toBe(gives);
});

describe("the order in which requests wait", () => {
  const waiting = (requestId: string, fields: Partial<Waiting> = {}): Waiting => ({
    requestId,
    hasOverride: false,
    clinicalPriority: 3,
    news2: null,
    urgency: "urgent",
    askedAtMs: NOW_MS,
    distanceKm: null,
    ...fields,
  });

  test("each factor decides only where all before it are equal, and the one that decided is named", () => {
    const minutes = 60_000;
    const ranked = rankRequests(
      [
        waiting("h"),
        waiting("g"),
        waiting("f", { distanceKm: 3 }),
        waiting("e", { askedAtMs: NOW_MS - 11 * minutes }),
        waiting("d", { urgency: "emergency" }),
        waiting("c", { news2: { total: 7, takenAtMs: NOW_MS - minutes } }),
        waiting("b", { clinicalPriority: 1 }),
        waiting("a", { hasOverride: true, clinicalPriority: 5 }),
      ],
      NOW_MS,
    );
    expect(ranked.map(({ requestId, rank }) => [requestId, rank.position, rank.behindBy])).toEqual([
      ["a", 1, null],
      ["b", 2, "override"],
      ["c", 3, "clinical-priority"],
      ["d", 4, "news2"],
      ["e", 5, "urgency"],
      ["f", 6, "waiting"],
      ["g", 7, "distance"],
      ["h", 8, "id"],
    ]);
    expect(ranked[2]?.rank.factors).toContainEqual({ factor: "news2", text: "NEWS2 7, taken 1 min ago" });
  });

  test("a score that is older than four hours is shown and does not count", () => {
    const old = { news2: { total: 12, takenAtMs: NOW_MS - 5 * 3_600_000 } };
    const ranked = rankRequests([waiting("b", old), waiting("a")], NOW_MS);
    expect(ranked.map(({ requestId }) => requestId)).toEqual(["a", "b"]);
    expect(JSON.stringify(ranked)).toContain("taken 5 h ago, too old to count");
  });

  test("less than ten minutes of waiting are no difference", () => {
    const ranked = rankRequests([waiting("b", { askedAtMs: NOW_MS - 9 * 60_000 }), waiting("a")], NOW_MS);
    expect(ranked.map(({ requestId }) => requestId)).toEqual(["a", "b"]);
  });
});
