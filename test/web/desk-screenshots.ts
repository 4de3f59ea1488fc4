/**
 * The pictures of people's work on beds in docs/screens: `node test/web/desk-screenshots.ts`. Runs the demo, lays a
 * morning at its desks, and looks at each page as a coordinator or a nurse.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchChromium } from "../support/chromium.ts";
import { layDeskScene } from "./desk-scene.ts";
import { linksOf, ROOT, signedIn, take } from "./take-pictures.ts";

const PORT_OFFSET = 14_000;
const LIVED_MS = 45_000;
const SETTLED_MS = 3_000;
const FOLDER = "docs/screens";
const BOTH = ["light", "dark"] as const;
const LIGHT = ["light"] as const;

const data = mkdtempSync(join(tmpdir(), "hospitell-screens-"));
const demo = spawn(process.execPath, ["config/demo/start.ts", "--port-offset", String(PORT_OFFSET)], {
  cwd: ROOT,
  env: { ...process.env, HOSPITELL_DATA_DIR: data },
  stdio: ["pipe", "pipe", "inherit"],
});
const browser = await launchChromium();
try {
  const [board = "", , , northLink = "", southLink = ""] = await linksOf(demo);
  const coordinator = await signedIn(browser, board);
  const north = await signedIn(browser, northLink);
  const south = await signedIn(browser, southLink);
  await sleep(LIVED_MS);
  await layDeskScene({ coordinator, north, south });
  const { origin } = new URL(north.url());
  const pictures = [
    [coordinator, "requests", "/requests", BOTH],
    [coordinator, "bookings", "/bookings", BOTH],
    [coordinator, "transfers", "/transfers", LIGHT],
    [north, "conflicts", "/conflicts", LIGHT],
    [north, "cleaning", "/cleaning", LIGHT],
    [coordinator, "wards", "/wards", LIGHT],
    [north, "bed-drawer", "/?bed=north-bed-05", LIGHT],
  ] as const;
  for (const [page, name, path, schemes] of pictures) {
    await page.goto(`${origin}${path}`);
    await sleep(SETTLED_MS);
    await take(page, name, schemes, { folder: FOLDER });
  }
} finally {
  await browser.close();
  demo.kill("SIGINT");
  await new Promise((resolve) => demo.once("exit", resolve));
  rmSync(data, { recursive: true, force: true });
}
