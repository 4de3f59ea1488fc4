/**
 * The pictures of history in docs/screenshots: `DATABASE_URL=… node test/web/history-screenshots.ts`, with an empty
 * PostgreSQL. A month of the demo's wards is written through the cloud's own ingest; then the demo runs on that database,
 * and a nurse looks at a bed, a ward, rooms, the data and the wards' figures. `--filled`: the month is there already.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "../support/chromium.ts";
import { linksOf, ROOT, signedIn, take } from "./take-pictures.ts";

const PORT_OFFSET = 13_000;
const LIVED_MS = 60_000;
const SETTLED_MS = 4_000;
const PAGES = {
  bed: "/beds/north-bed-02?range=30d",
  ward: "/wards/north/north-medical",
  environment: "/environment",
  "data-health": "/data-health",
  kpi: "/kpi",
} as const;

const { DATABASE_URL } = process.env;
if (DATABASE_URL === undefined) throw new Error("DATABASE_URL was expected to name an empty PostgreSQL");
if (!process.argv.includes("--filled"))
  execFileSync(process.execPath, ["test/support/fill-month.ts", "--database", DATABASE_URL], {
    cwd: ROOT,
    stdio: "inherit",
  });
const data = mkdtempSync(join(tmpdir(), "hospitell-pictures-"));
const demo = spawn(process.execPath, ["config/demo/start.ts", "--port-offset", String(PORT_OFFSET)], {
  cwd: ROOT,
  env: { ...process.env, HOSPITELL_DATA_DIR: data },
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await launchChromium();
try {
  const [, , , nurseLink = ""] = await linksOf(demo);
  const nurse = await signedIn(browser, nurseLink);
  await sleep(LIVED_MS);
  const { origin } = new URL(nurse.url());
  for (const [name, path] of Object.entries(PAGES)) {
    await nurse.goto(`${origin}${path}`);
    await sleep(SETTLED_MS);
    await take(nurse, `history-${name}`, ["light", "dark"], { fullPage: name === "bed" });
  }
} finally {
  await browser.close();
  demo.kill("SIGINT");
  await new Promise((resolve) => demo.once("exit", resolve));
  rmSync(data, { recursive: true, force: true });
}
