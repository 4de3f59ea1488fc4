/** The anchoring as a process of its own, on PostgreSQL: it loads, is told what to do, and does it until it is killed. */
import { once } from "node:events";
import { pino } from "pino";
import { createAnchorWorker } from "../../../cloud/anchor/create-anchor.ts";
import { advisoryLock } from "../../../cloud/anchor/writer-lock.ts";
import { systemClock } from "../../../cloud/clock.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { Anchor } from "../../../config/anchor.ts";
import { createCarelessWorker } from "./careless-worker.ts";
import type { Begin, FromProcess } from "./messages.ts";

const EVERY_SECOND = "* * * * * *";
const LOOK_EVERY_S = 0.2;
/** An endpoint that hangs is to be found out within a run. */
const ANSWER_MS_MAX = 500;

process.once("disconnect", () => process.exit(0));
process.send?.({ kind: "loaded" } satisfies FromProcess);
const [begin] = (await once(process, "message")) as [Begin];
const { db } = openPostgresql({ url: begin.databaseUrl, onIdleError: () => {} });
const create = begin.careless === null ? createAnchorWorker : createCarelessWorker(begin.careless);
const worker = await create({
  part: {
    config: Anchor.parse({
      rpcUrls: [begin.rpcUrl],
      chainId: begin.chainId,
      contract: begin.contract,
      schedule: EVERY_SECOND,
      lookEverySeconds: LOOK_EVERY_S,
      feeCapGwei: 500,
    }),
    privateKey: begin.privateKey,
    lock: advisoryLock(db),
    answerMsMax: ANSWER_MS_MAX,
  },
  witnessesMin: 1,
  db,
  clock: systemClock,
  meter: { troubled: () => {} },
  log: pino({ enabled: false }),
});
await worker?.run(new AbortController().signal);
