/** Who brings a lane to the cloud: the gateway's own code, or the same with one mistake in it, to prove the checker. */
import { GatewayId, type Lane } from "../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX, SYNC_VERSION } from "../../contracts/wire/sync.ts";
import type { Journal } from "../../gateway/journal/journal.ts";
import { LaneSync } from "../../gateway/sync/lane-sync.ts";
import type { Uplink } from "../../gateway/sync/uplink.ts";

export type LaneStepper = { step(signal: AbortSignal): Promise<unknown> };
export type LaneStepperParts = { readonly lane: Lane; readonly journal: Journal; readonly uplink: Uplink };
export type MakeLaneStepper = (parts: LaneStepperParts) => LaneStepper;

const gatewayId = GatewayId.parse("gw-north");

export const laneSync: MakeLaneStepper = ({ lane, journal, uplink }) =>
  new LaneSync({
    lane,
    journal,
    uplink,
    gatewayId,
    random: () => 0,
    onRolledBack: () => {
      throw new Error("no journal here is an old copy");
    },
  });

/** Takes what it sent for stored, and lets it go. */
export const deletesBeforeStored: MakeLaneStepper = ({ lane, journal, uplink }) => ({
  async step(signal) {
    const sent = await sendAfter(journal.marks(lane).acknowledgedSeq, { lane, journal, uplink }, signal);
    if (sent !== null) journal.acknowledge(lane, sent.lastSeq);
  },
});

/** Begins each batch one record too late, in good faith that the one before is known. */
export const cursorOffByOne: MakeLaneStepper = ({ lane, journal, uplink }) => ({
  async step(signal) {
    const { acknowledgedSeq, headSeq } = journal.marks(lane);
    const sent = await sendAfter(acknowledgedSeq + 1, { lane, journal, uplink }, signal);
    const mark = sent?.result.kind === "stored" ? sent.result.reply.highWaterMarkSeq : 0;
    if (mark > 0) journal.acknowledge(lane, Math.min(mark, headSeq));
  },
});

async function sendAfter(afterSeq: number, { lane, journal, uplink }: LaneStepperParts, signal: AbortSignal) {
  const batch = journal.read(lane, afterSeq, BATCH_RECORDS_MAX);
  if (batch === null) return null;
  const { firstSeq, bodies } = batch;
  const envelope = {
    version: SYNC_VERSION,
    gatewayId,
    epoch: journal.epoch,
    lane,
    firstSeq,
    missing: null,
  } as const;
  return { result: await uplink.sendBatch(envelope, bodies, signal), lastSeq: firstSeq + bodies.length - 1 };
}
