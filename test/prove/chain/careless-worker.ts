/** The anchoring with one of its precautions left out: what the proof must find. */
import { parseUnits, Wallet } from "ethers";
import { ANSWER_MS_MAX, Chain } from "../../../cloud/anchor/chain.ts";
import type { AnchorDeps } from "../../../cloud/anchor/create-anchor.ts";
import type { ChainView, PendingAnchor } from "../../../cloud/anchor/decide-step.ts";
import { declareTarget, type NewTransaction, PendingAnchors } from "../../../cloud/anchor/pending-anchors.ts";
import { cronSchedule } from "../../../cloud/anchor/schedule.ts";
import { AnchorWorker } from "../../../cloud/anchor/worker.ts";
import type { CarelessWay } from "./messages.ts";

export const createCarelessWorker = (way: CarelessWay) => async (deps: AnchorDeps) => {
  const { part, db, ...others } = deps;
  if (part === null) return null;
  const { config, privateKey, lock, answerMsMax = ANSWER_MS_MAX } = part;
  await declareTarget(db, config);
  const options = { ...config, answerMsMax };
  const chain = way === "believes-before-it-is-final" ? new CredulousChain(options) : new Chain(options);
  return new AnchorWorker({
    ...others,
    target: config,
    chain,
    anchors:
      way === "sends-before-it-stores" ? new HastyAnchors(db, config, chain) : new PendingAnchors(db, config),
    wallet: new Wallet(privateKey),
    limits: {
      feeCapWei: parseUnits(String(config.feeCapGwei), "gwei"),
      bumpAfterBlocks: config.bumpAfterBlocks,
    },
    lookEveryMs: config.lookEverySeconds * 1_000,
    schedule: cronSchedule(config.schedule),
    lock,
  });
};

/** To whom the newest block is final. */
class CredulousChain extends Chain {
  override async look(publisher: string): Promise<ChainView> {
    const view = await super.look(publisher);
    return { ...view, safeBlock: view.newestBlock, finalBlock: view.newestBlock };
  }
}

class HastyAnchors extends PendingAnchors {
  readonly #chain: Chain;

  constructor(db: AnchorDeps["db"], target: ConstructorParameters<typeof PendingAnchors>[1], chain: Chain) {
    super(db, target);
    this.#chain = chain;
  }

  override async signed(anchor: PendingAnchor, transaction: NewTransaction, nowMs: number): Promise<boolean> {
    await this.#chain.send(transaction.rawTransaction);
    return await super.signed(anchor, transaction, nowMs);
  }
}
