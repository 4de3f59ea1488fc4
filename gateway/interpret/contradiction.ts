/** Sources of one bed that say opposite things for longer than the bed waits before it is called empty. */
import type { EvidenceRef, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { BedPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { BedState } from "./bed-state.ts";
import { closed, opened } from "./findings.ts";
import type { Fused, Vote } from "./fusion.ts";
import { sourceOf } from "./source.ts";

const isContradiction = ({ kind }: SensorFinding) => kind === "contradiction";

/** When a contradiction that still goes on becomes a finding; null: none waits for it. */
export function contradictionDueMonoMs(
  { debounce }: BedPlace,
  { contradictingSince, findings }: BedState,
): number | null {
  if (contradictingSince === null || findings.some(isContradiction)) return null;
  return contradictingSince.monoMs + debounce.absentMs;
}

export function noteContradiction(
  place: BedPlace,
  state: BedState,
  votes: readonly Vote[],
  fused: Fused,
  now: Moment,
): BedState {
  if (!fused.isContradiction) {
    if (state.findings.length === 0 && state.contradictingSince === null) return state;
    const findings = closed(state.findings, isContradiction);
    return findings === state.findings && state.contradictingSince === null
      ? state
      : { ...state, findings, contradictingSince: null };
  }
  const begun = state.contradictingSince === null ? { ...state, contradictingSince: now } : state;
  const dueMonoMs = contradictionDueMonoMs(place, begun);
  if (dueMonoMs === null || now.monoMs < dueMonoMs) return begun;
  return { ...begun, findings: opened(begun.findings, finding(begun, votes, now)) };
}

/** Named by a source of the lighter side: the one to look at first. Of equal ones, by that which would free the bed. */
function finding(
  { sources, contradictingSince }: BedState,
  votes: readonly Vote[],
  now: Moment,
): SensorFinding {
  const sides = votes.filter(({ vote, setAside }) => setAside === null && vote !== "unknown");
  const weightOf = (side: Vote["vote"]) =>
    sides.filter(({ vote }) => vote === side).reduce((sum, { weight }) => sum + weight, 0);
  const lighter = weightOf("present") < weightOf("absent") ? "present" : "absent";
  const suspect = sides.find(({ vote }) => vote === lighter);
  if (suspect === undefined) throw new Error("a contradiction has two sides");
  const said = sides.map(({ deviceId, vote }) => `${deviceId} says ${WORDS[vote]}`);
  return {
    deviceId: suspect.deviceId,
    metric: suspect.metric,
    kind: "contradiction",
    sinceMs: contradictingSince?.atMs ?? now.atMs,
    detail: `Look into the bed, then at the sensor that is wrong: ${said.join(", ")}.`.slice(0, DETAIL_MAX),
    evidence: sides.flatMap(({ deviceId, vote, weight }): EvidenceRef[] => {
      const reading = sourceOf(sources, deviceId)?.reading ?? null;
      return reading === null ? [] : [{ ...reading, vote, weight }];
    }),
  };
}

/** What the wire carries; eight sources with long names say more. */
const DETAIL_MAX = 300;
const WORDS = { present: "somebody is in it", absent: "it is empty", unknown: "nothing" } as const;
