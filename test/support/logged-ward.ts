/**
 * A ward whose gateways log what they say, in a cloud's database: with keys of its own, leaves, checkpoints, the network's
 * log over them, and cosignatures, all made by the code of contracts/log. What the cloud itself would do on the way in is
 * not used here, so that what it tells is held against another hand.
 */
import { sql } from "kysely";
import { appendLeaves } from "../../cloud/evidence/tree-store.ts";
import { toBase64, utf8 } from "../../contracts/log/bytes.ts";
import { commitmentOf } from "../../contracts/log/hash.ts";
import { encodeGatewayLeaf, encodeNetworkLeaf, type NetworkLeaf } from "../../contracts/log/leaf.ts";
import {
  cosign,
  gatewayKeyName,
  gatewayOrigin,
  networkOrigin,
  parseNote,
  type Signer,
  signCheckpoint,
} from "../../contracts/log/note.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { batch, NORTH_EPOCH, SOUTH_EPOCH } from "../cloud/records.ts";
import type { TestCloud } from "../cloud/support.ts";
import { anchoredBlock } from "./anchored-block.ts";
import { ed25519Signer } from "./ed25519-signer.ts";

/** The third is of a hospital that has no beds here, and only witnesses. */
export const WARD_EPOCHS = {
  "gw-north": NORTH_EPOCH,
  "gw-south": SOUTH_EPOCH,
  "gw-east": "00000000000000c1",
} as const;
export type WardGateway = keyof typeof WARD_EPOCHS;
const NETWORK_ID = "00000000000000ff";
export const WARD_CHAIN = { chainId: 31337, contract: `0x${"5f".repeat(20)}` } as const;

const SECRETS = { "gw-north": 1, "gw-south": 2, "gw-east": 3, network: 9 } as const;

export type LoggedWard = {
  readonly network: Signer;
  readonly signerOf: (gatewayId: WardGateway) => Signer;
  /** Sends the events as the gateway's next batch and puts them into its log; answers the first one's number. */
  say(gatewayId: WardGateway, events: readonly BedEvent[]): Promise<number>;
  /** Puts leaves into the gateway's log alone, from `firstSeq` on: the board has heard of them, or of others, elsewhere. */
  log(gatewayId: WardGateway, firstSeq: number, payloads: readonly string[]): Promise<void>;
  /** The gateway signs its log as it is now. */
  sign(gatewayId: WardGateway, signer?: Signer): Promise<void>;
  /** Takes the gateways' waiting checkpoints into the network's log and signs it; answers its size. */
  publish(): Promise<number>;
  /** Puts an entry into the network's log. */
  enter(leaf: NetworkLeaf): Promise<string>;
  /** The gateways cosign the network's checkpoint of that size; left out: the newest. */
  witness(gatewayIds: readonly WardGateway[], size?: number): Promise<void>;
  /** The network's checkpoint of that size is in a final block of a chain; left out: the newest. Answers its hash. */
  anchor(block: { number: number; atMs: number; size?: number }): Promise<string>;
  /** The gateway's key is revoked, and where there is a new one, that one added. */
  revoke(gatewayId: WardGateway, next?: Signer): Promise<void>;
};

