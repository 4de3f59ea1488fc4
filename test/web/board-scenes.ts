/** The coordinator's board in each of its states, as a browser meets it. */
import type { Page } from "playwright-core";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import { aGateway, aSnapshot, at, someEvidence } from "./a-bed.ts";
import { type FakeCloud, fakeCloud, refusingCloud } from "./fake-cloud.ts";
import { sceneBeds } from "./scene.ts";

export type Scene = {
  readonly name: string;
  /** The address below the page's own; left out: its start page. */
  readonly path?: string;
  /** Put in place before the page is loaded. */
  prepare(page: Page): Promise<unknown>;
  /** Done once it is loaded; ends when the scene is on screen. */
  play(page: Page): Promise<unknown>;
};

const beds = sceneBeds();
const withBeds = (page: Page, ...more: LiveMessage[]) => fakeCloud(page, beds, [aSnapshot(beds), ...more]);
const tiles = (page: Page) => page.locator("[data-bed-id]").first().waitFor();
const words = (page: Page, text: string) => page.getByText(text).first().waitFor();
const clouds = new WeakMap<Page, FakeCloud>();

/** The beds of a gateway cannot have been heard since it fell silent. */
const silentSouth = someEvidence(
  [aGateway("south", 75_000), aGateway("north")],
  beds
    .filter(({ hospitalId }) => hospitalId === "south")
    .flatMap(({ bedId, sources }) =>
      sources.map(({ deviceId }) => ({ bedId, deviceId, lastObservedAt: at(77_000) })),
    ),
);

async function search(page: Page, text: string): Promise<void> {
  await tiles(page);
  await page.keyboard.press("/");
  await page.keyboard.type(text);
}

async function open(page: Page, bedId: string): Promise<void> {
  await tiles(page);
  await page.locator(`[data-bed-id="${bedId}"]`).click();
  await words(page, "Load earlier");
}

export const BOARD_SCENES: readonly Scene[] = [
  { name: "board", prepare: withBeds, play: tiles },
  {
    name: "filtered",
    prepare: withBeds,
    play: async (page) => {
      await search(page, "medical occ");
      await words(page, "Show all beds");
    },
  },
  {
    name: "no-match",
    prepare: withBeds,
    play: async (page) => {
      await search(page, "helicopter");
      await words(page, "No bed matches");
    },
  },
  {
    name: "stale",
    prepare: (page) => withBeds(page, silentSouth),
    play: (page) => words(page, "A gateway is silent."),
  },
  {
    name: "offline",
    prepare: async (page) => clouds.set(page, await withBeds(page)),
    play: async (page) => {
      await tiles(page);
      await clouds.get(page)?.drop();
      await words(page, "This browser has lost the service.");
    },
  },
  { name: "drawer", prepare: withBeds, play: (page) => open(page, "north-bed-01") },
  {
    name: "drawer-scrolled",
    prepare: withBeds,
    play: async (page) => {
      await open(page, "north-bed-01");
      await page.locator(".drawer-dialog").evaluate((drawer) => drawer.scrollTo(0, 480));
    },
  },
  {
    name: "drawer-offline",
    prepare: async (page) => clouds.set(page, await withBeds(page)),
    play: async (page) => {
      await open(page, "north-bed-01");
      await clouds.get(page)?.drop();
      await page.getByRole("dialog").getByText("This browser has lost the service.").waitFor();
    },
  },
  { name: "drawer-conflict", prepare: withBeds, play: (page) => open(page, "south-bed-02") },
  { name: "drawer-disagree", prepare: withBeds, play: (page) => open(page, "south-bed-09") },
  {
    name: "drawer-disagree-scrolled",
    prepare: withBeds,
    play: async (page) => {
      await open(page, "south-bed-09");
      await page.locator(".drawer-dialog").evaluate((drawer) => drawer.scrollTo(0, 900));
    },
  },
  { name: "drawer-isolation", prepare: withBeds, play: (page) => open(page, "south-bed-10") },
  {
    name: "empty",
    prepare: (page) => fakeCloud(page, [], [aSnapshot([], { gateways: [] })]),
    play: (page) => words(page, "No beds yet"),
  },
  {
    name: "loading",
    prepare: (page) => fakeCloud(page, [], []),
    play: (page) => page.locator(".skeleton-tile").first().waitFor(),
  },
  {
    name: "no-answer",
    prepare: async (page) => (await fakeCloud(page, [], [])).drop(),
    play: (page) => words(page, "The service does not answer"),
  },
  {
    name: "signed-out",
    prepare: (page) => refusingCloud(page, 401),
    play: (page) => words(page, "You are signed out"),
  },
  {
    name: "denied",
    prepare: (page) => refusingCloud(page, 403),
    play: (page) => words(page, "Your role does not open"),
  },
];
