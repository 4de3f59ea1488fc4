/** Puts together what anchors the network's log, as it is configured. */
import { parseUnits, Wallet } from "ethers";
import type { Logger } from "pino";
import type { Anchor } from "../../config/anchor.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { ANSWER_MS_MAX, Chain } from "./chain.ts";
import { declareTarget, PendingAnchors } from "./pending-anchors.ts";
import { cronSchedule } from "./schedule.ts";
import { type AnchorMeter, AnchorWorker } from "./worker.ts";
import type { WriterLock } from "./writer-lock.ts";

/** With what the configuration names. */
export type AnchorPart = {
  readonly config: Anchor;
  /** 0x and 64 hexadecimal digits. */
  readonly privateKey: string;
  readonly lock: WriterLock;
  /** For how long an endpoint's answer is waited for. */
  readonly answerMsMax?: number;
};
export type AnchorDeps = {
  /** Null: nothing is anchored. */
  readonly part: AnchorPart | null;
  readonly witnessesMin: number;
  readonly db: Database;
  readonly clock: Clock;
  readonly meter: AnchorMeter;
  readonly log: Logger;
};

/** Null where nothing is to be anchored; that, too, is said in the database. */
export async function createAnchorWorker(deps: AnchorDeps): Promise<AnchorWorker | null> {
  const { part, db, ...others } = deps;
  await declareTarget(db, part === null ? null : part.config);
  if (part === null) return null;
  const { config, privateKey, lock, answerMsMax = ANSWER_MS_MAX } = part;
  return new AnchorWorker({
    ...others,
    target: { chainId: config.chainId, contract: config.contract },
    chain: new Chain({ ...config, answerMsMax }),
    anchors: new PendingAnchors(db, config),
    wallet: new Wallet(privateKey),
    limits: {
      feeCapWei: parseUnits(config.feeCapGwei.toFixed(9), "gwei"),
      bumpAfterBlocks: config.bumpAfterBlocks,
    },
    lookEveryMs: config.lookEverySeconds * 1_000,
    schedule: cronSchedule(config.schedule),
    lock,
  });
}
