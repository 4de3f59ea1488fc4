/** A load whose empty bed no longer weighs what it did at commissioning. */
import type { Decider } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { BedState } from "./bed-state.ts";
import { closed, findingOf, opened } from "./findings.ts";
import { DRIFT_KG, isDrifting } from "./load.ts";
import type { SourceState } from "./source.ts";

export function noteDrift(
  state: BedState,
  { deviceId, metric }: Decider,
  { load, reading }: SourceState,
  now: Moment,
): BedState {
  if (load === null || reading === null) return state;
  if (state.findings.length === 0 && !isDrifting(load.emptyKg, false)) return state;
  const name = { deviceId, metric, kind: "drifting" as const };
  const was = findingOf(state.findings, name) !== undefined;
  const is = isDrifting(load.emptyKg, was);
  if (is === was) return state;
  if (!is) {
    const findings = closed(
      state.findings,
      (open) => open.deviceId === deviceId && open.metric === metric && open.kind === "drifting",
    );
    return { ...state, findings };
  }
  const finding = {
    ...name,
    sinceMs: now.atMs,
    detail: `The empty bed weighs ${load.emptyKg.toFixed(1)} kg, more than ${DRIFT_KG} kg away from its zero. Take off what lies on it, then set its zero anew.`,
    evidence: [reading],
  };
  return { ...state, findings: opened(state.findings, finding) };
}
