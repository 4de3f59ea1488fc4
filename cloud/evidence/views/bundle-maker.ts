/**
 * Makes the bundle of one record. What it serves has passed the check that a stranger makes, against this network's own
 * policy; what does not pass is never served.
 */
import type { Logger } from "pino";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import type { Policy } from "../../../contracts/log/policy.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { type BundleCache, bundleCache, verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { type FinalizedAnchor, firstAnchorCovering } from "../../anchor/repository.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { CloudError } from "../../http/problem.ts";
import { assembleBundle, type BundleSource } from "./assemble-bundle.ts";
import { hasSaid, type LeafFacts, leafOfRecord, provenCheckpoints, type RecordName } from "./bundle-facts.ts";
import { keepBundle, type MadeBundle } from "./bundles.ts";
import { cidOf } from "./content.ts";
import type { ScopedBed } from "./scoped-bed.ts";

/** Where a key was changed, the first checkpoint may be of the one before. */
const CHECKPOINTS_TRIED_MAX = 4;
/** What bundles share is checked once; after so many of them, from the beginning. */
const CACHED_BUNDLES_MAX = 500;

export type BundleMakerDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly witnessesMin: number;
};

/** `policy`: the network's own. */
export type OwnNetwork = { readonly networkLogId: number; readonly policy: Policy };

type Attempt = MadeBundle | RefusalReason;

export class BundleMaker {
  readonly #deps: BundleMakerDeps;
  #cache: BundleCache = bundleCache();
  #cached = 0;

  constructor(deps: BundleMakerDeps) {
    this.#deps = deps;
  }

  /** Refuses with STATEMENT_NOT_FOUND, NOT_WITNESSED_YET or BUNDLE_NOT_PROVEN. */
  async bundle(bed: ScopedBed, name: RecordName, network: OwnNetwork): Promise<MadeBundle> {
    const { db, clock } = this.#deps;
    // Once more where the leaf was erased in between: the second time it is made without what it said.
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const leaf = await this.#leaf(bed, name);
      const made = await this.#proven(leaf, network);
      if (await keepBundle(db, made, { bedId: bed.bedId, leaf, name, nowMs: clock.nowMs() })) return made;
    }
    throw new Error(`record ${name.seq} of journal ${name.epoch} was erased twice`);
  }

  /** The first checkpoint that proves the leaf. */
  async #proven(leaf: LeafFacts, { networkLogId, policy }: OwnNetwork): Promise<MadeBundle> {
    const { db, log, witnessesMin } = this.#deps;
    const limit = CHECKPOINTS_TRIED_MAX;
    const points = await provenCheckpoints(db, leaf, { networkLogId, witnessesMin, limit });
    let refused: RefusalReason | null = null;
    for (const { network, ...point } of points) {
      if (network === null) continue;
      const made = await this.#made(
        { leaf, point: { ...point, network }, networkLogId, witnessesMin },
        policy,
      );
      if (typeof made !== "string") return made;
      refused ??= made;
    }
    if (refused === null) throw notWitnessed(points.length > 0);
    const { origin, index } = leaf;
    log.error({ origin, index, reason: refused }, "a bundle that was made does not pass its own check");
    throw new CloudError("BUNDLE_NOT_PROVEN", `A bundle of it would be refused: ${refused}.`, {
      reason: refused,
    });
  }

  async #leaf(bed: ScopedBed, name: RecordName): Promise<LeafFacts> {
    const { db } = this.#deps;
    const leaf = await leafOfRecord(db, bed, name);
    if (leaf !== null) return leaf;
    if (await hasSaid(db, bed, name))
      throw new CloudError("NOT_WITNESSED_YET", "The gateway has not logged this record yet.", {
        step: "log",
      });
    throw new CloudError("STATEMENT_NOT_FOUND", "The bed said nothing under this number.");
  }

  /** An anchor that does not hold is left out; the bundle says what it can prove without it. */
  async #made(source: Omit<BundleSource, "anchor">, policy: Policy): Promise<Attempt> {
    const { db, log } = this.#deps;
    const anchor = await firstAnchorCovering(db, source.point.network.size);
    const made = await this.#checked({ ...source, anchor }, policy);
    if (typeof made !== "string" || anchor === null) return made;
    log.error(
      { reason: made, ...describe(anchor) },
      "an anchor does not hold, and bundles are made without it",
    );
    return await this.#checked({ ...source, anchor: null }, policy);
  }

  async #checked(source: BundleSource, policy: Policy): Promise<Attempt> {
    const bundle = await assembleBundle(this.#deps.db, source);
    const bytes = encodeBundle(bundle);
    const verdict = verifyBundle(bytes, policy, this.#cacheOfNow());
    if (!verdict.ok) return verdict.reason;
    return { cid: cidOf(bytes).toString(), bytes, hasOpening: bundle.leaf.opening !== null };
  }

  #cacheOfNow(): BundleCache {
    this.#cached += 1;
    if (this.#cached % CACHED_BUNDLES_MAX === 0) this.#cache = bundleCache();
    return this.#cache;
  }
}

const describe = ({ chainId, contract, blockNumber, size }: FinalizedAnchor) => ({
  chainId,
  contract,
  blockNumber,
  size,
});

const notWitnessed = (isEntered: boolean) =>
  isEntered
    ? new CloudError("NOT_WITNESSED_YET", "Too few other gateways have cosigned the network's log since.", {
        step: "witness",
      })
    : new CloudError("NOT_WITNESSED_YET", "The gateway's log has not reached the network's log yet.", {
        step: "network",
      });
