/** How much of each lane is rolled up at once. Pure. */

/** Lanes count 0 beds, 1 vitals, 2 environment. */
export type LaneOfJournal = { readonly journalId: number; readonly lane: number };

/** Numbers of one lane, after the first through the second. */
export type Stretch = LaneOfJournal & { readonly afterSeq: number; readonly throughSeq: number };

/** Those that have little are done wholly; the others share what is left evenly, so that none waits for another. */
export function planStretches(behind: readonly Stretch[], numbersMax: number): Stretch[] {
  const lengthOf = ({ afterSeq, throughSeq }: Stretch) => throughSeq - afterSeq;
  const shortestFirst = behind.toSorted((left, right) => lengthOf(left) - lengthOf(right));
  let left = numbersMax;
  return shortestFirst.map((stretch, place) => {
    const share = Math.max(Math.floor(left / (shortestFirst.length - place)), 1);
    const length = Math.min(lengthOf(stretch), share);
    left -= length;
    return { ...stretch, throughSeq: stretch.afterSeq + length };
  });
}
