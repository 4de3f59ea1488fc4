import { expect, test } from "vitest";
import { TRANSFER_EVENTS, TRANSFER_STATES } from "../../contracts/booking/states.ts";
import { decideTransfer, TRANSFER_TABLE } from "../../contracts/booking/transfer-table.ts";
import { TRANSFER_MINUTES_MAX, transferDueAtMs } from "../../contracts/booking/transfer-times.ts";

const pairs = TRANSFER_STATES.flatMap((state) => TRANSFER_EVENTS.map((event) => [state, event] as const));
/** Where the patient has not left, the destination may be anything. */
const PUT_ON_HOLD_FROM = ["requested", "held", "accepted", "transport-ordered"] as const;

test("every pair of state and event is decided: by a state, or by a sentence that says what to do", () => {
  expect(pairs).toHaveLength(TRANSFER_STATES.length * TRANSFER_EVENTS.length);
  for (const [state, event] of pairs) {
    const cell = TRANSFER_TABLE[state][event];
    if (typeof cell === "object") expect(cell.refused, `${state} × ${event}`).toMatch(/^[A-Z].{15,}\.$/);
    else expect([...TRANSFER_STATES, "resumed"], `${state} × ${event}`).toContain(cell);
  }
});

test("the decision is the table's, but for what the table cannot know", () => {
  for (const [state, event] of pairs)
    for (const resumesTo of state === "on-hold" ? PUT_ON_HOLD_FROM : [null])
      for (const by of ["person", "bed", "service"] as const)
        for (const isWithinHospital of [true, false]) {
          const decision = decideTransfer({ state, resumesTo, isWithinHospital }, event, by);
          const cell = TRANSFER_TABLE[state][event];
          const isGuarded =
            (event === "depart" && state === "accepted" && !isWithinHospital) ||
            (event === "arrive" && by === "bed" && state !== "en-route") ||
            (event === "destination-lost" && resumesTo === "requested");
          if (typeof cell === "object" || isGuarded) expect(decision.kind).toBe("refused");
          else
            expect(decision).toEqual({
              kind: "moved",
              to: cell === "resumed" ? resumesTo : cell,
              resumesTo: event === "put-on-hold" ? state : null,
            });
        }
});

test("a patient arrives from a destination that was accepted and from nowhere else, and nothing leads out of an end", () => {
  const from = TRANSFER_STATES.filter((state) => TRANSFER_TABLE[state].arrive === "arrived");
  expect(from).toEqual(["accepted", "transport-ordered", "en-route"]);
  for (const state of ["completed", "declined", "cancelled", "returned"] as const)
    for (const event of TRANSFER_EVENTS) expect(TRANSFER_TABLE[state][event]).toHaveProperty("refused");
});

test("every state is reached from the beginning", () => {
  const reached = new Set<string>(["requested"]);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const [state, event] of pairs) {
      const cell = TRANSFER_TABLE[state][event];
      if (reached.has(state) && typeof cell === "string" && cell !== "resumed") reached.add(cell);
    }
  }
  expect([...reached].sort()).toEqual([...TRANSFER_STATES].sort());
});

test("a stage has its time, an end has none", () => {
  for (const state of TRANSFER_STATES) {
    const minutes = TRANSFER_MINUTES_MAX[state];
    expect(transferDueAtMs(state, 1_000)).toBe(minutes === null ? null : 1_000 + minutes * 60_000);
  }
  expect(TRANSFER_MINUTES_MAX["on-hold"]).toBeNull();
});
