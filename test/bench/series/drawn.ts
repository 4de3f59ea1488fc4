/** Thirty days of one bed: how long its heart rate takes over HTTP, and from the click to the pixels in a browser. */
import { setTimeout as sleep } from "node:timers/promises";
import { SeriesAnswer } from "../../../contracts/wire/history.ts";
import { launchChromium } from "../../support/chromium.ts";
import { percentile } from "../../support/percentile.ts";
import { signIn } from "../../support/sign-in.ts";
import type { BenchOptions } from "../bench.ts";
import { spreadOf } from "../spread.ts";
import type { MonthCloud } from "./month-cloud.ts";
import { BED, DAYS, type StoredMonth } from "./stored-month.ts";

export const DRAWN_MS_GOAL = 300;
const DAY_MS = 86_400_000;
const POINTS = 600;
/** Fewer would not be the month that was stored. */
const POINTS_MIN = 300;
const CLICKED_WITHIN_MS = 60_000;

export async function answeredInMs(cloud: MonthCloud, { toMs }: StoredMonth, times: number) {
  const doctor = await signIn(await cloud.signInLink("doctor"));
  const query = new URLSearchParams({
    bed: BED,
    metric: "heart-rate",
    from: new Date(toMs - DAYS * DAY_MS).toISOString(),
    to: new Date(toMs).toISOString(),
    points: String(POINTS),
  });
  const tookMs: number[] = [];
  let points = 0;
  for (let n = 0; n < times; n++) {
    const begunAtMs = performance.now();
    const text = await (await doctor.get(`/api/v1/series?${query}`)).text();
    tookMs.push(performance.now() - begunAtMs);
    const answer = SeriesAnswer.parse(JSON.parse(text));
    points = Math.max(...answer.series.map((series) => series.points.atMs.length));
  }
  const rounded = (share: number) => Number(percentile(tookMs, share).toFixed(1));
  return {
    figures: { times, points, p50Ms: rounded(0.5), p99Ms: rounded(0.99) },
    misses:
      points >= POINTS_MIN ? [] : [`30 days were to have ${POINTS_MIN} points and more, and had ${points}`],
  };
}

/** Each time in a page that has just been loaded, and without the pointer having come near: nothing is fetched ahead. */
export async function drawnInMs(cloud: MonthCloud, times: number, say: BenchOptions["say"]) {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: "en-GB" });
    const page = await context.newPage();
    await page.goto(await cloud.signInLink("doctor"));
    // The page behind the link presses its own button.
    await page.waitForURL((url) => url.pathname === "/");
    const tookMs: number[] = [];
    for (let n = 0; n < times; n++) {
      await page.goto(`${cloud.url}/beds/${BED}?range=8h`);
      const month = page.getByRole("button", { name: "30 d", exact: true });
      await month.waitFor({ timeout: CLICKED_WITHIN_MS });
      await page.locator(".uplot canvas").first().waitFor({ timeout: CLICKED_WITHIN_MS });
      await sleep(500);
      await page.evaluate(() => performance.clearMarks());
      await month.evaluate((button: HTMLElement) => button.click());
      const ms = await page.waitForFunction(
        () => {
          const [click] = performance.getEntriesByName("trend-click");
          const drawn = performance
            .getEntriesByName("trend-drawn")
            .find(({ startTime }) => click !== undefined && startTime > click.startTime);
          return click === undefined || drawn === undefined ? false : drawn.startTime - click.startTime;
        },
        undefined,
        { timeout: CLICKED_WITHIN_MS },
      );
      tookMs.push(Number(await ms.jsonValue()));
    }
    const spread = spreadOf(tookMs);
    say(`30 days drawn in ${spread.median} ms`);
    return { goalMs: DRAWN_MS_GOAL, ms: spread };
  } finally {
    await browser.close();
  }
}
