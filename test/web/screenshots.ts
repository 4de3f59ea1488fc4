/**
 * The pictures in docs/screenshots, of the running system: `node test/web/screenshots.ts`. Starts the demo on ports of
 * its own, looks at board and status page on a desk and a phone, light and dark; then stops a gateway until its beds
 * are stale, and the cloud until the board is offline. Nothing in them is made up.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { GATEWAY_SILENT_AFTER_MS } from "../../contracts/bed/freshness.ts";
import { launchChromium } from "../support/chromium.ts";
import { DESK, PHONE } from "./open-page.ts";

const ROOT = join(import.meta.dirname, "../..");
const PICTURES = join(ROOT, "docs/screenshots");
const PORT_OFFSET = 12_000;
/** Ward time runs sixty times as fast as ours: by then beds were used, left and cleaned. */
const LIVED_MS = 100_000;

const data = mkdtempSync(join(tmpdir(), "hospitell-pictures-"));
mkdirSync(PICTURES, { recursive: true });
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

async function linksOf(program: ChildProcess): Promise<string[]> {
  let said = "";
  program.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  while (!said.includes("Ctrl-C")) {
    if (program.exitCode !== null) throw new Error(said);
    await sleep(100);
  }
  return said.match(/http\S+token=\S+/g) ?? [];
}

async function signedIn(onBrowser: Browser, link: string): Promise<Page> {
  const context = await onBrowser.newContext({ viewport: DESK, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(link);
  // The board's link presses its own button; the gateway's waits for a person.
  if (new URL(page.url()).pathname !== "/")
    await page
      .getByRole("button")
      .click({ timeout: 2_000 })
      .catch(() => undefined);
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

async function take(page: Page, name: string, schemes: readonly ("light" | "dark")[]): Promise<void> {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    for (const [size, viewport] of Object.entries({ "": DESK, "-phone": PHONE })) {
      await page.setViewportSize(viewport);
      await page.waitForTimeout(800);
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}${size}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(DESK);
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
