/**
 * One run: a few checkpoints are anchored one after the other by a process that is killed at chosen points, on a chain
 * where blocks vanish, transactions are dropped and gas becomes dear, through an endpoint that lies and hangs.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Wallet } from "ethers";
import { sql } from "kysely";
import { deployAnchor } from "../../../cloud/anchor/deploy.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import type { Database } from "../../../cloud/database/schema.ts";
import { AnchorLog } from "../../support/anchor-log.ts";
import { ANVIL_CHAIN_ID, ANVIL_RICH_KEY, type Anvil } from "../../support/anvil.ts";
import { RpcProxy } from "../../support/rpc-proxy.ts";
import { until } from "../../support/until.ts";
import { below, seeded } from "../salvage/seeded.ts";
import {
  befall,
  CHAIN_EVENTS,
  ENDPOINT_TROUBLES,
  REORG_BLOCKS_MAX,
  troubledEndpoint,
  undo,
} from "./chain-troubles.ts";
import { judgeChain } from "./judge-chain.ts";
import type { CarelessWay } from "./messages.ts";
import { type Spares, SupervisedAnchor } from "./supervised-anchor.ts";

/** Where the process is killed: before its transaction reaches the node, before it hears so, when it asks what became of it. */
export const KILL_POINTS = ["signed", "sent", "receipt", "proof"] as const;
type KillPoint = (typeof KILL_POINTS)[number];

const TURMOIL_STEPS = 6;
const STEP_MS = 60;
const WITHIN_MS = 120_000;
/** Behind anvil's newest: two epochs of 32 slots. */
const FINAL_AFTER_BLOCKS = 64;

export type RunOptions = {
  readonly anvil: Anvil;
  readonly spares: Spares;
  /** Of a database of its own, with all tables. */
  readonly databaseUrl: string;
  readonly seed: number;
  readonly careless: CarelessWay | null;
  readonly checkpoints: number;
  /** Left out: drawn, one for each checkpoint. */
  readonly killAt?: KillPoint;
};
export type RunFigures = Readonly<Record<string, number>>;
export type RunResult = {
  readonly misses: readonly string[];
  readonly figures: RunFigures;
  /** Gas of each anchor, the first into its contract first. */
  readonly gas: readonly number[];
};

export async function runChain({
  anvil,
  spares,
  databaseUrl,
  seed,
  careless,
  checkpoints,
  killAt,
}: RunOptions): Promise<RunResult> {
  const random = seeded(seed);
  const figures: Record<string, number> = {};
  const count = (what: string) => {
    figures[what] = (figures[what] ?? 0) + 1;
  };
  const { db, close } = openPostgresql({ url: databaseUrl, onIdleError: () => {} });
  const privateKey = `0x${randomBytes(32).toString("hex")}`;
  const contract = await newContract(anvil, new Wallet(privateKey).address);
  const proxy = await RpcProxy.before(anvil.url);
  const process = new SupervisedAnchor(
    {
      databaseUrl,
      rpcUrl: proxy.url,
      chainId: ANVIL_CHAIN_ID,
      contract,
      privateKey,
      careless,
    },
    spares,
  );
  try {
    const log = new AnchorLog(db, Date.parse("2026-11-26T12:00:00Z"));
    await log.open();
    const firstBlock = await blockNumber(anvil);
    const wanted = new Map<number, string>();
    for (let checkpoint = 1, size = 0; checkpoint <= checkpoints; checkpoint += 1) {
      size += 1 + below(random, 1_000);
      wanted.set(size, await log.add(size));
      const point = killAt ?? (random() < 0.8 ? KILL_POINTS[below(random, KILL_POINTS.length)] : undefined);
      const whenKilled = killOnce(proxy, process, point, () => count(`killed-at-${point}`));
      if (checkpoint === 1) await process.start();
      await until(
        "the checkpoint is queued",
        async () => ((await stateOf(db, size)) === null ? undefined : true),
        WITHIN_MS,
      );
      for (let step = 0; step < TURMOIL_STEPS; step += 1) {
        if (random() < 0.25) {
          const trouble = ENDPOINT_TROUBLES[below(random, ENDPOINT_TROUBLES.length)] ?? "cut";
          whenKilled.trouble(troubledEndpoint(trouble));
          count(trouble);
        } else whenKilled.trouble(null);
        const { kind } = await befall(anvil, random, (await blockNumber(anvil)) - firstBlock);
        count(kind);
        await sleep(STEP_MS);
      }
      whenKilled.trouble(null);
      await untilFinal(anvil, db, size, () => process.deaths > 0);
      await whenKilled.over();
      // What is told to be final must not lie in what may still be undone.
      await undo(anvil, REORG_BLOCKS_MAX);
      count("reorg");
    }
    const publisher = new Wallet(privateKey).address;
    const judged = await judgeChain({ anvil, db, contract, publisher, wanted, sent: sentThrough(proxy) });
    return {
      misses: [...judged.misses, ...deathsOf(process)].map((miss) => `seed ${seed}: ${miss}`),
      gas: judged.gas,
      figures: { ...figures, ...judged.figures, kills: process.kills },
    };
  } finally {
    await process.stop();
    await proxy.close();
    await close();
  }
}

