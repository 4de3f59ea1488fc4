/** Which stretches of which lanes go to the store next: a bounded number of records, every lane in its turn. Pure. */

export type LaneKey = { readonly journalId: number; readonly lane: number };

export type LaneToFeed = LaneKey & {
  /** Read up to here. */
  readonly readThroughSeq: number;
  /** Stored in the database up to here. */
  readonly highWaterMarkSeq: number;
};

/** Records after `afterSeq`, through `throughSeq`. */
export type Stretch = LaneKey & { readonly afterSeq: number; readonly throughSeq: number };

export const laneName = ({ journalId, lane }: LaneKey) => `${journalId}/${lane}`;

/**
 * A lane that has little gets all of it in; the others share what is left. So a gateway that brings a backlog of weeks
 * does not hold up those that send a few readings a second.
 */
export function planChunk(lanes: readonly LaneToFeed[], recordsMax: number): Stretch[] {
  const behind = lanes
    .map((lane) => ({ ...lane, count: lane.highWaterMarkSeq - lane.readThroughSeq }))
    .filter(({ count }) => count > 0)
    .toSorted((left, right) => left.count - right.count);
  const stretches: Stretch[] = [];
  let room = recordsMax;
  for (const [index, { journalId, lane, readThroughSeq, count }] of behind.entries()) {
    const share = Math.min(count, Math.max(1, Math.floor(room / (behind.length - index))), room);
    if (share <= 0) break;
    room -= share;
    stretches.push({ journalId, lane, afterSeq: readThroughSeq, throughSeq: readThroughSeq + share });
  }
  return stretches;
}
