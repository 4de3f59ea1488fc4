/** Puts together what tells of the evidence. */
import type { Logger } from "pino";
import type { CloudConfig } from "../../../config/cloud.ts";
import type { Clock, Randomness } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { EvidenceViews } from "./evidence-views.ts";

export type EvidencePartDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly config: CloudConfig["evidence"];
};

export function createEvidenceViews({ db, clock, log, config }: EvidencePartDeps) {
  const views = new EvidenceViews({
    db,
    clock,
    log,
    witnessesMin: config.witnessesMin,
    firstAnchorCovering: async () => null,
    anchors: [],
    anchorHealth: async () => null,
  });
  return { views };
}
