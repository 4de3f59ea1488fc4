/** The pages of a ward, the rooms, the data's health and the figures, each in its states, as a browser meets them. */
import type { Page } from "playwright-core";
import { aSnapshot } from "./a-bed.ts";
import { aDataHealth } from "./a-data-health.ts";
import { aKpi, someReports } from "./a-kpi.ts";
import type { Scene } from "./board-scenes.ts";
import { type FakeCloud, fakeCloud, NURSE_NORTH, refusingCloud } from "./fake-cloud.ts";
import { sceneBeds } from "./scene.ts";
import { answerWards, withLimits } from "./ward-answers.ts";

const beds = withLimits(sceneBeds());
const words = (page: Page, text: string) => page.getByText(text).first().waitFor();

/** Answers for every page; as a coordinator unless somebody else is named. */
export async function pageCloud(page: Page, session?: typeof NURSE_NORTH): Promise<FakeCloud> {
  const played = await fakeCloud(page, beds, [aSnapshot(beds)], session);
  await answerWards(page, beds);
  await page.route("**/api/v1/data-health*", (route) => route.fulfill({ json: aDataHealth() }));
  await page.route("**/api/v1/kpi*", (route) =>
    route.fulfill({ json: aKpi(new URL(route.request().url()).searchParams) }),
  );
  await page.route("**/api/v1/reports", (route) => route.fulfill({ json: someReports() }));
  return played;
}

const asNurse = (page: Page) => pageCloud(page, NURSE_NORTH);
const asCoordinator = (page: Page) => pageCloud(page);
const unanswered = (page: Page) => fakeCloud(page, [], []);
const WARD = "/wards/north/north-medical";

export const PAGE_SCENES: readonly Scene[] = [
  {
    name: "ward",
    path: WARD,
    prepare: asNurse,
    play: (page) => page.locator(".sparkline").first().waitFor(),
  },
  {
    name: "ward-coordinator",
    path: WARD,
    prepare: asCoordinator,
    play: (page) => page.locator(".sparkline").first().waitFor(),
  },
  {
    name: "ward-missing",
    path: "/wards/north/nowhere",
    prepare: asNurse,
    play: (page) => words(page, "No such ward"),
  },
  {
    name: "ward-loading",
    path: WARD,
    prepare: unanswered,
    play: (page) => page.locator(".ward-room-waits").first().waitFor(),
  },
  {
    name: "ward-failed",
    path: WARD,
    prepare: async (page) => {
      await asNurse(page);
      await page.route("**/api/v1/series*", (route) => route.fulfill({ status: 503, json: {} }));
      await page.route("**/api/v1/series/latest*", (route) => route.fulfill({ status: 503, json: {} }));
    },
    play: async (page) => {
      await words(page, "The service failed (503)");
      await page.getByText("not known", { exact: true }).first().waitFor();
    },
  },
  {
    name: "environment",
    path: "/environment",
    prepare: asCoordinator,
    play: (page) => page.locator(".limit-band").first().waitFor(),
  },
  {
    name: "environment-failed",
    path: "/environment",
    prepare: async (page) => {
      await asCoordinator(page);
      await page.route(/series.*ward=north-intake/, (route) => route.fulfill({ status: 503, json: {} }));
    },
    play: (page) => words(page, "What its sensors say could not be loaded."),
  },
  {
    name: "data-health",
    path: "/data-health",
    prepare: asCoordinator,
    play: (page) => words(page, "Sources by hospital"),
  },
  {
    name: "data-health-denied",
    path: "/data-health",
    prepare: async (page) => {
      await refusingCloud(page, 403);
    },
    play: (page) => words(page, "Your role does not open"),
  },
  {
    name: "kpi",
    path: "/kpi",
    prepare: asCoordinator,
    play: (page) => page.locator(".kpi-bar").first().waitFor(),
  },
];
