/** A gateway that says two things of one log: nothing more is taken of it, and what it said both times is kept. */
import { toBase64 } from "../../../contracts/log/bytes.ts";
import type { Database } from "../../database/schema.ts";
import { noteAlarm } from "./alarms.ts";
import type { KeyDeps } from "./gateway-keys.ts";
import { lockGateway } from "./log-rows.ts";
import type { ReadBatch } from "./read-log-batch.ts";

/** Notes as they were signed; null: none was. `at`: the leaf that differs. */
export type ForkProof = {
  readonly storedNote: string | null;
  readonly receivedNote: string | null;
  readonly at:
    | { readonly index: number; readonly storedLeaf: Uint8Array; readonly receivedLeaf: Uint8Array }
    | undefined;
};

/** Thrown, so that nothing of the batch stays. */
export class LogFork extends Error {
  override readonly name = "LogFork";
  readonly proof: ForkProof;

  constructor(detail: string, proof: ForkProof) {
    super(detail);
    this.proof = proof;
  }
}

export async function haltForFork(
  db: Database,
  { gatewayId, origin, publicKey }: ReadBatch,
  { message: detail, proof }: LogFork,
  { newEntryId, nowMs }: KeyDeps,
): Promise<void> {
  const { storedNote, receivedNote, at } = proof;
  await db.transaction().execute(async (trx) => {
    await lockGateway(trx, gatewayId);
    await trx
      .updateTable("evidenceLogs")
      .set({ halted: detail })
      .where("origin", "=", origin)
      .where("halted", "is", null)
      .execute();
    await noteAlarm(trx, {
      alarmId: newEntryId(),
      kind: "gateway-fork",
      gatewayId,
      subject: origin,
      detail,
      proof: {
        publicKey: toBase64(publicKey),
        storedNote,
        receivedNote,
        ...(at === undefined
          ? {}
          : {
              index: at.index,
              storedLeaf: toBase64(at.storedLeaf),
              receivedLeaf: toBase64(at.receivedLeaf),
            }),
      },
      atMs: nowMs,
    });
  });
}
