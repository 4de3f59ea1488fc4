/** Every state and event of a cleaning, and what a step does to its times. */
import { describe, expect, test } from "vitest";
import { CLEANING_TABLE, readinessAfter } from "../../contracts/booking/cleaning-table.ts";
import {
  type CleaningTask,
  decideCleaning,
  openedTask,
  workedMsAt,
} from "../../contracts/booking/cleaning-task.ts";
import { CLEANING_EVENTS, CLEANING_STATES } from "../../contracts/booking/states.ts";

const MINUTE_MS = 60_000;
const MINUTES = { routine: 45, terminal: 150 };
const asked = { kind: "routine", priority: "routine", cause: "asked", reason: null } as const;
const queued = openedTask(asked, MINUTES, 0);

type Event = Exclude<(typeof CLEANING_EVENTS)[number], "undo">;
function stepped(
  task: CleaningTask,
  event: Event,
  atMs: number,
  priority: CleaningTask["priority"] = "stat",
) {
  const ask = { event, reason: null, priority: event === "prioritise" ? priority : null };
  const decision = decideCleaning(task, ask, MINUTES, atMs);
  if (decision.kind === "refused") throw new Error(decision.why);
  return decision.task;
}

/** Worked out apart from the table: what each event leads to, from where it is allowed. */
const ALLOWED: Record<string, string> = {
  "queued start": "cleaning",
  "queued finish": "done",
  "queued prioritise": "queued",
  "queued cancel": "cancelled",
  "cleaning suspend": "suspended",
  "cleaning finish": "done",
  "cleaning order-inspection": "inspect",
  "cleaning prioritise": "cleaning",
  "cleaning cancel": "cancelled",
  "suspended resume": "cleaning",
  "suspended finish": "done",
  "suspended order-inspection": "inspect",
  "suspended prioritise": "suspended",
  "suspended cancel": "cancelled",
  "inspect pass-inspection": "done",
  "inspect fail-inspection": "queued",
  "inspect prioritise": "inspect",
  "inspect cancel": "cancelled",
};

describe("a cleaning", () => {
  const pairs = CLEANING_STATES.flatMap((state) => CLEANING_EVENTS.map((event) => [state, event] as const));
  test.each(pairs)("that is %s is decided on %s", (state, event) => {
    const step = CLEANING_TABLE[state][event];
    const expected = ALLOWED[`${state} ${event}`];
    if (event === "undo") expect(step).toEqual({ kind: "back" });
    else if (expected === undefined)
      expect(step).toMatchObject({ kind: "refused", why: expect.stringMatching(/\.$/) });
    else expect(step).toEqual({ kind: "to", state: expected });
  });

  test("makes a bed clean only where it is done", () => {
    const says = CLEANING_STATES.flatMap((from) =>
      CLEANING_STATES.map((to) => [to, readinessAfter(from, to)]),
    );
    expect(says.filter(([, readiness]) => readiness === "clean").map(([to]) => to)).toEqual(
      Array(CLEANING_STATES.length - 1).fill("done"),
    );
    expect(readinessAfter("cleaning", "cancelled")).toBe("dirty");
    expect(readinessAfter("queued", "cancelled")).toBeNull();
  });

  test("counts the work without the time in which it was suspended", () => {
    const begun = stepped(queued, "start", 5 * MINUTE_MS);
    const suspended = stepped(begun, "suspend", 15 * MINUTE_MS);
    expect(workedMsAt(suspended, 60 * MINUTE_MS)).toBe(10 * MINUTE_MS);
    const resumed = stepped(suspended, "resume", 60 * MINUTE_MS);
    expect(workedMsAt(resumed, 61 * MINUTE_MS)).toBe(11 * MINUTE_MS);
    expect(stepped(resumed, "finish", 65 * MINUTE_MS)).toMatchObject({
      startedAtMs: 5 * MINUTE_MS,
      finishedAtMs: 65 * MINUTE_MS,
      workedMs: 15 * MINUTE_MS,
      workingSinceMs: null,
    });
  });

  test("that nobody was seen at claims no time of work", () => {
    expect(stepped(queued, "finish", 9)).toMatchObject({ startedAtMs: null, workedMs: 0, finishedAtMs: 9 });
  });

  test("is due by its kind, in half the time next, in a quarter stat, and never later for being put forward", () => {
    expect(queued.dueAtMs).toBe(45 * MINUTE_MS);
    expect(openedTask({ ...asked, kind: "terminal" }, MINUTES, 0).dueAtMs).toBe(150 * MINUTE_MS);
    expect(openedTask({ ...asked, priority: "next" }, MINUTES, 0).dueAtMs).toBe(22.5 * MINUTE_MS);
    expect(stepped(queued, "prioritise", 10 * MINUTE_MS).dueAtMs).toBe(21.25 * MINUTE_MS);
    expect(stepped(queued, "prioritise", 40 * MINUTE_MS).dueAtMs).toBe(45 * MINUTE_MS);
    const stat = stepped(queued, "prioritise", 0);
    expect(stepped(stat, "prioritise", 1, "routine").dueAtMs).toBe(45 * MINUTE_MS);
  });

  test("begins anew, with the full time, where its inspection fails", () => {
    const inspected = stepped(stepped(queued, "start", 0), "order-inspection", 30 * MINUTE_MS);
    expect(stepped(inspected, "fail-inspection", 40 * MINUTE_MS)).toMatchObject({
      state: "queued",
      cause: "inspection-failed",
      workedMs: 30 * MINUTE_MS,
      dueAtMs: 85 * MINUTE_MS,
      finishedAtMs: null,
    });
  });

  test("is not put forward without a word on how far", () => {
    const ask = { event: "prioritise", priority: null, reason: null } as const;
    expect(decideCleaning(queued, ask, MINUTES, 0).kind).toBe("refused");
  });
});
