/**
 * Puts what waits into the network's log once a second and signs how long the log is by then, all in one transaction. Of
 * several processes one is at it at a time, by the lock on the log's row; what one that died had begun never was.
 */
import { sql } from "kysely";
import type { Logger } from "pino";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { encodeNetworkLeaf } from "../../../contracts/log/leaf.ts";
import { signCheckpoint } from "../../../contracts/log/note.ts";
import type { Clock } from "../../clock.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { isPassingTrouble } from "../../database/trouble.ts";
import { every } from "../../live/every.ts";
import { appendLeaves, type NewLeaf } from "../tree-store.ts";
import type { EvidenceMeter } from "./evidence-meter.ts";
import { type NetworkLog, newestCheckpoint } from "./network-log.ts";

const LOOK_EVERY_MS = 1_000;
const ENTRIES_AT_ONCE_MAX = 1_000;

export type SequencerDeps = {
  readonly db: Database;
  readonly network: NetworkLog;
  readonly clock: Clock;
  readonly meter: Pick<EvidenceMeter, "checkpoint">;
  readonly log: Logger;
};

/** A row of either table; `note` is a gateway's checkpoint, the rest an entry that somebody here made. */
type Waiting = {
  readonly position: number;
  readonly kind: string;
  readonly leaf: Uint8Array | null;
  readonly salt: Uint8Array | null;
  readonly payload: string | null;
  readonly entryId: string | null;
  readonly note: string | null;
};

export class Sequencer {
  readonly #deps: SequencerDeps;

  constructor(deps: SequencerDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await every(LOOK_EVERY_MS, signal, async () => {
      try {
        while (!signal.aborted && (await this.look()) === ENTRIES_AT_ONCE_MAX);
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "the network's log waits for the database");
      }
    });
  }

  /** How many entries went in; 0 too where another process is at it. */
  async look(): Promise<number> {
    const { db, network, clock, meter } = this.#deps;
    const count = await db.transaction().execute(async (trx) => {
      // What witnesses were shown must not be gone after a crash of the server.
      await sql`SET LOCAL synchronous_commit = on`.execute(trx);
      if (!(await isLocked(trx, network))) return 0;
      const waiting = await nextWaiting(trx);
      if (waiting.length === 0) return 0;
      const nowMs = clock.nowMs();
      const { firstIndex, size, root } = await appendLeaves(trx, network.logId, waiting.map(leafOf), nowMs);
      await placed(trx, waiting, firstIndex);
      const { origin, signer } = network;
      // Never before the one that it continues: a longer log that was signed earlier would look like one that shrank.
      const signedAtMs = Math.max(nowMs, ((await newestCheckpoint(trx, network))?.signedAtMs ?? 0) + 1);
      const note = signCheckpoint({ origin, size, root, signedAtMs }, signer);
      await trx
        .insertInto("evidenceCheckpoints")
        .values({
          logId: network.logId,
          size,
          root: Buffer.from(root),
          note,
          signedAtMs,
          receivedAtMs: nowMs,
          position: null,
          networkIndex: null,
        })
        .execute();
      return waiting.length;
    });
    if (count > 0) meter.checkpoint("network");
    return count;
  }
}

async function isLocked(trx: DatabaseTransaction, { logId }: NetworkLog): Promise<boolean> {
  const row = await trx
    .selectFrom("evidenceLogs")
    .select("logId")
    .where("logId", "=", logId)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row !== undefined;
}

/** In one statement, so that a checkpoint is never seen without the key that was added before it. */
async function nextWaiting(trx: DatabaseTransaction): Promise<readonly Waiting[]> {
  const { rows } = await sql<Waiting>`
    (SELECT position, kind, leaf, salt, payload, entry_id, NULL AS note
      FROM evidence_pending ORDER BY position LIMIT ${ENTRIES_AT_ONCE_MAX})
    UNION ALL
    (SELECT position, 'gateway-checkpoint', NULL, NULL, NULL, NULL, note
      FROM evidence_checkpoints WHERE network_index IS NULL AND position IS NOT NULL
      ORDER BY position LIMIT ${ENTRIES_AT_ONCE_MAX})
    ORDER BY position LIMIT ${ENTRIES_AT_ONCE_MAX}`.execute(trx);
  return rows;
}

function leafOf({ kind, leaf, salt, payload, entryId, note }: Waiting): NewLeaf {
  if (note !== null) {
    const body = utf8(note.slice(0, note.indexOf("\n\n") + 1));
    return { kind, leaf: encodeNetworkLeaf({ kind: "gateway-checkpoint", body }) };
  }
  if (leaf === null) throw new Error(`what waits as ${kind} has no leaf`);
  return { kind, leaf, salt, payload, entryId };
}

async function placed(
  trx: DatabaseTransaction,
  waiting: readonly Waiting[],
  firstIndex: number,
): Promise<void> {
  const checkpoints = waiting.flatMap(({ position, note }, place) =>
    note === null ? [] : [{ position, network_index: firstIndex + place }],
  );
  if (checkpoints.length > 0)
    await sql`
      UPDATE evidence_checkpoints SET network_index = placed.network_index
      FROM jsonb_to_recordset(${JSON.stringify(checkpoints)}::jsonb) AS placed(position bigint, network_index bigint)
      WHERE evidence_checkpoints.position = placed.position
        AND evidence_checkpoints.network_index IS NULL`.execute(trx);
  const pending = waiting.flatMap(({ position, note }) => (note === null ? [position] : []));
  if (pending.length > 0) await trx.deleteFrom("evidencePending").where("position", "in", pending).execute();
}
