/** Retention's composition: what people ask of it, and what runs in the background. */
import type { Logger } from "pino";
import type { CloudConfig } from "../../config/cloud.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import type { ArchivePlace } from "./archive/archive-place.ts";
import { LegalHolds } from "./holds/legal-holds.ts";
import type { LegalHoldRoutes } from "./holds/routes.ts";
import type { RetentionMeter, RetentionStatus } from "./retention-meter.ts";
import { RetentionWorker } from "./retention-worker.ts";

export type RetentionDeps = {
  readonly config: Pick<CloudConfig, "hospitals" | "retention">;
  readonly place: ArchivePlace | null;
  /** Stores outside of this database that are fed. */
  readonly fedStores: readonly string[];
  readonly db: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly meter: RetentionMeter;
  readonly log: Logger;
};

export type Retention = {
  readonly routes: LegalHoldRoutes;
  status(): RetentionStatus;
  /** Until the signal; rejects only by a bug. */
  run(signal: AbortSignal): Promise<void>;
};

export function createRetention({ config, ...deps }: RetentionDeps): Retention {
  const worker = new RetentionWorker({
    ...deps,
    policies: config.retention,
    hospitalIds: config.hospitals.map(({ id }) => id),
  });
  return {
    routes: { legalHolds: new LegalHolds(deps) },
    status: () => worker.status(),
    run: (signal) => worker.run(signal),
  };
}
