/**
 * What the live socket has said so far. A snapshot replaces everything, changes replace whole beds, evidence replaces
 * the ages of sources; the newest message has the last word. Nothing derived is kept here.
 */
import type { BedView, GatewayView } from "../../../contracts/wire/board.ts";
import type { BedId, DeviceId, GatewayId, HospitalId } from "../../../contracts/wire/ids.ts";
import type { LiveMessage } from "../../../contracts/wire/live.ts";

export type Hospital = { readonly hospitalId: HospitalId; readonly name: string };

export type BoardFacts = {
  /** Where to resume from. */
  readonly seq: number;
  readonly hospitals: readonly Hospital[];
  readonly gateways: ReadonlyMap<GatewayId, GatewayView>;
  readonly beds: ReadonlyMap<BedId, BedView>;
};

type MessageOf<Kind extends LiveMessage["kind"]> = Extract<LiveMessage, { kind: Kind }>;

/** Null: nothing is known, so only a snapshot says anything. */
export function nextBoardFacts(facts: BoardFacts | null, message: LiveMessage): BoardFacts | null {
  if (message.kind === "snapshot") return fromSnapshot(message);
  if (facts === null || message.kind === "desk") return facts;
  return message.kind === "changes" ? withChanges(facts, message) : withEvidence(facts, message);
}

function fromSnapshot({ seq, hospitals, gateways, beds }: MessageOf<"snapshot">): BoardFacts {
  return {
    seq,
    hospitals,
    gateways: new Map(gateways.map((gateway) => [gateway.gatewayId, gateway])),
    beds: new Map(beds.map((bed) => [bed.bedId, bed])),
  };
}

function withChanges(facts: BoardFacts, { seq, beds, removed }: MessageOf<"changes">): BoardFacts {
  const next = new Map(facts.beds);
  for (const bed of beds) next.set(bed.bedId, bed);
  for (const bedId of removed) next.delete(bedId);
  return { ...facts, seq, beds: next };
}

function withEvidence(facts: BoardFacts, { gateways, sources }: MessageOf<"evidence">): BoardFacts {
  const heard = new Map(facts.gateways);
  for (const gateway of gateways) heard.set(gateway.gatewayId, gateway);
  const beds = new Map(facts.beds);
  for (const { bedId, deviceId, lastObservedAt } of sources) {
    const bed = beds.get(bedId);
    if (bed !== undefined) beds.set(bedId, withAge(bed, deviceId, lastObservedAt));
  }
  return { ...facts, gateways: heard, beds };
}

function withAge(bed: BedView, deviceId: DeviceId, lastObservedAt: string | null): BedView {
  const sources = bed.sources.map((source) =>
    source.deviceId === deviceId ? { ...source, lastObservedAt } : source,
  );
  return { ...bed, sources };
}
