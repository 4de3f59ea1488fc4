/**
 * The pictures in docs/screenshots, of the running system: `node test/web/screenshots.ts`. Starts the demo on ports of
 * its own, looks at board and status page on a desk and a phone, light and dark; then stops a gateway until its beds
 * are stale, and the cloud until the board is offline. Nothing in them is made up.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_SILENT_AFTER_MS } from "../../contracts/bed/freshness.ts";
import { launchChromium } from "../support/chromium.ts";
import { linksOf, ROOT, signedIn, take } from "./take-pictures.ts";

const PORT_OFFSET = 12_000;
/** Ward time runs sixty times as fast as ours: by then beds were used, left and cleaned. */
const LIVED_MS = 100_000;

const data = mkdtempSync(join(tmpdir(), "hospitell-pictures-"));
const demo = spawn(process.execPath, ["config/demo/start.ts", "--port-offset", String(PORT_OFFSET)], {
  cwd: ROOT,
  env: { ...process.env, HOSPITELL_DATA_DIR: data },
  stdio: ["ignore", "pipe", "inherit"],
});
const browser = await launchChromium();
try {
  const [board = "", north = ""] = await linksOf(demo);
  const boards = await signedIn(browser, board);
  const console = await signedIn(browser, north);
  await sleep(LIVED_MS);

  await take(boards, "board", ["light", "dark"]);
  await boards
    .getByRole("button", { name: /occupied/i })
    .first()
    .click();
  await boards.getByRole("dialog").waitFor();
  await take(boards, "bed", ["light", "dark"]);
  await boards.keyboard.press("Escape");
  await take(console, "status", ["light", "dark"]);

  process.kill(pidOf("gateway-south.yaml"), "SIGSTOP");
  await sleep(GATEWAY_SILENT_AFTER_MS + 5_000);
  await take(boards, "board-stale", ["light"]);
  process.kill(pidOf("gateway-south.yaml"), "SIGCONT");
  process.kill(pidOf("cloud.yaml"), "SIGSTOP");
  await boards.context().setOffline(true);
  // A socket without a word for twenty seconds is given up.
  await sleep(26_000);
  await take(boards, "board-offline", ["light"]);
  await sleep(20_000);
  await take(console, "status-cloud-away", ["light"]);
  process.kill(pidOf("cloud.yaml"), "SIGCONT");
} finally {
  await browser.close();
  demo.kill("SIGINT");
  await new Promise((resolve) => demo.once("exit", resolve));
  rmSync(data, { recursive: true, force: true });
}

/** The demo's process whose command line names that file in the demo's folder. */
function pidOf(configFile: string): number {
  const named = join(data, "demo", configFile);
  const pid = readdirSync("/proc").find((entry) => /^\d+$/.test(entry) && commandOf(entry).includes(named));
  if (pid === undefined) throw new Error(`expected a process started with ${named}`);
  return Number(pid);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // It ended between the listing and the look.
    return "";
  }
}
