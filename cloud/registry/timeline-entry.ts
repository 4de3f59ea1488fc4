/** One line of a bed's history. Pure. */
import type { BedEvent, EvidenceRef, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { TimelineEntry } from "../../contracts/wire/board.ts";
import { evidenceView, rfc3339 } from "./bed-view.ts";
import type { StoredEvent } from "./repository.ts";

export function timelineEntry({ gatewayId, epoch, seq, receivedAtMs, body }: StoredEvent): TimelineEntry {
  return {
    gatewayId,
    epoch,
    seq,
    kind: body.kind,
    to: becomes(body),
    by: "by" in body ? body.by : null,
    evidence: evidenceOf(body).map(evidenceView),
    observedAt: rfc3339(body.observedAtMs),
    receivedAt: rfc3339(receivedAtMs),
  };
}

function evidenceOf(event: BedEvent): readonly EvidenceRef[] {
  if (event.kind === "sensor-findings-changed") return event.findings.flatMap(({ evidence }) => evidence);
  return "evidence" in event ? event.evidence : [];
}

/** What is wrong now, each kind once; null: nothing any more. */
function kindsOf(findings: readonly SensorFinding[]): string | null {
  return findings.length === 0 ? null : [...new Set(findings.map(({ kind }) => kind))].join(", ");
}

function becomes(event: BedEvent): string | null {
  if (event.kind === "occupancy-settling") return event.candidate;
  if (event.kind === "sensor-findings-changed") return kindsOf(event.findings);
  return "to" in event ? event.to : null;
}
