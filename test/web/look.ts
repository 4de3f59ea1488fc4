/**
 * Both webs in all their states, to be looked at: `node test/web/look.ts [name …]`. Builds them, feeds them messages
 * that fit their schemas, and leaves a picture of each state in light, dark, on a desk and on a phone under var/look.
 * Ends with 1 where axe or the browser complains.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { launchChromium } from "../support/chromium.ts";
import { BED_SCENES } from "./bed-scenes.ts";
import { BOARD_SCENES, type Scene } from "./board-scenes.ts";
import { EVIDENCE_SCENES } from "./evidence-scenes.ts";
import { axeViolations, DESK, openPage, PHONE } from "./open-page.ts";
import { PAGE_SCENES } from "./page-scenes.ts";
import { serveDist } from "./serve-dist.ts";
import { STATUS_SCENES } from "./status-scenes.ts";

const ROOT = join(import.meta.dirname, "../..");
const PICTURES = join(ROOT, "var/look");
const WEBS = [
  { name: "board", dir: "cloud/web", scenes: BOARD_SCENES },
  { name: "bed", dir: "cloud/web", scenes: BED_SCENES },
  { name: "evidence", dir: "cloud/web", scenes: EVIDENCE_SCENES },
  { name: "page", dir: "cloud/web", scenes: PAGE_SCENES },
  { name: "status", dir: "gateway/web", scenes: STATUS_SCENES },
] as const;

const wanted = process.argv.slice(2);
mkdirSync(PICTURES, { recursive: true });
const browser = await launchChromium();
let faults = 0;
for (const web of WEBS) {
  await build({ configFile: join(ROOT, web.dir, "vite.config.ts"), logLevel: "warn" });
  const served = await serveDist(join(ROOT, web.dir, "dist"));
  for (const scene of web.scenes)
    if (wanted.length === 0 || wanted.includes(`${web.name}-${scene.name}`))
      faults += await lookAt(browser, served.url, `${web.name}-${scene.name}`, scene);
  served.close();
}
await browser.close();
process.exitCode = faults === 0 ? 0 : 1;

async function lookAt(browser: Browser, url: string, name: string, scene: Scene): Promise<number> {
  let faults = 0;
  for (const [size, viewport] of Object.entries({ desk: DESK, phone: PHONE }))
    for (const colorScheme of ["light", "dark"] as const) {
      const hasTouch = size === "phone";
      const { page, complaints, close } = await openPage(browser, url, { viewport, colorScheme, hasTouch });
      await scene.prepare(page);
      await page.goto(url + (scene.path ?? ""));
      await scene.play(page);
      // Animations of the drawer and of changed tiles are over.
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(PICTURES, `${name}-${size}-${colorScheme}.png`) });
      const found = [...complaints, ...(await axeViolations(page))];
      console.log(`${found.length === 0 ? "ok " : "BAD"} ${name} ${size} ${colorScheme}`);
      for (const fault of found) console.log(`    ${fault}`);
      faults += found.length;
      await close();
    }
  return faults;
}
