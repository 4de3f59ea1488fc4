/**
 * The board outside of React. A message changes the facts at once; the screen follows at most once a frame, and once a
 * second with the clock, and only those listeners are called whose tile looks different:
 *
 *   message ─▶ facts ─▶ (next frame) derive the touched beds ─▶ tiles that differ
 *   beat ────────────────────────────▶ derive every bed ─────▶ tiles that differ
 */
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import type { LiveMessage } from "../../../contracts/wire/live.ts";
import { carryingSource } from "./bed-facts.ts";
import { type BoardFacts, nextBoardFacts } from "./board-facts.ts";
import type { ShownBed } from "./shown-bed.ts";
import { changedBeds, type Moment, nextMoment, type ShownBeds, type ShownBoard } from "./shown-board.ts";

export type BoardStore = {
  receive(message: LiveMessage): void;
  /** Time has passed: everything is derived again. */
  beat(): void;
  /** Where to resume the live socket; null before the first snapshot. */
  seq(): number | null;
  /** Null before the first snapshot. */
  board(): ShownBoard | null;
  beds(): ShownBeds;
  shownBed(bedId: BedId): ShownBed | undefined;
  bedView(bedId: BedId): BedView | undefined;
  gatewayOf(bed: BedView): GatewayView | undefined;
  evidenceAtMs(bedId: BedId): number | null;
  /** Called after every commit, whether or not anything differs. */
  subscribe(listener: () => void): () => void;
  subscribeBed(bedId: BedId, listener: () => void): () => void;
};

export type BoardStoreDeps = {
  nowMs(): number;
  /** Runs the commit before the next frame is drawn. */
  onNextFrame(commit: () => void): void;
};

const NO_BEDS: ShownBeds = new Map();

export function createBoardStore({ nowMs, onNextFrame }: BoardStoreDeps): BoardStore {
  const boardListeners = new Set<() => void>();
  const bedListeners = new Map<BedId, Set<() => void>>();
  let facts: BoardFacts | null = null;
  let moment: Moment | null = null;
  let isFrameAwaited = false;

  const commit = (everyBed: boolean): void => {
    if (facts === null) return;
    const before = moment;
    moment = nextMoment(before, facts, nowMs(), everyBed);
    for (const bedId of changedBeds(before?.beds ?? NO_BEDS, moment.beds))
      for (const listener of bedListeners.get(bedId) ?? []) listener();
    for (const listener of boardListeners) listener();
  };

  return {
    receive: (message) => {
      facts = nextBoardFacts(facts, message);
      if (isFrameAwaited) return;
      isFrameAwaited = true;
      onNextFrame(() => {
        isFrameAwaited = false;
        commit(false);
      });
    },
    beat: () => commit(true),
    seq: () => facts?.seq ?? null,
    board: () => moment?.board ?? null,
    beds: () => moment?.beds ?? NO_BEDS,
    shownBed: (bedId) => moment?.beds.get(bedId),
    bedView: (bedId) => moment?.facts.beds.get(bedId),
    gatewayOf: (bed) => moment?.facts.gateways.get(bed.gatewayId),
    evidenceAtMs: (bedId) => {
      const bed = moment?.facts.beds.get(bedId);
      return bed === undefined ? null : (carryingSource(bed)?.lastObservedAtMs ?? null);
    },
    subscribe: (listener) => {
      boardListeners.add(listener);
      return () => boardListeners.delete(listener);
    },
    subscribeBed: (bedId, listener) => {
      const listeners = bedListeners.get(bedId) ?? new Set();
      bedListeners.set(bedId, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) bedListeners.delete(bedId);
      };
    },
  };
}
