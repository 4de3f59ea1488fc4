import { describe, expect, test } from "vitest";
import { AXES, AXIS_VALUES, type Axis } from "../../../contracts/bed/axes.ts";
import { stepAxis, TRANSITIONS, type TransitionTable } from "../../../contracts/bed/transitions.ts";

/** Rows are states, columns events. `=` nothing new, `no` refused, anything else the next state. */
const EXPECTED: Readonly<Record<Axis, string>> = {
  occupancy: `
    .        presence-confirmed  absence-confirmed  evidence-lost
    present  =                   absent             unknown
    absent   present             =                  unknown
    unknown  present             absent             =
  `,
  assignment: `
    .         held  released  reserved  assigned  admitted  left-on-leave  returned  discharged  source-connected  source-lost
    none      held  =         reserved  assigned  admitted  no             no        =           =                 unknown
    held      no    none      reserved  assigned  admitted  no             no        no          =                 unknown
    reserved  no    none      no        assigned  admitted  no             no        no          =                 unknown
    assigned  no    none      no        no        admitted  no             no        no          =                 unknown
    admitted  no    no        no        no        no        on-leave       =         none        =                 unknown
    on-leave  no    no        no        no        no        =              admitted  none        =                 unknown
    unknown   no    no        no        no        no        no             no        no          none              =
  `,
  readiness: `
    .         bed-used  cleaning-started  cleaning-finished  inspection-ordered  inspection-passed  inspection-failed  use-unobserved
    clean     dirty     cleaning          =                  inspect             no                 no                 unknown
    dirty     =         cleaning          clean              no                  no                 no                 =
    cleaning  =         =                 clean              no                  no                 no                 =
    inspect   dirty     cleaning          =                  =                   clean              dirty              =
    unknown   dirty     cleaning          clean              inspect             no                 no                 =
  `,
  service: `
    .               opened  blocked  closed  taken-out-of-service  undeclared
    open            =       blocked  closed  out-of-service        unknown
    blocked         open    =        closed  out-of-service        unknown
    closed          open    blocked  =       out-of-service        unknown
    out-of-service  open    no       no      =                     unknown
    unknown         open    blocked  closed  out-of-service        =
  `,
  infection: `
    .             isolation-started  contaminated  cleared  undeclared
    none          isolated           contaminated  =        unknown
    isolated      =                  contaminated  none     unknown
    contaminated  no                 =             none     unknown
    unknown       isolated           contaminated  none     =
  `,
  staffing: `
    .          staffed  unstaffed  undeclared
    staffed    =        unstaffed  unknown
    unstaffed  staffed  =          unknown
    unknown    staffed  unstaffed  =
  `,
};

type Pair = { readonly state: string; readonly event: string; readonly outcome: string };

function pairsOf(grid: string): Pair[] {
  const [header = [], ...rows] = grid
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const events = header.slice(1);
  return rows.flatMap(([state = "", ...outcomes]) =>
    events.map((event, index) => ({ state, event, outcome: outcomes[index] ?? "missing" })),
  );
}

describe.each(AXES)("%s", (axis) => {
  const table: TransitionTable<string, string> = TRANSITIONS[axis];
  const states: readonly string[] = AXIS_VALUES[axis];
  const pairs = pairsOf(EXPECTED[axis]);

  test.each(pairs)("$state, then $event: $outcome", ({ state, event, outcome }) => {
    const step = stepAxis(table, state, event);
    if (outcome === "=") expect(step).toEqual({ kind: "same" });
    else if (outcome === "no")
      // A sentence that a person reads: it begins with a capital and ends with a full stop.
      expect(step).toEqual({ kind: "refused", reason: expect.stringMatching(/^[A-Z].{15,}\.$/) });
    else {
      expect(states).toContain(outcome);
      expect(step).toEqual({ kind: "moved", to: outcome });
    }
  });

  test("no pair is left out, in the table or here", () => {
    const decided = Object.entries(table).flatMap(([state, row]) =>
      Object.keys(row).map((event) => `${state} ${event}`),
    );
    const walked = pairs.map(({ state, event }) => `${state} ${event}`);
    expect(Object.keys(table).toSorted()).toEqual(states.toSorted());
    expect(walked.toSorted()).toEqual(decided.toSorted());
    expect(new Set(walked).size).toBe(walked.length);
  });
});

test("164 pairs are decided", () => {
  expect(AXES.flatMap((axis) => pairsOf(EXPECTED[axis]))).toHaveLength(164);
});
