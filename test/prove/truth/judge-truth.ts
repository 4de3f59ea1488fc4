/**
 * Holds what the board said against what was so. Pure.
 *
 *   right      the board said what was so
 *   unknown    it said that it does not know
 *   false-free somebody was in the bed, and the board said that it is empty: within the evidence's budget, of a frozen
 *              sensor, or beyond both, which must never be
 *   false-occupied  nobody was, and the board said that somebody is
 *   bookable   somebody was in the bed, and it could have been booked as verified: beyond a report or two, never
 */
export type Shown = "occupied" | "empty" | "unknown";

export type Instant = {
  readonly atMs: number;
  readonly shown: Shown;
  readonly isBookable: boolean;
  readonly isOccupied: boolean;
  /** Since when it has been so. */
  readonly isSinceMs: number;
  /** The newest moment at which one who has a say in the bed's occupancy went on saying what it felt when it froze. */
  readonly frozenAtMs: number | null;
  /** The newest moment by which all who have a say were well, and the gateway was heard. */
  readonly wellUntilMs: number;
};

/** How long the truth may need: from a change to the board by sensors that are well, and from a failure to its being noticed. */
export type Budget = {
  readonly presentMs: number;
  readonly absentMs: number;
  readonly silenceMs: number;
  /** Until raw evidence is on the board, before it has lasted: by then the bed can no longer be booked. */
  readonly noticedMs: number;
};

export type Tally = {
  right: number;
  /** Instants at which all who have a say were well and the gateway was heard, and how many of them were right. */
  well: number;
  wellRight: number;
  unknown: number;
  falseFreeWithin: number;
  falseFreeFrozen: number;
  falseFreeBeyond: number;
  bookableWithin: number;
  bookableBeyond: number;
  falseOccupied: number;
  changes: number;
  falseChanges: number;
};

export const emptyTally = (): Tally => ({
  right: 0,
  well: 0,
  wellRight: 0,
  unknown: 0,
  falseFreeWithin: 0,
  falseFreeFrozen: 0,
  falseFreeBeyond: 0,
  bookableWithin: 0,
  bookableBeyond: 0,
  falseOccupied: 0,
  changes: 0,
  falseChanges: 0,
});

/** Takes one instant of one bed into its tally; `last` is what the board last said that it knew. Returns what it now is. */
export function judgeInstant(
  tally: Tally,
  instant: Instant,
  budget: Budget,
  last: Shown | null,
  onBeyond: () => void,
): Shown | null {
  const { shown, isOccupied } = instant;
  if (instant.wellUntilMs === instant.atMs) {
    tally.well += 1;
    if ((shown === "occupied") === isOccupied && shown !== "unknown") tally.wellRight += 1;
  }
  if (shown === "unknown") tally.unknown += 1;
  else if ((shown === "occupied") === isOccupied) tally.right += 1;
  else if (shown === "occupied") tally.falseOccupied += 1;
  else if (isWithin(instant, budget)) tally.falseFreeWithin += 1;
  else if (isOfFrozen(instant, budget.presentMs)) tally.falseFreeFrozen += 1;
  else {
    tally.falseFreeBeyond += 1;
    onBeyond();
  }
  if (instant.isBookable && isOccupied && !isOfFrozen(instant, budget.noticedMs)) {
    if (isWithin(instant, { ...budget, presentMs: budget.noticedMs })) tally.bookableWithin += 1;
    else {
      tally.bookableBeyond += 1;
      onBeyond();
    }
  }
  if (shown === "unknown" || shown === last) return last;
  if (last === null) return shown;
  tally.changes += 1;
  if (isFalseChange(instant, budget)) tally.falseChanges += 1;
  return shown;
}

/** The board had no way to know yet: the change is that recent, or so is the failure that hides it. */
function isWithin({ atMs, isSinceMs, wellUntilMs }: Instant, budget: Budget): boolean {
  if (atMs - isSinceMs <= budget.presentMs) return true;
  const couldBeSeen = wellUntilMs - isSinceMs > budget.presentMs;
  return !couldBeSeen && atMs - wellUntilMs <= budget.silenceMs;
}

/** A sensor that thaws has its usual time to be believed. */
function isOfFrozen({ atMs, frozenAtMs }: Instant, withinMs: number): boolean {
  return frozenAtMs !== null && atMs - frozenAtMs <= withinMs;
}

/** A change of the board that nothing at the bed answers to: not as it is now, nor as it was until just now. */
function isFalseChange({ atMs, shown, isOccupied, isSinceMs }: Instant, budget: Budget): boolean {
  if ((shown === "occupied") === isOccupied) return false;
  return atMs - isSinceMs > (isOccupied ? budget.absentMs : budget.presentMs);
}
