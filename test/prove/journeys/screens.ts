/** People at their screens, in a real browser, and how long something takes to reach them. */
import type { Browser, Page } from "playwright-core";
import { DESK } from "../../web/open-page.ts";
import type { JourneyBed } from "./journey-ward.ts";

/** A screen that does not show it within this has missed it; on a busy machine a frame may come late. */
const SHOWN_WITHIN_MS = 10_000;
/** Where all clocks were set: the gateway counts as silent until its next heartbeat, which comes every five seconds. */
export const SHOWN_AFTER_AHEAD_MS = 15_000;

/** Of a click and a page on a machine that does much else. */
const ANSWERED_WITHIN_MS = 60_000;

export async function screenOf(browser: Browser, link: string, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB" });
  context.setDefaultTimeout(ANSWERED_WITHIN_MS);
  const page = await context.newPage();
  await page.goto(link);
  // The link's page presses its own button where scripts run.
  await page.waitForURL((url) => url.pathname === "/");
  if (path !== "/") await page.goto(new URL(path, link).href);
  return page;
}

/** From a page to another as a person goes, without loading anything anew. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name, exact: true }).click();
}

export type Seen = { readonly tookMs: number; readonly missed: string | null };

/** From `sinceMs` until the page shows it, looked for at every frame. */
export async function shown(
  page: Page,
  what: string,
  sinceMs: number,
  look: (argument: string) => boolean,
  argument = "",
  withinMs = SHOWN_WITHIN_MS,
): Promise<Seen> {
  try {
    await page.waitForFunction(look, argument, { polling: "raf", timeout: withinMs });
    return { tookMs: Date.now() - sinceMs, missed: null };
  } catch {
    const text = (await page.locator("main").innerText()).replaceAll(/\s+/g, " ");
    return {
      tookMs: Date.now() - sinceMs,
      missed: `${what} ${argument}; the screen says: ${text.slice(-600)}`,
    };
  }
}

/** The page's main part has these words somewhere; several, parted by `|`, all of them. */
export const says = (words: string) => {
  const text = document.querySelector("main")?.textContent?.toLowerCase() ?? "";
  return words
    .toLowerCase()
    .split("|")
    .every((part) => text.includes(part));
};

/** `icu-1 reserved false`: the tile of the bed, what it shows and whether it is bookable. */
const tileShows = (wanted: string) => {
  const [bedId, display, bookable] = wanted.split(" ");
  const tile = document.querySelector(`[data-bed-id="${bedId}"]`);
  return (
    tile?.getAttribute("data-display") === display &&
    (bookable === undefined || tile?.getAttribute("data-bookable") === bookable)
  );
};

export const seesTile = (
  page: Page,
  bedId: JourneyBed,
  display: string,
  isBookable: boolean,
  sinceMs: number,
  withinMs = SHOWN_WITHIN_MS,
) => shown(page, `${bedId} ${display}`, sinceMs, tileShows, `${bedId} ${display} ${isBookable}`, withinMs);
