/** A journal and a cloud that know nothing but numbers: what a lane sends from the one to the other. */
import { BootId, Epoch, GatewayId, type Lane } from "../../../contracts/wire/ids.ts";
import type { SyncReply } from "../../../contracts/wire/sync.ts";
import type { EncodedBatch, LaneMarks } from "../../../gateway/journal/journal-port.ts";
import type { SendResult, Uplink } from "../../../gateway/sync/uplink.ts";
import { BEGIN_MS } from "../../support/moments.ts";

export const identity = {
  gatewayId: GatewayId.parse("gw-north"),
  bootId: BootId.parse("00000000000000b1"),
};

type Body = { readonly firstSeq: number; readonly lastSeq: number };

export class SmallJournal {
  readonly epoch = Epoch.parse("0123456789abcdef");
  readonly #marks: Record<Lane, LaneMarks> = {
    beds: { headSeq: 0, acknowledgedSeq: 0 },
    vitals: { headSeq: 0, acknowledgedSeq: 0 },
    environment: { headSeq: 0, acknowledgedSeq: 0 },
  };

  append(lane: Lane, count = 1): void {
    this.#marks[lane] = { ...this.#marks[lane], headSeq: this.#marks[lane].headSeq + count };
  }

  marks(lane: Lane): LaneMarks {
    return this.#marks[lane];
  }

  async encodeBatch(lane: Lane, afterSeq: number, recordsMax: number): Promise<EncodedBatch | null> {
    const { headSeq } = this.#marks[lane];
    if (afterSeq >= headSeq) return null;
    const lastSeq = Math.min(headSeq, afterSeq + recordsMax);
    const body = new Uint8Array(Buffer.from(JSON.stringify({ firstSeq: afterSeq + 1, lastSeq })));
    return { firstSeq: afterSeq + 1, lastSeq, behindCount: headSeq - lastSeq, body };
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    if (throughSeq > this.#marks[lane].headSeq) throw new Error(`${lane} ends before ${throughSeq}`);
    this.#marks[lane] = { ...this.#marks[lane], acknowledgedSeq: throughSeq };
  }
}

export type Arrived = Body & { readonly lane: Lane };

export class SmallCloud {
  readonly markSeq: Record<Lane, number> = { beds: 0, vitals: 0, environment: 0 };
  readonly arrived: Arrived[] = [];
  /** What is said instead of a reply, once each. */
  readonly answers: SendResult<SyncReply>[] = [];
  parks: SyncReply["parked"] = [];

  take(lane: Lane, body: Uint8Array): SendResult<SyncReply> {
    const said = this.answers.shift();
    if (said !== undefined) return said;
    const { firstSeq, lastSeq } = JSON.parse(Buffer.from(body).toString()) as Body;
    this.arrived.push({ lane, firstSeq, lastSeq });
    if (firstSeq > this.markSeq[lane] + 1) return { kind: "gap", expectedSeq: this.markSeq[lane] + 1 };
    this.markSeq[lane] = Math.max(this.markSeq[lane], lastSeq);
    return this.reply(lane);
  }

  reply(lane: Lane): SendResult<SyncReply> & { kind: "stored" } {
    const reply = { highWaterMarkSeq: this.markSeq[lane], storedCount: 1, duplicateCount: 0 };
    return { kind: "stored", reply: { ...reply, parked: this.parks, serverTimeMs: BEGIN_MS } };
  }

  readonly uplink: Pick<Uplink, "sendBatch"> = {
    sendBatch: async (lane, body) => this.take(lane, body),
  };
}

export const numbers = (arrived: readonly Arrived[], lane: Lane) =>
  arrived.filter((one) => one.lane === lane).map(({ firstSeq, lastSeq }) => `${firstSeq}-${lastSeq}`);
