/**
 * One batch of a gateway's log in one transaction:
 *
 *   lock gateway ─▶ is the key in force? ─▶ halted? gap? ─▶ what is known must say the same ─▶ the tree grows
 *     ─▶ the checkpoint's root must be ours ─▶ it waits for the network's log
 *
 * A fork changes nothing but that the log is halted, with an alarm that holds both notes: log-fork.ts.
 */
import { isSame } from "../../../contracts/log/bytes.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { appendLeaves, rootAt } from "../tree-store.ts";
import { admitKey, type KeyDeps } from "./gateway-keys.ts";
import { haltForFork, LogFork } from "./log-fork.ts";
import {
  beginLog,
  checkpointToHold,
  haltOf,
  type LogRow,
  leavesBetween,
  lockGateway,
  lockLog,
  noteHeard,
  storeCheckpoint,
} from "./log-rows.ts";
import type { ReadBatch } from "./read-log-batch.ts";

export type LogBatchResult =
  | { readonly kind: "stored"; readonly logSize: number; readonly isNewCheckpoint: boolean }
  | { readonly kind: "gap"; readonly expectedIndex: number }
  /** `isNew`: it was found by this batch. */
  | { readonly kind: "fork"; readonly detail: string; readonly isNew: boolean }
  | { readonly kind: "key-unknown"; readonly detail: string }
  | { readonly kind: "unreadable"; readonly detail: string };

export async function storeLogBatch(db: Database, batch: ReadBatch, deps: KeyDeps): Promise<LogBatchResult> {
  try {
    return await db.transaction().execute((trx) => inTransaction(trx, batch, deps));
  } catch (error) {
    if (error instanceof RootOfNothing)
      return { kind: "unreadable", detail: "The checkpoint's root is not the root of these leaves." };
    if (!(error instanceof LogFork)) throw error;
    await haltForFork(db, batch, error, deps);
    return { kind: "fork", detail: error.message, isNew: true };
  }
}

async function inTransaction(
  trx: DatabaseTransaction,
  batch: ReadBatch,
  deps: KeyDeps,
): Promise<LogBatchResult> {
  const { gatewayId, firstIndex, endSize, checkpoint, leaves } = batch;
  await lockGateway(trx, gatewayId);
  const unknown = await admitKey(trx, batch, deps);
  if (unknown !== null) return { kind: "key-unknown", detail: unknown };
  const halt = await haltOf(trx, gatewayId);
  if (halt !== null)
    return { kind: "fork", detail: `${halt.origin} is halted: ${halt.halted}`, isNew: false };
  const found = await lockLog(trx, batch);
  if (found?.halted != null)
    return { kind: "fork", detail: `This log is closed for good: ${found.halted}`, isNew: false };
  if (firstIndex > (found?.size ?? 0)) return { kind: "gap", expectedIndex: found?.size ?? 0 };
  const log = found ?? (await beginLog(trx, batch));
  await requireNoShrinking(trx, log, batch);
  await requireSameLeaves(trx, log, batch);
  const known = Math.min(log.size, endSize) - firstIndex;
  const { size, root } = await appendLeaves(trx, log.logId, leaves.slice(known), deps.nowMs);
  let isNewCheckpoint = false;
  if (checkpoint !== null) {
    const ours = endSize === size ? root : await rootAt(trx, log.logId, endSize);
    if (!isSame(ours, checkpoint.root)) {
      if (log.size === 0) throw new RootOfNothing();
      throw await forkOf(
        trx,
        log,
        batch,
        `The checkpoint of ${endSize} leaves has another root than what is stored.`,
      );
    }
    // Of an empty log there is nothing to prove.
    if (endSize > 0) isNewCheckpoint = await storeCheckpoint(trx, log, checkpoint, deps.nowMs);
  }
  await noteHeard(trx, log, batch.sentAtMs, deps.nowMs);
  return { kind: "stored", logSize: size, isNewCheckpoint };
}

/**
 * A gateway without anything to send says how long its log is. One that was held up on the way, and passed by another,
 * says what was true when it was sent.
 */
async function requireNoShrinking(trx: DatabaseTransaction, log: LogRow, batch: ReadBatch): Promise<void> {
  const { leaves, firstIndex, sentAtMs } = batch;
  if (leaves.length > 0 || firstIndex >= log.size || sentAtMs <= (log.sentAtMs ?? 0)) return;
  throw await forkOf(
    trx,
    log,
    batch,
    `The log is said to have ${firstIndex} leaves; ${log.size} are stored.`,
  );
}

async function requireSameLeaves(trx: DatabaseTransaction, log: LogRow, batch: ReadBatch): Promise<void> {
  const { firstIndex, leaves } = batch;
  if (leaves.length === 0 || firstIndex >= log.size) return;
  for (const stored of await leavesBetween(trx, log, { from: firstIndex, to: firstIndex + leaves.length })) {
    const sent = leaves[stored.index - firstIndex];
    if (sent === undefined || isSame(stored.leaf, sent.leaf)) continue;
    const at = { index: stored.index, storedLeaf: stored.leaf, receivedLeaf: sent.leaf };
    throw await forkOf(
      trx,
      log,
      batch,
      `Leaf ${stored.index} is stored already, and says something else.`,
      at,
    );
  }
}

async function forkOf(
  trx: DatabaseTransaction,
  log: LogRow,
  { checkpoint, endSize }: ReadBatch,
  detail: string,
  at?: ConstructorParameters<typeof LogFork>[1]["at"],
): Promise<LogFork> {
  const storedNote = await checkpointToHold(trx, log, endSize);
  return new LogFork(detail, { storedNote, receivedNote: checkpoint?.text ?? null, at });
}

/** There is no other history that it could contradict. */
class RootOfNothing extends Error {
  override readonly name = "RootOfNothing";
}
