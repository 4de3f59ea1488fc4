/** One line of a bed's history. Pure. */
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
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
    evidence: "evidence" in body ? body.evidence.map(evidenceView) : [],
    observedAt: rfc3339(body.observedAtMs),
    receivedAt: rfc3339(receivedAtMs),
  };
}

function becomes(event: BedEvent): string | null {
  if (event.kind === "occupancy-settling") return event.candidate;
  return "to" in event ? event.to : null;
}