/** Every gateway's key is in the network's log from the beginning. */
export async function loggedWard({ db, clock, sync }: TestCloud): Promise<LoggedWard> {
  const network = ed25519Signer(networkOrigin(NETWORK_ID), SECRETS.network);
  const signers = new Map<WardGateway, Signer>();
  const seqs = new Map<WardGateway, number>();
  const logIds = new Map<WardGateway | "network", number>();
  const now = () => clock.now;

  async function openLog(origin: string, gatewayId: string | null, epoch: string | null): Promise<number> {
    const { rows } = await sql<{ logId: number }>`
      INSERT INTO evidence_logs (origin, gateway_id, epoch, size, frontier, heard_at_ms, public_key)
      VALUES (${origin}, ${gatewayId}, ${epoch}, 0, '', ${now()},
        ${gatewayId === null ? Buffer.from(network.publicKey) : null})
      RETURNING log_id`.execute(db);
    const [row] = rows;
    if (row === undefined) throw new Error(`the log ${origin} was not made`);
    return row.logId;
  }
  const logOf = (name: WardGateway | "network") => {
    const logId = logIds.get(name);
    if (logId === undefined) throw new Error(`no log of ${name}`);
    return logId;
  };
  const signerOf = (gatewayId: WardGateway) => {
    const signer = signers.get(gatewayId);
    if (signer === undefined) throw new Error(`no key of ${gatewayId}`);
    return signer;
  };
  async function enter(leaf: NetworkLeaf): Promise<string> {
    const entryId = crypto.randomUUID();
    const added = { kind: leaf.kind, leaf: encodeNetworkLeaf(leaf), entryId };
    await db.transaction().execute((trx) => appendLeaves(trx, logOf("network"), [added], now()));
    return entryId;
  }
  async function addKey(gatewayId: WardGateway, signer: Signer): Promise<void> {
    const addedEntryId = await enter({ kind: "key-added", name: signer.name, publicKey: signer.publicKey });
    const key = { gatewayId, publicKey: Buffer.from(signer.publicKey), addedEntryId, addedAtMs: now() };
    await db.insertInto("evidenceKeys").values(key).execute();
    signers.set(gatewayId, signer);
  }
  async function sign(log: WardGateway | "network", signer: Signer): Promise<number> {
    const { origin, size } = await db
      .selectFrom("evidenceLogs")
      .select(["origin", "size"])
      .where("logId", "=", logOf(log))
      .executeTakeFirstOrThrow();
    const { root } = await db.transaction().execute((trx) => appendLeaves(trx, logOf(log), [], now()));
    await db
      .insertInto("evidenceCheckpoints")
      .values({
        logId: logOf(log),
        size,
        root: Buffer.from(root),
        note: signCheckpoint({ origin, size, root, signedAtMs: now() }, signer),
        signedAtMs: now(),
        receivedAtMs: now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return size;
  }

  async function networkCheckpoint(size?: number) {
    let query = db
      .selectFrom("evidenceCheckpoints")
      .select(["size", "root", "note"])
      .where("logId", "=", logOf("network"));
    if (size !== undefined) query = query.where("size", "=", size);
    return await query.orderBy("size", "desc").limit(1).executeTakeFirstOrThrow();
  }

  // The service's own, where it has made one, gives way: its key is not known here.
  await db.deleteFrom("evidenceLogs").where("gatewayId", "is", null).execute();
  await db.insertInto("hospitals").values({ hospitalId: "east", name: "Eastgate Clinic" }).execute();
  await db.insertInto("gateways").values({ gatewayId: "gw-east", hospitalId: "east" }).execute();
  logIds.set("network", await openLog(network.name, null, null));
  for (const gatewayId of Object.keys(WARD_EPOCHS) as WardGateway[]) {
    const epoch = WARD_EPOCHS[gatewayId];
    logIds.set(gatewayId, await openLog(gatewayOrigin(gatewayId, epoch), gatewayId, epoch));
    await addKey(gatewayId, ed25519Signer(gatewayKeyName(gatewayId), SECRETS[gatewayId]));
  }

  const ward: LoggedWard = {
    network,
    signerOf,
    enter,
    async say(gatewayId, events) {
      const firstSeq = seqs.get(gatewayId) ?? 1;
      seqs.set(gatewayId, firstSeq + events.length);
      const epoch = WARD_EPOCHS[gatewayId];
      const { status, body } = await sync(batch(events, { gatewayId, epoch, firstSeq, sentAtMs: now() }));
      if (status !== 200) throw new Error(`the batch was refused: ${JSON.stringify(body)}`);
      await ward.log(
        gatewayId,
        firstSeq,
        events.map((event) => JSON.stringify(event)),
      );
      return firstSeq;
    },
    async log(gatewayId, firstSeq, payloads) {
      const leaves = payloads.map((payload, place) => {
        const salt = crypto.getRandomValues(new Uint8Array(32));
        const commitment = commitmentOf(salt, utf8(payload));
        const seq = firstSeq + place;
        const record = { kind: "bed-event", lane: "beds", firstSeq: seq, lastSeq: seq } as const;
        return { ...record, leaf: encodeGatewayLeaf({ ...record, commitment }), salt, payload };
      });
      await db.transaction().execute((trx) => appendLeaves(trx, logOf(gatewayId), leaves, now()));
    },
    async sign(gatewayId, signer = signerOf(gatewayId)) {
      await sign(gatewayId, signer);
    },
    async publish() {
      const waiting = await db
        .selectFrom("evidenceCheckpoints")
        .select(["logId", "size", "note"])
        .where("networkIndex", "is", null)
        .where("logId", "<>", logOf("network"))
        .orderBy("logId")
        .orderBy("size")
        .execute();
      for (const { logId, size, note } of waiting) {
        const body = utf8(parseNote(note)?.body ?? "");
        const leaf = encodeNetworkLeaf({ kind: "gateway-checkpoint", body });
        const { firstIndex } = await db
          .transaction()
          .execute((trx) =>
            appendLeaves(trx, logOf("network"), [{ kind: "gateway-checkpoint", leaf }], now()),
          );
        await db
          .updateTable("evidenceCheckpoints")
          .set({ networkIndex: firstIndex })
          .where("logId", "=", logId)
          .where("size", "=", size)
          .execute();
      }
      return await sign("network", network);
    },
    async witness(gatewayIds, size) {
      const checkpoint = await networkCheckpoint(size);
      for (const gatewayId of gatewayIds) {
        const line = cosign(parseNote(checkpoint.note)?.body ?? "", now(), signerOf(gatewayId));
        await db
          .insertInto("evidenceCosignatures")
          .values({
            size: checkpoint.size,
            gatewayId,
            publicKey: Buffer.from(signerOf(gatewayId).publicKey),
            line,
            cosignedAtMs: Math.floor(now() / 1_000) * 1_000,
            receivedAtMs: now(),
          })
          .execute();
      }
    },
    async anchor({ number, atMs, size }) {
      const { note, ...head } = await networkCheckpoint(size);
      const plan = { contract: WARD_CHAIN.contract, head, number, atS: atMs / 1_000 };
      const { hash, header, ...proof } = anchoredBlock({ ...plan, transactions: 3, transactionIndex: 1 });
      await db
        .insertInto("anchorTarget")
        .values(WARD_CHAIN)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await db
        .insertInto("anchors")
        .values({
          ...WARD_CHAIN,
          ...proof,
          size: head.size,
          root: Buffer.from(head.root),
          checkpoint: note,
          state: "finalized",
          queuedAtMs: now(),
          blockHash: hash,
          blockNumber: number,
          blockAtMs: atMs,
          transactionHash: `0x${"22".repeat(32)}`,
          header: Buffer.from(header, "base64"),
          receiptProof: JSON.stringify(proof.receiptProof),
          gasUsed: 38_000,
          finalizedAtMs: now(),
        })
        .execute();
      return hash;
    },
    async revoke(gatewayId, next) {
      const { name, publicKey } = signerOf(gatewayId);
      const revokedEntryId = await enter({ kind: "key-revoked", name, publicKey });
      await db
        .updateTable("evidenceKeys")
        .set({ revokedEntryId, revokedAtMs: now() })
        .where("gatewayId", "=", gatewayId)
        .where(sql<boolean>`encode(public_key, 'base64') = ${toBase64(publicKey)}`)
        .execute();
      if (next !== undefined) await addKey(gatewayId, next);
    },
  };
  return ward;
}
