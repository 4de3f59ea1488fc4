/** The list of what is wrong with a bed's or a room's sensors. The same list back means that nothing changed. */
import type { BedEvent, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { Decider } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";

export type Findings = readonly SensorFinding[];
type Name = Pick<SensorFinding, "deviceId" | "metric" | "kind">;

/** As many as one event carries; what concerns a deciding source comes first, so that it is never among what is left out. */
const TOLD_MAX = 16;

export function findingOf(findings: Findings, name: Name): SensorFinding | undefined {
  return findings.length === 0 ? undefined : findings.find((open) => isSame(open, name));
}

export function opened(findings: Findings, finding: SensorFinding): Findings {
  return findingOf(findings, finding) === undefined ? [...findings, finding] : findings;
}

export function closed(findings: Findings, isOver: (open: SensorFinding) => boolean): Findings {
  if (findings.length === 0) return findings;
  const left = findings.filter((open) => !isOver(open));
  return left.length === findings.length ? findings : left;
}

/** Whether a source's word does not count while this is open. One that drifts still tells somebody from nobody. */
export function setsAside(open: SensorFinding, { deviceId, metric }: Pick<Decider, "deviceId" | "metric">) {
  return (
    open.deviceId === deviceId &&
    open.metric === metric &&
    (open.kind === "stuck" || open.kind === "implausible")
  );
}

/** All that is open at a bed and in its room, those of its deciding sources first. */
export function toldOf(ofBed: Findings, ofRoom: Findings, deciders: readonly Decider[]): SensorFinding[] {
  const decides = (open: SensorFinding) =>
    deciders.some(({ deviceId, metric }) => deviceId === open.deviceId && metric === open.metric);
  return [...ofBed, ...ofRoom]
    .sort((left, right) => Number(decides(right)) - Number(decides(left)))
    .slice(0, TOLD_MAX);
}

export function findingsEvent(bedId: BedId, findings: SensorFinding[], now: Moment): BedEvent {
  return { kind: "sensor-findings-changed", bedId, observedAtMs: now.atMs, receivedAtMs: now.atMs, findings };
}

const isSame = (open: SensorFinding, { deviceId, metric, kind }: Name) =>
  open.deviceId === deviceId && open.metric === metric && open.kind === kind;
