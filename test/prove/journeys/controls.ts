/** What must be found as a miss: a screen that is not told of claims, and a bed that never says that somebody lies in it. */
import type { Browser, Page } from "playwright-core";
import { DESK } from "../../web/open-page.ts";
import type { Journey } from "./journey.ts";
import type { JourneyBed } from "./journey-ward.ts";
import { seesTile } from "./screens.ts";

/** Several times what a screen that is told takes. */
const FOUND_AFTER_MS = 3_000;

/** After its first words the live socket tells this screen nothing; what it asks by itself it is answered. */
export async function deafScreen(browser: Browser, link: string): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB" });
  const page = await context.newPage();
  await page.routeWebSocket("**/api/v1/live*", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const { kind } = JSON.parse(String(message)) as { kind: string };
      if (kind === "snapshot" || kind === "evidence") socket.send(message);
    });
  });
  await page.goto(link);
  await page.waitForURL((url) => url.pathname === "/");
  return page;
}

/** Returns what was found missed; two misses are as it must be. */
export async function runControls({ other, bedside, board }: Journey, deaf: Page): Promise<string[]> {
  const bedId: JourneyBed = "general-4";
  bedside.jam(bedId);
  const heldMs = Date.now();
  await other.hold(bedId, "general");
  const held = await seesTile(deaf, bedId, "reserved", false, heldMs, FOUND_AFTER_MS);
  const sinceMs = await bedside.say(bedId, true);
  const present = await seesTile(board, bedId, "occupied", false, sinceMs, FOUND_AFTER_MS);
  return [held, present].flatMap(({ missed }) => missed ?? []);
}
