/** Puts together what tells of the evidence. */
import type { Logger } from "pino";
import type { CloudConfig } from "../../../config/cloud.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { EvidenceViews } from "./evidence-views.ts";
import { openKubo } from "./kubo.ts";
import { Publisher } from "./publisher.ts";

export type EvidencePartDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly config: CloudConfig["evidence"];
};

export function createEvidenceViews({ db, clock, randomness, log, config }: EvidencePartDeps) {
  const views = new EvidenceViews({
    db,
    clock,
    log,
    witnessesMin: config.witnessesMin,
  });
  const { kubo } = config;
  const publisher =
    kubo === undefined ? null : new Publisher({ db, store: openKubo(kubo.url), clock, randomness, log });
  return {
    views,
    /** Until the signal; rejects only by a bug. */
    async run(signal: AbortSignal): Promise<void> {
      await publisher?.run(signal);
    },
  };
}
