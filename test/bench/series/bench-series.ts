/**
 * The history in figures: readings into PostgreSQL with their roll-ups against a bare COPY, from there into InfluxDB
 * against a bare POST, a month of a bed over HTTP and on the screen, and the memory that a back-fill takes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWeb } from "../../../config/demo/build-web.ts";
import { chromiumPath } from "../../support/chromium.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { hasInfluxd, Influxd } from "../../support/influxd.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";
import type { Bench } from "../bench.ts";
import { againstCopy } from "./against-copy.ts";
import { againstPost } from "./against-post.ts";
import { backFill } from "./back-fill.ts";
import { answeredInMs, drawnInMs } from "./drawn.ts";
import { MonthCloud } from "./month-cloud.ts";
import { storeMonth } from "./stored-month.ts";

/** Of the month's database in the full form; a hundred million by hand. */
const ROWS = Number(process.env.HOSPITELL_BENCH_ROWS ?? 10_000_000);
/** `slack`: by how much a goal may be missed before the run fails; a second or two says little more. */
const FULL = {
  copy: { pairs: 5, batchesPerGateway: 15, slack: 1 },
  post: { pairs: 5, batchesPerGateway: 50, slack: 1 },
  month: { rows: ROWS, everyMs: 60_000 },
  asked: 100,
  drawn: 7,
  memorySlack: 1,
};
const SHORT: typeof FULL = {
  // A COPY of so few rows takes a tenth of a second, and says little.
  copy: { pairs: 3, batchesPerGateway: 3, slack: 4 },
  post: { pairs: 3, batchesPerGateway: 8, slack: 2 },
  month: { rows: 200_000, everyMs: 1_800_000 },
  asked: 20,
  drawn: 3,
  memorySlack: 1.6,
};

export const benchSeries: Bench = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const server = await somePostgresql();
  const hasInflux = hasInfluxd();
  try {
    const copy = await againstCopy(server.url, size.copy, say);
    const post = hasInflux ? await againstPost(server.url, size.post, say) : null;
    const month = await aMonth(server.url, size, hasInflux, say);
    return {
      figures: { copy: copy.figures, post: post?.figures ?? "skipped: no influxd", ...month.figures },
      misses: [...copy.misses, ...(post?.misses ?? []), ...month.misses],
    };
  } finally {
    await server.stop();
  }
};

async function aMonth(
  serverUrl: string,
  { month: wanted, asked, drawn, memorySlack }: typeof FULL,
  hasInflux: boolean,
  say: (line: string) => void,
) {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-bench-month-"));
  const database = await freshDatabase(serverUrl, "bench_month");
  const influxd = hasInflux ? await Influxd.in({ directory: join(directory, "influxd") }) : null;
  const hasChromium = chromiumPath() !== null;
  if (!hasChromium) say("there is no Chromium, so that nothing is drawn");
  try {
    const month = await storeMonth(database.url, wanted, say);
    if (hasChromium) await buildWeb();
    const own = { directory: join(directory, "cloud"), databaseUrl: database.url };
    const cloud = await MonthCloud.start(own);
    const looked = await (async () => {
      try {
        const answered = await answeredInMs(cloud, month, asked);
        return { answered, drawn: hasChromium ? await drawnInMs(cloud, drawn, say) : "skipped: no Chromium" };
      } finally {
        await cloud.stop();
      }
    })();
    const parts = { ...own, month, slack: memorySlack };
    const filled = influxd === null ? null : await backFill({ ...parts, influxd }, say);
    return {
      figures: {
        monthRows: month.rows,
        answered: looked.answered.figures,
        drawn: looked.drawn,
        backFill: filled?.figures ?? "skipped: no influxd",
      },
      misses: [...looked.answered.misses, ...(filled?.misses ?? [])],
    };
  } finally {
    await influxd?.stop("SIGKILL");
    await database.drop();
    rmSync(directory, { recursive: true, force: true });
  }
}
