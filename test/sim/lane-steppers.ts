/** Who brings a lane to the cloud: the gateway's own code, or the same with one mistake in it, to prove the checker. */
import type { Lane } from "../../contracts/wire/ids.ts";
import type { Journal } from "../../gateway/journal/journal-port.ts";
import { LaneSync } from "../../gateway/sync/lane-sync.ts";
import type { Uplink } from "../../gateway/sync/uplink.ts";
import { HandClock } from "../support/moments.ts";
import { readBatch } from "../support/read-batch.ts";
import { senderIdentity } from "./sender-identity.ts";

export type LaneStepper = { step(signal: AbortSignal): Promise<unknown> };
export type LaneStepperParts = {
  readonly lane: Lane;
  readonly journal: Pick<Journal, "marks" | "encodeBatch" | "acknowledge">;
  readonly uplink: Pick<Uplink, "sendBatch">;
};
export type MakeLaneStepper = (parts: LaneStepperParts) => LaneStepper;

const RECORDS_MAX = 500;

export const laneSync: MakeLaneStepper = (parts) =>
  new LaneSync({ ...parts, ...senderIdentity, clock: new HandClock(), random: () => 0 });

/** Takes what it sent for stored, and lets it go. */
export const deletesBeforeStored: MakeLaneStepper = (parts) => ({
  async step(signal) {
    const sent = await sendAfter(parts.journal.marks(parts.lane).acknowledgedSeq, parts, signal);
    if (sent !== null) parts.journal.acknowledge(parts.lane, sent.lastSeq);
  },
});

/** Begins each batch one record too late, in good faith that the one before is known. */
export const cursorOffByOne: MakeLaneStepper = (parts) => ({
  step: (signal) => sendAndAcknowledge(parts.journal.marks(parts.lane).acknowledgedSeq + 1, parts, signal),
});

/** Takes the cloud's mark for the next number that it wants, and so for one more than it has. */
export const markOffByOne: MakeLaneStepper = (parts) => ({
  step: (signal) => sendAndAcknowledge(parts.journal.marks(parts.lane).acknowledgedSeq, parts, signal, 1),
});

/** Does not mind that the cloud has more of this journal than the journal itself. */
export const heedsNoRollback: MakeLaneStepper = (parts) => ({
  step: (signal) => sendAndAcknowledge(parts.journal.marks(parts.lane).acknowledgedSeq, parts, signal),
});

/** Steps over what a tombstone stands for, without telling. */
export const skipsTombstones: MakeLaneStepper = (parts) => {
  let cursor = parts.journal.marks(parts.lane).acknowledgedSeq;
  return {
    async step(signal) {
      const { lane, journal } = parts;
      const batch = await encodeAfter(cursor, parts);
      if (batch !== null && readBatch(batch.body).records === null) cursor = batch.lastSeq;
      const mark = await sendAndAcknowledge(cursor, parts, signal);
      cursor = Math.max(cursor, mark, journal.marks(lane).acknowledgedSeq);
    },
  };
};

const encodeAfter = (afterSeq: number, { lane, journal }: LaneStepperParts) =>
  journal.encodeBatch(lane, afterSeq, RECORDS_MAX, { ...senderIdentity, sentAtMs: 0 });

async function sendAfter(afterSeq: number, parts: LaneStepperParts, signal: AbortSignal) {
  const batch = await encodeAfter(afterSeq, parts);
  if (batch === null) return null;
  return { result: await parts.uplink.sendBatch(parts.lane, batch.body, signal), lastSeq: batch.lastSeq };
}

/** The mark that it took from the cloud; 0: none. */
async function sendAndAcknowledge(
  afterSeq: number,
  parts: LaneStepperParts,
  signal: AbortSignal,
  tooMany = 0,
): Promise<number> {
  const { lane, journal } = parts;
  const sent = await sendAfter(afterSeq, parts, signal);
  if (sent?.result.kind !== "stored") return 0;
  const mark = Math.min(sent.result.reply.highWaterMarkSeq + tooMany, journal.marks(lane).headSeq);
  journal.acknowledge(lane, mark);
  return mark;
}
