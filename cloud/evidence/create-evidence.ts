/** Puts together the logs: how they come in, what is told of them, where the network's is anchored; and the documents in it. */
import type { Logger } from "pino";
import type { CloudConfig } from "../../config/cloud.ts";
import { type AnchorPart, createAnchorWorker } from "../anchor/create-anchor.ts";
import { anchorAgeMs, anchorHealth } from "../anchor/repository.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { DeskDeps } from "../desk/desk-transaction.ts";
import { createDocuments } from "../documents/create-documents.ts";
import { kuboPlace } from "../documents/kubo-place.ts";
import type { KeyProvider } from "../encounters/key-provider.ts";
import type { Metrics } from "../health/metrics.ts";
import { createLogIntake } from "./intake/create-log-intake.ts";
import { EvidenceKeeper } from "./keeping/keeper.ts";
import { openNetworkKey } from "./network-key.ts";
import { createEvidenceViews } from "./views/create-evidence-views.ts";

export type EvidenceDeps = {
  readonly desk: DeskDeps;
  /** That seal documents. */
  readonly keys: KeyProvider;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "anchor" | "evidence" | "watchAnchor" | "watchEvidence">;
  readonly config: CloudConfig["evidence"];
  readonly networkKeyFile: string;
  /** Null: nothing is anchored. */
  readonly anchor: AnchorPart | null;
};

/** Throws a StartError where the key is not the one that the database's log was begun with. */
export async function createEvidence(deps: EvidenceDeps) {
  const { desk, keys, clock, randomness, log, metrics, config, networkKeyFile, anchor } = deps;
  const { db } = desk;
  const { witnessesMin, kubo } = config;
  const key = openNetworkKey(networkKeyFile, randomness);
  const logIntake = await createLogIntake({ db, clock, key, meter: metrics.evidence, log });
  metrics.watchEvidence(() => logIntake.figures(witnessesMin));
  const meter = metrics.anchor;
  const anchorWorker = await createAnchorWorker({ part: anchor, witnessesMin, db, clock, meter, log });
  metrics.watchAnchor({
    ageMs: () => anchorAgeMs(db, witnessesMin, clock.nowMs()),
    health: () => anchorHealth(db),
  });
  const views = createEvidenceViews({ db, clock, randomness, log, config });
  const keeper = new EvidenceKeeper({ db, clock, randomness, witnessesMin, log });
  const place = kubo === undefined ? null : kuboPlace(kubo.url);
  const documents = createDocuments({ desk, keys, randomness, log, place });
  return {
    logIntake,
    routes: { ...logIntake.routes, ...documents.routes, evidence: views.views },
    async run(signal: AbortSignal): Promise<void> {
      const parts = [anchorWorker, logIntake, views, documents, keeper];
      await Promise.all(parts.map((part) => part?.run(signal)));
    },
  };
}
