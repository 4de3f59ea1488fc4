/** What came out of a damaged journal against what was written. */
import type { Lane } from "../../../contracts/wire/ids.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import type { TombstoneContent } from "../../../contracts/wire/sync-batch.ts";
import { eventOf, readingOf, STATES, seriesOf, stateOf, subjectOf } from "./journal-kinds.ts";
import { type Found, type FoundLane, recordText } from "./read-journal.ts";

export type Verdict = {
  /** In sentences; empty: nothing wrong came out. */
  readonly wrong: readonly string[];
  readonly isHarmless: boolean;
  readonly lost: readonly string[];
  readonly unsentRecords: number;
  readonly statesLost: number;
};

export const recordKey = (lane: Lane, seq: number) => `${lane} ${seq}`;

export function writtenRecord(lane: Lane, seq: number): string {
  if (lane === "beds") return eventOf(seq).body;
  const { receivedAtMs, observedAtMs, value, flags } = readingOf(lane, seq);
  return recordText(seriesOf(lane, seq).facts, [receivedAtMs, observedAtMs, value, flags]);
}

/** `written`: what the journal said before it was damaged. */
export function judge(found: Found, written: Found): Verdict {
  const wrong: string[] = [];
  const lost: string[] = [];
  let unsentRecords = 0;
  for (const lane of LANES) {
    const before = written.lanes[lane];
    // A salvaged lane is numbered anew from 1; of the bed events all are told again.
    const shift = found.salvage === null || lane === "beds" ? 0 : before.acknowledgedSeq;
    const isToldAgain = (seq: number) => lane === "beds" && found.salvage !== null && seq <= before.headSeq;
    for (const [seq, text] of found.lanes[lane].records) {
      if (text !== writtenRecord(lane, seq + shift) || !(before.records.has(seq + shift) || isToldAgain(seq)))
        wrong.push(`${lane} ${seq} (was ${seq + shift}): ${text}`);
    }
    unsentRecords += before.records.size;
    for (const seq of before.records.keys())
      if (!found.lanes[lane].records.has(seq - shift)) lost.push(recordKey(lane, seq));
    wrong.push(...wrongTombstones(lane, found.lanes[lane], before, shift));
    wrong.push(...unanswered(lane, found.lanes[lane]));
    if (!found.isFoundDamaged) wrong.push(...otherMarks(lane, found.lanes[lane], before));
  }
  let statesLost = 0;
  for (let bed = 0; bed < STATES; bed++) {
    const state = found.states.get(subjectOf(bed));
    const last = stateOf(bed, written.lanes.beds.headSeq);
    if (state === undefined && last !== null) statesLost += 1;
    if (state !== undefined && state !== last) wrong.push(`${subjectOf(bed)}: ${state.slice(0, 60)}`);
  }
  if (!found.isFoundDamaged && lost.length + statesLost > 0)
    wrong.push(`${lost.length} records and ${statesLost} states are gone, and no damage was found`);
  if (!found.isFoundDamaged && found.series.length !== written.series.length) wrong.push("series are gone");
  return { wrong, isHarmless: !found.isFoundDamaged, lost, unsentRecords, statesLost };
}

const aggregatesText = ({ aggregates }: TombstoneContent): string[] =>
  aggregates.seriesOf.map((place, index) =>
    recordText(
      aggregates.series[place],
      [aggregates.startAtMs, aggregates.count, aggregates.min, aggregates.mean, aggregates.max].map(
        (column) => column[index],
      ),
    ),
  );

/** One that says "disk-budget" was there before, and what is left of its readings is as it was. */
function wrongTombstones(lane: Lane, found: FoundLane, before: FoundLane, shift: number): string[] {
  return found.tombstones.flatMap(({ fromSeq, content }) => {
    if (content.reason === "damaged") return [];
    const same = before.tombstones.find((one) => one.fromSeq === fromSeq + shift);
    const known = new Set(same === undefined ? [] : aggregatesText(same.content));
    const isRight =
      same !== undefined &&
      same.content.throughSeq === content.throughSeq + shift &&
      same.content.reason === content.reason &&
      same.content.aggregates.everyMs === content.aggregates.everyMs &&
      aggregatesText(content).every((text) => known.has(text));
    return isRight
      ? []
      : [`${lane}: a tombstone from ${fromSeq} through ${content.throughSeq} that nobody wrote`];
  });
}

function unanswered(lane: Lane, { headSeq, acknowledgedSeq, records, tombstones }: FoundLane): string[] {
  const answered = tombstones.reduce(
    (sum, { fromSeq, content }) => sum + content.throughSeq - fromSeq + 1,
    records.size,
  );
  const due = headSeq - acknowledgedSeq;
  return answered === due ? [] : [`${lane}: ${due} numbers, ${answered} answers`];
}

function otherMarks(lane: Lane, found: FoundLane, before: FoundLane): string[] {
  const isSame = found.headSeq === before.headSeq && found.acknowledgedSeq === before.acknowledgedSeq;
  return isSame ? [] : [`${lane}: its marks are others, and no damage was found`];
}
