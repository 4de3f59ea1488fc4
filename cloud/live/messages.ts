/** The texts that go over the live socket. Pure. */
import type { BedView } from "../../contracts/wire/board.ts";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import type { Scope } from "../access/scope.ts";
import type { KnownBed } from "../registry/bed.ts";
import { bedView, rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import type { Board, BoardGateway } from "./board.ts";
import type { HeardGateways } from "./follower.ts";
import type { DeskChange } from "./repository.ts";

type Message<Kind extends LiveMessage["kind"]> = Extract<LiveMessage, { kind: Kind }>;

/** A changed bed, written once for all clients. */
export type WrittenBed = { readonly known: KnownBed; readonly json: string };

export function writeBeds(changed: readonly KnownBed[], nowMs: number): WrittenBed[] {
  return changed.map((known) => ({
    known,
    json: known.bed.removed ? "" : JSON.stringify(bedView(known, nowMs)),
  }));
}

export function snapshotText(board: Board, scope: Scope, nowMs: number): string {
  return JSON.stringify({
    kind: "snapshot",
    seq: board.seq,
    serverTime: rfc3339(nowMs),
    hospitals: board.hospitals(scope),
    gateways: board.gateways(scope).map(gatewayView),
    beds: board.beds(scope).map((known): BedView => bedView(known, nowMs)),
  } satisfies Message<"snapshot">);
}

export function changesText(seq: number, changed: readonly WrittenBed[], nowMs: number): string {
  const inService = changed.filter(({ known }) => !known.bed.removed);
  const removed = changed.filter(({ known }) => known.bed.removed).map(({ known }) => known.bed.bedId);
  const empty = {
    kind: "changes",
    seq,
    serverTime: rfc3339(nowMs),
    beds: [],
    removed,
  } satisfies Message<"changes">;
  // The beds are JSON already; they take the place of the empty list.
  return JSON.stringify(empty).replace(
    '"beds":[]',
    () => `"beds":[${inService.map(({ json }) => json).join(",")}]`,
  );
}

/** Which gateways were heard, and how fresh the sources are that they told of. */
export function evidenceText(
  board: Board,
  scope: Scope,
  { gateways, withEvidence }: HeardGateways,
  nowMs: number,
): string {
  const speaking = new Set(withEvidence.map(({ gatewayId }) => gatewayId));
  return JSON.stringify({
    kind: "evidence",
    serverTime: rfc3339(nowMs),
    gateways: gateways.map(gatewayView),
    sources: board
      .beds(scope)
      .filter(({ bed }) => speaking.has(bed.gatewayId))
      .flatMap(({ bed, lastObservedAtMs }) =>
        bed.sources.map(({ deviceId }) => ({
          bedId: bed.bedId,
          deviceId,
          lastObservedAt: rfc3339OrNull(lastObservedAtMs[deviceId] ?? null),
        })),
      ),
  } satisfies Message<"evidence">);
}

/** Each subject once, in the order in which they changed last. */
export function deskText(changes: readonly DeskChange[], nowMs: number): string {
  const bySubject = new Map(
    changes.map(({ topic, subjectId }) => [`${topic} ${subjectId}`, { topic, subjectId }]),
  );
  return JSON.stringify({
    kind: "desk",
    serverTime: rfc3339(nowMs),
    changed: [...bySubject.values()],
  } satisfies Message<"desk">);
}

function gatewayView({ gatewayId, hospitalId, lastHeardAtMs }: BoardGateway) {
  return { gatewayId, hospitalId, lastHeardAt: rfc3339OrNull(lastHeardAtMs) };
}
