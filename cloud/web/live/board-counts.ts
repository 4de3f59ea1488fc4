import { isGatewaySilent } from "../../../contracts/bed/freshness.ts";
import type { GatewayView } from "../../../contracts/wire/board.ts";
import { momentMs } from "./bed-facts.ts";
import type { ShownBed } from "./shown-bed.ts";

export type BoardCounts = {
  readonly beds: number;
  readonly bookable: number;
  readonly availableNotBookable: number;
  readonly occupied: number;
  readonly cleaning: number;
  /** The oldest of them, null where there is none. */
  readonly cleaningSinceMs: number | null;
  readonly unknownOrStale: number;
  readonly conflicts: number;
  readonly conflictSinceMs: number | null;
  readonly sensed: number;
  readonly fresh: number;
  readonly gatewaysSilent: number;
};

export function countBeds(
  beds: Iterable<ShownBed>,
  gateways: Iterable<GatewayView>,
  nowMs: number,
): BoardCounts {
  const all = [...beds];
  const cleaning = all.filter((bed) => bed.display === "cleaning");
  const conflicts = all.filter((bed) => bed.verification === "conflict");
  const sensed = all.filter((bed) => bed.verification !== "no-sensor");
  return {
    beds: all.length,
    bookable: count(all, (bed) => bed.bookable),
    availableNotBookable: count(all, (bed) => bed.display === "available" && !bed.bookable),
    occupied: count(all, (bed) => bed.display === "occupied"),
    cleaning: cleaning.length,
    cleaningSinceMs: earliest(cleaning.map((bed) => bed.sinceMs)),
    unknownOrStale: count(all, (bed) => bed.display === "unknown" || bed.verification === "stale"),
    conflicts: conflicts.length,
    conflictSinceMs: earliest(conflicts.map((bed) => bed.conflictSinceMs)),
    sensed: sensed.length,
    fresh: count(sensed, (bed) => bed.freshness === "fresh"),
    gatewaysSilent: silentGateways(gateways, nowMs).length,
  };
}

export function silentGateways(gateways: Iterable<GatewayView>, nowMs: number): GatewayView[] {
  return [...gateways].filter((gateway) => isGatewaySilent(momentMs(gateway.lastHeardAt), nowMs));
}

function count(beds: readonly ShownBed[], matches: (bed: ShownBed) => boolean): number {
  return beds.filter(matches).length;
}

function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.min(...known);
}
