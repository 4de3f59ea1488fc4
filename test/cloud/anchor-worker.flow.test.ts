import { randomBytes } from "node:crypto";
import { Wallet } from "ethers";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAnchorWorker } from "../../cloud/anchor/create-anchor.ts";
import { deployAnchor } from "../../cloud/anchor/deploy.ts";
import { anchorAgeMs, anchorHealth, firstAnchorCovering } from "../../cloud/anchor/repository.ts";
import type { TroubleKind } from "../../cloud/anchor/trouble.ts";
import type { AnchorWorker } from "../../cloud/anchor/worker.ts";
import { ownProcess } from "../../cloud/anchor/writer-lock.ts";
import { type OpenDatabase, openPglite } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { Anchor } from "../../config/anchor.ts";
import { fromBase64 } from "../../contracts/log/bytes.ts";
import { parseNote } from "../../contracts/log/note.ts";
import { hasAnchored, provenReceipt, readHeader } from "../../contracts/log/receipt-proof.ts";
import { AnchorLog } from "../support/anchor-log.ts";
import { ANVIL_CHAIN_ID, ANVIL_RICH_KEY, Anvil, hasAnvil } from "../support/anvil.ts";
import { emptyPglite } from "../support/empty-pglite.ts";
import { RpcProxy } from "../support/rpc-proxy.ts";

const ETHER = 10n ** 18n;
const START_MS = Date.parse("2026-11-26T12:00:00Z");

describe.skipIf(!hasAnvil())("the anchoring of the network's log", () => {
  let anvil: Anvil;
  let database: OpenDatabase;
  let contract: string;
  let key: string;
  let log: AnchorLog;
  let proxy: RpcProxy;
  let troubles: TroubleKind[];
  const workers: AnchorWorker[] = [];
  const clock = { now: START_MS, nowMs: () => clock.now };

  beforeAll(async () => {
    anvil = await Anvil.start({ mining: "manual", slotsInAnEpoch: 4 });
    database = openPglite(await emptyPglite());
    await migrate(database.db);
  });
  beforeEach(async () => {
    for (const table of [
      "anchor_transactions",
      "anchors",
      "anchor_target",
      "evidence_cosignatures",
      "evidence_checkpoints",
      "evidence_keys",
      "evidence_logs",
    ])
      await sql`DELETE FROM ${sql.table(table)}`.execute(database.db);
    key = `0x${randomBytes(32).toString("hex")}`;
    const publisher = new Wallet(key).address;
    await anvil.call("anvil_setBalance", [publisher, `0x${ETHER.toString(16)}`]);
    await anvil.call("evm_setAutomine", [true]);
    contract = (await deployAnchor({ rpcUrl: anvil.url, privateKey: ANVIL_RICH_KEY, publisher })).contract;
    await anvil.call("evm_setAutomine", [false]);
    await anvil.mine(20);
    log = new AnchorLog(database.db, START_MS);
    await log.open();
    proxy = await RpcProxy.before(anvil.url);
    troubles = [];
    clock.now = START_MS;
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.close();
    await proxy.close();
  });
  afterAll(async () => {
    await database.close();
    await anvil.stop();
  });

  async function newWorker(config: Partial<Anchor> = {}): Promise<AnchorWorker> {
    const worker = await createAnchorWorker({
      part: {
        config: Anchor.parse({ rpcUrls: [proxy.url], chainId: ANVIL_CHAIN_ID, contract, ...config }),
        privateKey: key,
        lock: ownProcess,
      },
      witnessesMin: 1,
      db: database.db,
      clock,
      meter: { troubled: (kind) => troubles.push(kind) },
      log: pino({ enabled: false }),
    });
    if (worker === null) throw new Error("something is to be anchored");
    workers.push(worker);
    return worker;
  }
  const stateNow = async () => (await anchorHealth(database.db))?.state;
  const nonce = async () =>
    Number(await anvil.call<string>("eth_getTransactionCount", [new Wallet(key).address, "latest"]));
  const raws = async () =>
    (
      await sql<{
        rawTransaction: string;
      }>`SELECT raw_transaction FROM anchor_transactions ORDER BY anchor_id, position`.execute(database.db)
    ).rows.map(({ rawTransaction }) => rawTransaction);

  test("a witnessed checkpoint is signed, sent, mined, safe and final, and then told with what proves it", async () => {
    const root = await log.add(5);
    await log.add(7, { cosigned: false });
    const worker = await newWorker();
    await worker.work();
    expect(await stateNow()).toBe("sent");
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await anvil.mine();
    await worker.work();
    expect(await stateNow()).toBe("mined");
    await anvil.mine(4);
    await worker.work();
    expect(await stateNow()).toBe("safe");
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await anvil.mine(4);
    expect(await worker.work()).toBe(false);
    expect(troubles).toEqual([]);
    const anchor = await firstAnchorCovering(database.db, 5);
    if (anchor === null) throw new Error("it was to be anchored");
    expect(parseNote(anchor.checkpoint)).toMatchObject({ size: 5 });
    expect(parseNote(anchor.checkpoint)?.signatures).toHaveLength(2);
    const header = readHeader(anchor.header);
    expect(header?.number).toBe(anchor.blockNumber);
    expect(`0x${Buffer.from(header?.hash ?? []).toString("hex")}`).toBe(anchor.blockHash);
    const nodes = anchor.receiptProof.map((node) => fromBase64(node) ?? new Uint8Array());
    const receipt =
      header === null ? null : provenReceipt(header.receiptsRoot, anchor.transactionIndex, nodes);
    if (receipt === null) throw new Error("the receipt was to be proven");
    const head = { size: 5, root: Buffer.from(root.slice(2), "hex") };
    expect(hasAnchored(receipt, anchor.logIndex, contract, head)).toBe(true);
    expect(await firstAnchorCovering(database.db, 6)).toBeNull();
    expect(await anchorHealth(database.db)).toMatchObject({
      chainId: ANVIL_CHAIN_ID,
      contract,
      anchoredSize: 5,
      blockNumber: anchor.blockNumber,
      state: "idle",
      lastError: null,
      anchorsCount: 1,
    });
  });
});
