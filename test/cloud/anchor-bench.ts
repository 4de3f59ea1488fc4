/** What tries of the anchoring stand on: a chain, an endpoint before it that can lie, an embedded database, a network's log. */
import { randomBytes } from "node:crypto";
import { Wallet } from "ethers";
import { sql } from "kysely";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import { anchorInterface } from "../../cloud/anchor/contract.ts";
import { createAnchorWorker } from "../../cloud/anchor/create-anchor.ts";
import { deployAnchor } from "../../cloud/anchor/deploy.ts";
import { anchorHealth } from "../../cloud/anchor/repository.ts";
import type { TroubleKind } from "../../cloud/anchor/trouble.ts";
import type { AnchorWorker } from "../../cloud/anchor/worker.ts";
import { ownProcess } from "../../cloud/anchor/writer-lock.ts";
import { type OpenDatabase, openPglite } from "../../cloud/database/embedded.ts";
import { Anchor } from "../../config/anchor.ts";
import { AnchorLog } from "../support/anchor-log.ts";
import { ANVIL_CHAIN_ID, ANVIL_RICH_KEY, Anvil, hasAnvil } from "../support/anvil.ts";
import { migratedPglite } from "../support/empty-pglite.ts";
import { RpcProxy } from "../support/rpc-proxy.ts";

export const ETHER = 10n ** 18n;
const GWEI = 10n ** 9n;
const START_MS = Date.parse("2026-11-26T12:00:00Z");
const LOOKS_MAX = 30;
const TABLES = [
  "anchor_transactions",
  "anchors",
  "anchor_target",
  "evidence_cosignatures",
  "evidence_checkpoints",
  "evidence_keys",
  "evidence_logs",
];

type AnchorBench = Awaited<ReturnType<typeof newBench>>;

/** Each test finds the tables empty, a new contract whose publisher has an ether, and a chain of some final blocks. */
export function describeAnchoring(title: string, body: (bench: () => AnchorBench) => void): void {
  describe.skipIf(!hasAnvil())(title, () => {
    let anvil: Anvil;
    let database: OpenDatabase;
    let bench: AnchorBench | undefined;
    beforeAll(async () => {
      anvil = await Anvil.start({ mining: "manual", slotsInAnEpoch: 4 });
      database = openPglite(await migratedPglite());
    });
    beforeEach(async () => {
      bench = await newBench(anvil, database);
    });
    afterEach(() => bench?.close());
    afterAll(async () => {
      await database.close();
      await anvil.stop();
    });
    body(() => {
      if (bench === undefined) throw new Error("only inside a test");
      return bench;
    });
  });
}

async function newBench(anvil: Anvil, database: OpenDatabase) {
  for (const table of TABLES) await sql`DELETE FROM ${sql.table(table)}`.execute(database.db);
  const key = `0x${randomBytes(32).toString("hex")}`;
  const publisher = new Wallet(key).address;
  await anvil.call("anvil_setBalance", [publisher, `0x${ETHER.toString(16)}`]);
  await anvil.call("evm_setAutomine", [true]);
  const { contract } = await deployAnchor({ rpcUrl: anvil.url, privateKey: ANVIL_RICH_KEY, publisher });
  await anvil.call("evm_setAutomine", [false]);
  await anvil.mine(20);
  const log = new AnchorLog(database.db, START_MS);
  await log.open();
  const proxy = await RpcProxy.before(anvil.url);
  const troubles: TroubleKind[] = [];
  const logged: string[] = [];
  const workers: AnchorWorker[] = [];
  const clock = {
    now: START_MS,
    nowMs() {
      return this.now;
    },
  };

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

  async function asAdmin(name: string, ...args: unknown[]): Promise<void> {
    const data = anchorInterface.encodeFunctionData(name, args);
    const from = new Wallet(ANVIL_RICH_KEY).address;
    await anvil.call("eth_sendTransaction", [{ from, to: contract, data }]);
    await anvil.mine();
  }

  return {
    anvil,
    database,
    contract,
    key,
    log,
    proxy,
    troubles,
    logged,
    clock,
    newWorker,
    asAdmin,
    stateNow: async () => (await anchorHealth(database.db))?.state,
    /** Of the publisher's account, by the newest block. */
    nonce: async () => Number(await anvil.call<string>("eth_getTransactionCount", [publisher, "latest"])),
    /** Transactions as they are stored, the oldest first. */
    async raws(): Promise<string[]> {
      const { rows } = await sql<{ rawTransaction: string }>`
        SELECT raw_transaction FROM anchor_transactions ORDER BY anchor_id, position`.execute(database.db);
      return rows.map(({ rawTransaction }) => rawTransaction);
    },
    sentRaws: () =>
      proxy.calls
        .filter(({ method }) => method === "eth_sendRawTransaction")
        .map(({ params }) => String(params[0])),
    /** Blocks and looks until nothing is under way. */
    async finish(worker?: AnchorWorker): Promise<void> {
      const looking = worker ?? (await newWorker());
      for (let look = 0; look < LOOKS_MAX && (await looking.work()); look += 1) await anvil.mine();
    },
    /** A transaction of the publisher's account that is not ours. */
    async spendNonce(nonce: number): Promise<void> {
      const transaction = {
        type: 2,
        chainId: ANVIL_CHAIN_ID,
        to: publisher,
        value: 0n,
        nonce,
        gasLimit: 21_000n,
        maxFeePerGas: 20n * GWEI,
        maxPriorityFeePerGas: 2n * GWEI,
      };
      await anvil.call("eth_sendRawTransaction", [await new Wallet(key).signTransaction(transaction)]);
      await anvil.mine();
    },
    async anchorAs(privateKey: string, size: number, root: string): Promise<void> {
      await asAdmin("grantPublisher", new Wallet(privateKey).address);
      await asAdmin("anchor", size, root);
    },
    async close(): Promise<void> {
      for (const worker of workers) worker.close();
      await proxy.close();
    },
  };
}
