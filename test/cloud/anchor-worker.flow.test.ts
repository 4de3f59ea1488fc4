import { randomBytes } from "node:crypto";
import { Transaction, Wallet } from "ethers";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { anchorInterface } from "../../cloud/anchor/contract.ts";
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
import { HANG, type Meddling, RpcProxy } from "../support/rpc-proxy.ts";

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
  const logged: string[] = [];
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
    logged.length = 0;
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

  async function newWorker(config: Partial<Anchor> = {}, answerMsMax = 10_000): Promise<AnchorWorker> {
    const worker = await createAnchorWorker({
      part: {
        answerMsMax,
        config: Anchor.parse({ rpcUrls: [proxy.url], chainId: ANVIL_CHAIN_ID, contract, ...config }),
        privateKey: key,
        lock: ownProcess,
      },
      witnessesMin: 1,
      db: database.db,
      clock,
      meter: { troubled: (kind) => troubles.push(kind) },
      log: pino({}, { write: (line) => void logged.push(line) }),
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

  const sentRaws = () =>
    proxy.calls
      .filter(({ method }) => method === "eth_sendRawTransaction")
      .map(({ params }) => String(params[0]));

  /** Blocks and looks until nothing is under way. */
  async function finish(worker?: AnchorWorker): Promise<void> {
    const looking = worker ?? (await newWorker());
    for (let look = 0; look < 30 && (await looking.work()); look += 1) await anvil.mine();
  }

  /** A transaction of the publisher's account that is not ours. */
  async function spendNonce(nonce: number): Promise<void> {
    const wallet = new Wallet(key);
    const fees = { maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 2n * 10n ** 9n };
    const plain = {
      type: 2,
      chainId: ANVIL_CHAIN_ID,
      to: wallet.address,
      value: 0n,
      nonce,
      gasLimit: 21_000n,
    };
    await anvil.call("eth_sendRawTransaction", [await wallet.signTransaction({ ...plain, ...fees })]);
    await anvil.mine();
  }

  async function asAdmin(name: string, ...args: unknown[]): Promise<void> {
    const data = anchorInterface.encodeFunctionData(name, args);
    await anvil.call("eth_sendTransaction", [
      { from: new Wallet(ANVIL_RICH_KEY).address, to: contract, data },
    ]);
    await anvil.mine();
  }

  async function anchorAs(privateKey: string, size: number, root: string): Promise<void> {
    await asAdmin("grantPublisher", new Wallet(privateKey).address);
    await asAdmin("anchor", size, root);
  }

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

  test("nothing is queued that is not witnessed, or not larger than before", async () => {
    await log.add(5, { cosigned: false });
    const worker = await newWorker();
    expect(await worker.work()).toBe(false);
    expect(await stateNow()).toBe("idle");
    await log.cosign(5);
    await (await newWorker()).work();
    await finish();
    expect(await (await newWorker()).work()).toBe(false);
    expect(await raws()).toHaveLength(1);
  });

  test("the next one is queued while the last is not final yet, and costs less than 40,000 gas", async () => {
    await log.add(5);
    await (await newWorker()).work();
    await anvil.mine();
    await (await newWorker()).work();
    await log.add(9);
    await (await newWorker()).work();
    expect(await stateNow()).toBe("mined");
    expect(await raws()).toHaveLength(2);
    await finish();
    const health = await anchorHealth(database.db);
    expect(health).toMatchObject({ anchoredSize: 9, anchorsCount: 2, state: "idle" });
    expect(health?.lastGas).toBeLessThanOrEqual(40_000);
    expect((await firstAnchorCovering(database.db, 5))?.size).toBe(5);
    expect((await firstAnchorCovering(database.db, 6))?.size).toBe(9);
  });

  test("a transaction that was stored and not sent is sent by the next process, byte for byte", async () => {
    await log.add(5);
    proxy.meddle = ({ method }) =>
      method === "eth_sendRawTransaction" ? Promise.reject(new Error("cut")) : undefined;
    await (await newWorker()).work();
    expect(await stateNow()).toBe("unreachable");
    const [stored] = await raws();
    proxy.meddle = () => undefined;
    await finish();
    expect(sentRaws()).toEqual([stored, stored]);
    expect(await raws()).toEqual([stored]);
    expect(await nonce()).toBe(1);
  });

  test("an answer that never came is asked for again, and nothing is signed twice", async () => {
    await log.add(5);
    proxy.meddle = ({ method }, passOn) =>
      method === "eth_sendRawTransaction" ? passOn().then(() => Promise.reject(new Error("cut"))) : undefined;
    await (await newWorker()).work();
    await anvil.mine();
    proxy.meddle = () => undefined;
    await finish();
    expect(await raws()).toHaveLength(1);
    expect(await nonce()).toBe(1);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      state: "idle",
      lastError: null,
    });
  });

  test("a dropped transaction is sent again, byte for byte", async () => {
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.call("anvil_dropAllTransactions");
    await anvil.mine();
    await worker.work();
    await finish(worker);
    expect(new Set(sentRaws()).size).toBe(1);
    expect(sentRaws()).toHaveLength(2);
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 5, anchorsCount: 1 });
  });

  test("after a reorg the same bytes are sent again, and only the block that stays is told", async () => {
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(6);
    await worker.work();
    expect(await stateNow()).toBe("safe");
    const before = await anvil.call<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
    await anvil.call("anvil_reorg", [6, []]);
    await anvil.call("anvil_dropAllTransactions");
    expect((await anvil.call<{ hash: string }>("eth_getBlockByNumber", ["latest", false])).hash).not.toBe(
      before.hash,
    );
    await worker.work();
    expect(await stateNow()).toBe("sent");
    await finish(worker);
    expect(new Set(sentRaws()).size).toBe(1);
    const anchor = await firstAnchorCovering(database.db, 5);
    const block = await anvil.call<{ hash: string }>("eth_getBlockByNumber", [
      `0x${anchor?.blockNumber.toString(16)}`,
      false,
    ]);
    expect(anchor?.blockHash).toBe(block.hash);
    expect(await nonce()).toBe(1);
  });

  test("when gas becomes dear it offers more for the same number, up to the cap and no further", async () => {
    await log.add(5);
    const worker = await newWorker({ feeCapGwei: 10 });
    await worker.work();
    for (let block = 0; block < 24; block += 1) {
      await anvil.call("anvil_setNextBlockBaseFeePerGas", [`0x${(100n * 10n ** 9n).toString(16)}`]);
      await anvil.mine();
      await worker.work();
    }
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "refused",
      lastError: expect.stringContaining("feeCapGwei"),
    });
    const offers = (await raws()).map((raw) => Transaction.from(raw));
    expect(offers.length).toBeGreaterThan(1);
    expect(new Set(offers.map(({ nonce }) => nonce))).toEqual(new Set([0]));
    for (const { maxFeePerGas } of offers) expect(maxFeePerGas).toBeLessThanOrEqual(10n * 10n ** 9n);
    await anvil.call("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      anchorsCount: 1,
      state: "idle",
    });
    expect(await nonce()).toBe(1);
  });

  test("where another process used its number, it waits until that is final and takes the next one", async () => {
    await log.add(5);
    const worker = await newWorker();
    proxy.meddle = ({ method }) =>
      method === "eth_sendRawTransaction" ? Promise.reject(new Error("cut")) : undefined;
    await worker.work();
    proxy.meddle = () => undefined;
    await spendNonce(0);
    await worker.work();
    expect(await raws()).toHaveLength(1);
    await anvil.mine(9);
    await finish(worker);
    expect((await raws()).map((raw) => Transaction.from(raw).nonce)).toEqual([0, 1]);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      anchorsCount: 1,
      state: "idle",
    });
  });

  test("an anchor that another publisher made of the same tree is taken as it is", async () => {
    const root = await log.add(5);
    await anchorAs(ANVIL_RICH_KEY, 5, root);
    await anvil.mine(9);
    await (await newWorker()).work();
    expect(await raws()).toHaveLength(0);
    expect(await firstAnchorCovering(database.db, 5)).toMatchObject({ size: 5, contract });
  });

  test("one that can never be anchored, since the contract holds a larger tree, gives way to the next", async () => {
    await log.add(5);
    await anchorAs(ANVIL_RICH_KEY, 7, `0x${"77".repeat(32)}`);
    await anvil.mine(9);
    await (await newWorker()).work();
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    await log.add(9);
    await (await newWorker()).work();
    await finish();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(9);
    expect(await raws()).toHaveLength(1);
  });

  test("a contract that refuses is told by its own word, without gas and without the endpoint's address", async () => {
    await log.add(5);
    const publisher = new Wallet(key).address;
    await asAdmin("revokePublisher", publisher);
    const worker = await newWorker();
    await worker.work();
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "refused",
      lastError: `the contract refuses: NotPublisher(${publisher})`,
    });
    expect(await raws()).toEqual([]);
    await asAdmin("grantPublisher", publisher);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({
      anchoredSize: 5,
      state: "idle",
      lastError: null,
    });
  });

  test("an account without money is told so", async () => {
    await log.add(5);
    await anvil.call("anvil_setBalance", [new Wallet(key).address, "0x0"]);
    const worker = await newWorker();
    await worker.work();
    expect(troubles).toEqual(["funds"]);
    await anvil.call("anvil_setBalance", [new Wallet(key).address, `0x${ETHER.toString(16)}`]);
    await finish(worker);
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 5, state: "idle" });
  });

  test("while the chain is away only the age grows, and the address of the endpoint is told nowhere", async () => {
    await log.add(5);
    await anvil.pause();
    const worker = await newWorker({}, 300);
    try {
      await worker.work();
      await log.add(8);
      clock.now += 21 * 86_400_000;
      await worker.work();
      const health = await anchorHealth(database.db);
      expect(health).toMatchObject({ state: "unreachable", anchoredSize: 0 });
      expect(JSON.stringify([health, logged])).not.toContain("secret-access-key");
      expect(await anchorAgeMs(database.db, 1, clock.now)).toBeGreaterThan(20 * 86_400_000);
      expect(new Set(troubles)).toEqual(new Set(["unreachable"]));
      expect(await raws()).toEqual([]);
    } finally {
      anvil.continue();
    }
    // The newest covers all that waited.
    await (await newWorker()).work();
    await finish();
    expect(await anchorHealth(database.db)).toMatchObject({
      state: "idle",
      anchoredSize: 8,
      anchorsCount: 1,
    });
    expect(await anchorAgeMs(database.db, 1, clock.now)).toBe(0);
  });

  const otherHash = `0x${"ee".repeat(32)}`;
  test.each<[string, TroubleKind, Meddling]>([
    [
      "another chain",
      "disbelieved",
      ({ method }) => (method === "eth_chainId" ? Promise.resolve("0x1") : undefined),
    ],
    [
      "a header with another root for its receipts",
      "disbelieved",
      ({ method, params }, passOn) =>
        method === "eth_getBlockByNumber" && /^0x/.test(String(params[0]))
          ? changed(passOn, { receiptsRoot: otherHash })
          : undefined,
    ],
    [
      "receipts that do not lead to the header's root",
      "disbelieved",
      ({ method }, passOn) =>
        method === "eth_getBlockReceipts"
          ? passOn().then((all) => (all as object[]).map((one) => ({ ...one, cumulativeGasUsed: "0x1" })))
          : undefined,
    ],
    [
      "a block without the transaction",
      "disbelieved",
      ({ method }, passOn) =>
        method === "eth_getBlockReceipts"
          ? passOn().then((all) => (all as object[]).map((one) => ({ ...one, transactionHash: otherHash })))
          : undefined,
    ],
    [
      "a final block that is newer than the newest",
      "disbelieved",
      ({ method, params }, passOn) =>
        method === "eth_getBlockByNumber" && params[0] === "finalized"
          ? changed(passOn, { number: "0xffffff" })
          : undefined,
    ],
    [
      "something of another form",
      "disbelieved",
      ({ method }) => (method === "eth_getTransactionCount" ? Promise.resolve("many") : undefined),
    ],
    [
      "a contract that is not there",
      "contract",
      ({ method }) => (method === "eth_call" ? Promise.resolve("0x") : undefined),
    ],
  ])("an endpoint that shows %s is not believed", async (_what, kind, lie) => {
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(9);
    proxy.meddle = lie;
    await worker.work();
    expect(troubles).toEqual([kind]);
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    expect((await anchorHealth(database.db))?.state).toBe("refused");
    proxy.meddle = () => undefined;
    await worker.work();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
    expect(await stateNow()).toBe("idle");
  });

  test("an event of another tree in the receipt is not believed to be this one's", async () => {
    await log.add(5);
    const worker = await newWorker();
    await worker.work();
    await anvil.mine(9);
    const swapped = (logs: unknown) =>
      (logs as { data: string }[]).map((one) => ({ ...one, data: otherHash }));
    proxy.meddle = ({ method }, passOn) => {
      if (method === "eth_getTransactionReceipt")
        return passOn().then((receipt) => ({
          ...(receipt as object),
          logs: swapped((receipt as { logs: unknown }).logs),
        }));
      return method === "eth_getLogs" ? Promise.resolve([]) : undefined;
    };
    await worker.work();
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
  });

  test("two endpoints that do not say the same are believed again when they do", async () => {
    await log.add(5);
    const worker = await newWorker({ rpcUrls: [proxy.url, anvil.url] });
    await worker.work();
    await anvil.mine(9);
    proxy.meddle = ({ method, params }, passOn) =>
      method === "eth_getBlockByNumber" && /^0x/.test(String(params[0]))
        ? changed(passOn, { hash: otherHash })
        : undefined;
    await worker.work();
    expect(troubles).toEqual(["disagreement"]);
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    proxy.meddle = () => undefined;
    await worker.work();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
  });

  test("one endpoint of two that hangs is waited for no longer than is allowed, and nothing is believed", async () => {
    await log.add(5);
    proxy.meddle = () => Promise.resolve(HANG);
    const worker = await newWorker({ rpcUrls: [anvil.url, proxy.url] }, 300);
    await worker.work();
    expect(troubles).toEqual(["unreachable"]);
    expect(await raws()).toEqual([]);
  });

  test("another contract in the configuration: what was anchored in the last one is no longer told", async () => {
    await log.add(5);
    await (await newWorker()).work();
    await finish();
    await newWorker({ contract: `0x${"c0".repeat(20)}` });
    expect(await firstAnchorCovering(database.db, 1)).toBeNull();
    expect(await anchorHealth(database.db)).toMatchObject({ anchoredSize: 0, anchorsCount: 0 });
    await newWorker();
    expect((await firstAnchorCovering(database.db, 1))?.size).toBe(5);
  });
});

const changed = (passOn: () => Promise<unknown>, what: object) =>
  passOn().then((answer) => (answer === null ? null : { ...(answer as object), ...what }));