async function newContract(anvil: Anvil, publisher: string): Promise<string> {
  await anvil.call("anvil_setBalance", [publisher, "0x56bc75e2d63100000"]);
  await anvil.call("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
  await anvil.call("evm_setAutomine", [true]);
  const { contract } = await deployAnchor({ rpcUrl: anvil.url, privateKey: ANVIL_RICH_KEY, publisher });
  await anvil.call("evm_setAutomine", [false]);
  await anvil.mine(FINAL_AFTER_BLOCKS + 1);
  return contract;
}

/** The one thing that is done to the calls: a kill at its point, once, and whatever trouble there is meanwhile. */
function killOnce(
  proxy: RpcProxy,
  process: SupervisedAnchor,
  point: KillPoint | undefined,
  onKill: () => void,
) {
  let killing: Promise<void> | null = null;
  let trouble: typeof proxy.meddle | null = null;
  const kill = async (): Promise<never> => {
    onKill();
    const killed = process.kill();
    killing = killed.then(() => process.start());
    await killed;
    throw new Error("nobody hears the answer");
  };
  proxy.meddle = (call, passOn) => {
    if (killing === null && point !== undefined && call.method === METHOD_OF[point])
      return point === "sent" ? passOn().then(kill, kill) : kill();
    return trouble?.(call, passOn);
  };
  return {
    trouble: (next: typeof trouble) => {
      trouble = next;
    },
    over: async () => {
      await killing;
      proxy.meddle = () => undefined;
    },
  };
}

const METHOD_OF: Readonly<Record<KillPoint, string>> = {
  signed: "eth_sendRawTransaction",
  sent: "eth_sendRawTransaction",
  receipt: "eth_getTransactionReceipt",
  proof: "eth_getBlockReceipts",
};

/** Calm weather: blocks come, and what is in one becomes final. */
async function untilFinal(
  anvil: Anvil,
  db: Database,
  size: number,
  isHopeless: () => boolean,
): Promise<void> {
  let state: string | null = null;
  await until(
    `the anchor of ${size} is final`,
    async () => {
      state = await stateOf(db, size);
      if (state === "finalized" || state === "superseded" || isHopeless()) return true;
      await anvil.mine(state === "mined" || state === "safe" ? FINAL_AFTER_BLOCKS : 1);
      return undefined;
    },
    WITHIN_MS,
  ).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${state}`);
  });
}

const deathsOf = ({ deaths }: SupervisedAnchor) =>
  deaths === 0 ? [] : ["the process that anchors ended by itself"];

async function stateOf(db: Database, size: number): Promise<string | null> {
  const { rows } = await sql<{ state: string }>`SELECT state FROM anchors WHERE size = ${size}`.execute(db);
  return rows[0]?.state ?? null;
}

const blockNumber = async (anvil: Anvil) => Number(await anvil.call<string>("eth_blockNumber"));
const sentThrough = ({ calls }: RpcProxy) =>
  calls.filter(({ method }) => method === "eth_sendRawTransaction").map(({ params }) => String(params[0]));

export const RUN_EVENTS = [
  ...CHAIN_EVENTS,
  ...ENDPOINT_TROUBLES,
  ...KILL_POINTS.map((point) => `killed-at-${point}`),
];
