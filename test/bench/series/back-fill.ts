/** What the cloud's process takes of memory while it brings everything that is stored to an InfluxDB that has nothing. */
import { setTimeout as sleep } from "node:timers/promises";
import { DataHealth } from "../../../contracts/wire/data-health.ts";
import type { Influxd } from "../../support/influxd.ts";
import { rssMibOf } from "../../support/process-facts.ts";
import { type SignedIn, signIn } from "../../support/sign-in.ts";
import type { BenchOptions } from "../bench.ts";
import { MonthCloud } from "./month-cloud.ts";
import type { StoredMonth } from "./stored-month.ts";

/** The most of the second half against the most of the first. A leak of ten million rows would be a multiple. */
export const GROWTH_MAX = 1.25;
const LOOK_EVERY_MS = 500;
const DATABASE = "backfill";
const FED_WITHIN_MS = 1_800_000;

export type BackFillParts = {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly influxd: Influxd;
  readonly month: StoredMonth;
  readonly slack: number;
};

export async function backFill(
  { directory, databaseUrl, influxd, month, slack }: BackFillParts,
  say: BenchOptions["say"],
) {
  const influxdb = { api: "1", url: influxd.url, database: DATABASE } as const;
  const begunAtMs = performance.now();
  const cloud = await MonthCloud.start({ directory, databaseUrl, influxdb });
  try {
    const engineer = await signIn(await cloud.signInLink("facility-engineer"));
    const rssMib: number[] = [];
    for (let behind = Number.POSITIVE_INFINITY; behind > 0; ) {
      if (performance.now() - begunAtMs > FED_WITHIN_MS)
        throw new Error(`the back-fill was to end within ${FED_WITHIN_MS / 1_000} s; ${behind} are left`);
      rssMib.push(rssMibOf(cloud.pid));
      behind = await behindRecords(engineer);
      await sleep(LOOK_EVERY_MS);
    }
    const tookS = (performance.now() - begunAtMs) / 1_000;
    const half = Math.ceil(rssMib.length / 2);
    const first = Math.max(...rssMib.slice(0, half));
    const second = Math.max(...rssMib.slice(half));
    const growth = Number((second / first).toFixed(3));
    say(`back-fill of ${month.rows}: ${first} MiB at most in the first half, ${second} in the second`);
    return {
      figures: {
        rows: month.rows,
        perSecond: Math.round(month.rows / tookS),
        firstHalfMibMax: first,
        secondHalfMibMax: second,
        differenceMib: Number((second - first).toFixed(1)),
        growth,
      },
      misses:
        rssMib.length < 2 || growth <= GROWTH_MAX * slack
          ? []
          : [`memory was to stay flat while it back-fills, and grew ${growth}-fold`],
    };
  } finally {
    await cloud.stop();
  }
}

/** Looked at now and then only: to count what is left costs the database something too. */
async function behindRecords(engineer: SignedIn): Promise<number> {
  const answer = await engineer.get("/api/v1/data-health");
  const { stores } = DataHealth.parse(await answer.json());
  const store = stores.find(({ stage }) => stage === "influxdb");
  return store?.behindRecords ?? Number.POSITIVE_INFINITY;
}
