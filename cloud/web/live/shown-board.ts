import type { GatewayView } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { type BoardCounts, countBeds, silentGateways } from "./board-counts.ts";
import type { BoardFacts } from "./board-facts.ts";
import { type HospitalLayout, layOut, standsInPlace } from "./board-layout.ts";
import { isSameShown, type ShownBed, shallowEqual, showBed } from "./shown-bed.ts";

/** What is shown of the whole board; the same object as long as nothing in it changed. */
export type ShownBoard = {
  readonly layout: readonly HospitalLayout[];
  readonly counts: BoardCounts;
  readonly silent: readonly GatewayView[];
};
export type ShownBeds = ReadonlyMap<BedId, ShownBed>;

/** A moment of the board: the facts, and what was derived from them. */
export type Moment = { readonly facts: BoardFacts; readonly beds: ShownBeds; readonly board: ShownBoard };

/** The board at `atMs`. Beds whose facts stand are derived again only where `everyBed` asks for it: when time has passed. */
export function nextMoment(
  before: Moment | null,
  facts: BoardFacts,
  atMs: number,
  everyBed: boolean,
): Moment {
  // A gateway that is heard again, or no longer, speaks for all its beds.
  const asksAll = everyBed || before?.facts.gateways !== facts.gateways;
  const beds = new Map<BedId, ShownBed>();
  for (const [bedId, bed] of facts.beds) {
    const known = before?.beds.get(bedId);
    const stands = !asksAll && before?.facts.beds.get(bedId) === bed;
    const now = stands && known !== undefined ? known : showBed(bed, facts.gateways.get(bed.gatewayId), atMs);
    beds.set(bedId, known !== undefined && isSameShown(known, now) ? known : now);
  }
  const board = {
    layout: before === null || movesTiles(before.facts, facts) ? layOut(facts) : before.board.layout,
    counts: countBeds(beds.values(), facts.gateways.values(), atMs),
    silent: silentGateways(facts.gateways.values(), atMs),
  };
  return { facts, beds, board: before === null ? board : sameWherePossible(before.board, board) };
}

/** The beds whose tiles look different, gone and new ones included. */
export function changedBeds(before: ShownBeds, after: ShownBeds): BedId[] {
  const changed = [...after.keys()].filter((bedId) => before.get(bedId) !== after.get(bedId));
  const gone = [...before.keys()].filter((bedId) => !after.has(bedId));
  return [...changed, ...gone];
}

function movesTiles(before: BoardFacts, after: BoardFacts): boolean {
  if (before.hospitals !== after.hospitals || before.beds.size !== after.beds.size) return true;
  for (const [bedId, bed] of after.beds) if (!standsInPlace(before.beds.get(bedId), bed)) return true;
  return false;
}

function sameWherePossible(before: ShownBoard, after: ShownBoard): ShownBoard {
  const counts = shallowEqual(before.counts, after.counts) ? before.counts : after.counts;
  const silent = shallowEqual(before.silent, after.silent) ? before.silent : after.silent;
  const next = { layout: after.layout, counts, silent };
  return shallowEqual(before, next) ? before : next;
}
