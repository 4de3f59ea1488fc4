/** Puts together what takes the gateways' logs in, and what makes the network's of them. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import type { NetworkKey } from "../network-key.ts";
import { RecordComparison } from "./compare-records.ts";
import { evidenceFigures } from "./evidence-figures.ts";
import type { EvidenceMeter } from "./evidence-meter.ts";
import { LogAdmin } from "./log-admin.ts";
import { LogIntake } from "./log-intake.ts";
import { openNetworkLog } from "./network-log.ts";
import { Sequencer } from "./sequencer.ts";

export type LogIntakePartDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly key: NetworkKey;
  readonly meter: EvidenceMeter;
  readonly log: Logger;
};

/** Throws a StartError where the database's log is another key's. */
export async function createLogIntake({ db, clock, key, meter, log }: LogIntakePartDeps) {
  const network = await openNetworkLog(db, key);
  const common = { db, clock, newEntryId: randomUUID, log };
  const sequencer = new Sequencer({ db, clock, network, meter, log });
  const comparison = new RecordComparison(common);
  return {
    network,
    sequencer,
    comparison,
    figures: (witnessesMin: number) => evidenceFigures(db, network, witnessesMin, clock.nowMs()),
    routes: {
      logIntake: new LogIntake({ ...common, network, meter }),
      logAdmin: new LogAdmin(common),
    },
    async run(signal: AbortSignal): Promise<void> {
      await Promise.all([sequencer.run(signal), comparison.run(signal)]);
    },
  };
}
