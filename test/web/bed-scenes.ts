/** A bed's page in each of its states, as a browser meets it. */
import type { Page } from "playwright-core";
import { aSnapshot } from "./a-bed.ts";
import type { Scene } from "./board-scenes.ts";
import { fakeCloud, NURSE_NORTH } from "./fake-cloud.ts";
import { sceneBeds } from "./scene.ts";

const beds = sceneBeds();
const asNurse = (page: Page) => fakeCloud(page, beds, [aSnapshot(beds)], NURSE_NORTH);
const asCoordinator = (page: Page) => fakeCloud(page, beds, [aSnapshot(beds)]);
const drawn = (page: Page) => page.locator(".trend-plot canvas").first().waitFor();
const PATH = "/beds/north-bed-02";

export const BED_SCENES: readonly Scene[] = [
  { name: "nurse", path: `${PATH}?range=24h`, prepare: asNurse, play: drawn },
  {
    name: "scored",
    path: PATH,
    prepare: asNurse,
    play: async (page) => {
      await drawn(page);
      await page.getByLabel("The patient breathes").selectOption("oxygen");
      await page.getByLabel("Consciousness").selectOption("confusion");
      await page.getByRole("button", { name: "Enter for this calculation" }).click();
      await page.getByText("entered by you at").first().waitFor();
    },
  },
  {
    name: "trends",
    path: `${PATH}?range=30d`,
    prepare: asNurse,
    play: async (page) => {
      await drawn(page);
      await page.locator(".trends").evaluate((element) => element.scrollIntoView());
      await page.locator(".trend-plot").first().hover();
    },
  },
  {
    name: "table",
    path: PATH,
    prepare: asNurse,
    play: async (page) => {
      await drawn(page);
      await page.getByRole("button", { name: "As a table" }).first().click();
      await page.locator(".trends").evaluate((element) => element.scrollIntoView());
    },
  },
  { name: "coordinator", path: PATH, prepare: asCoordinator, play: drawn },
  {
    name: "missing",
    path: "/beds/north-bed-99",
    prepare: asNurse,
    play: (page) => page.getByText("No such bed").waitFor(),
  },
  {
    name: "loading",
    path: PATH,
    prepare: (page) => fakeCloud(page, [], []),
    play: (page) => page.locator(".trend-waits").first().waitFor(),
  },
];
