/** The board in a real browser, played by a cloud of the test's own: what only a browser can show. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { aGateway, aSnapshot, someChanges, someEvidence } from "./a-bed.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { type FakeCloud, fakeCloud } from "./fake-cloud.ts";
import { DESK, openPage } from "./open-page.ts";
import { sceneBeds } from "./scene.ts";

const beds = sceneBeds();
const bed = (bedId: string) => {
  const found = beds.find((known) => known.bedId === bedId);
  if (found === undefined) throw new Error(`the scene has no bed ${bedId}`);
  return found;
};

describeInBrowser("the board in a browser", (board: ServedBoard) => {
  /** Runs on a board of the scene's beds; at the end the browser must have had nothing to complain of. */
  async function onBoard(
    query: string,
    play: (page: Page, cloud: FakeCloud) => Promise<void>,
  ): Promise<void> {
    const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
    const cloud = await fakeCloud(page, beds, [aSnapshot(beds, { seq: 40 })]);
    await page.goto(`${board.url}/${query}`);
    await page.locator("[data-bed-id]").first().waitFor();
    await play(page, cloud);
    expect(complaints).toEqual([]);
    await close();
  }

  const tile = (page: Page, bedId: string) => page.locator(`button[data-bed-id="${bedId}"]`);
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("data-bed-id"));

  test.concurrent("fits two hospitals of 14 beds on one screen, nothing scrolling in either direction", () =>
    onBoard("", async (page) => {
      expect(await page.locator("[data-bed-id]").count()).toBe(28);
      const size = await page.evaluate(() => {
        const { scrollHeight, scrollWidth } = document.documentElement;
        return [scrollHeight, scrollWidth];
      });
      expect(size).toEqual([DESK.height, DESK.width]);
    }));

  test.concurrent("says of each tile by attribute what it says in words", () =>
    onBoard("", async (page) => {
      const settling = tile(page, "north-bed-11");
      expect(await settling.getAttribute("data-settling")).toBe("present");
      expect(await settling.getAttribute("data-badges")).toBe("settling claims-unknown");
      expect(await settling.textContent()).toContain("Settling: in bed");
      const stale = tile(page, "north-bed-10");
      expect(await stale.getAttribute("data-display")).toBe("unknown");
      expect(await stale.getAttribute("data-verification")).toBe("stale");
    }));

  test.concurrent("opens a bed from the keyboard, and Escape leads back to its tile and its URL", () =>
    onBoard("?q=1a", async (page) => {
      await tile(page, "north-bed-01").focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Bed 1A" }).waitFor();
      expect(new URL(page.url()).search).toBe("?q=1a&bed=north-bed-01");
      await page.getByText("Not used: out of range").waitFor();
      await page.getByRole("button", { name: "Load earlier" }).click();
      await page.getByText("Put into service").waitFor();
      // The focus is on a button that has nothing left to do; it must not be lost with it.
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await soon(async () => expect(await focused(page)).toBe("north-bed-01"));
      expect(new URL(page.url()).search).toBe("?q=1a");
    }));

  test.concurrent("opens the bed that the URL names, and says so where there is none", () =>
    onBoard("?bed=south-bed-02", async (page) => {
      await page.getByRole("dialog", { name: "Bed 1B" }).waitFor();
      await page.getByText("Somebody has to look.").waitFor();
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.goto(`${board.url}/?bed=north-bed-99`);
      await page.getByRole("dialog", { name: "No such bed" }).waitFor();
    }));

  test.concurrent("the details follow the bed while they are open", () =>
    onBoard("?bed=north-bed-01", async (page, cloud) => {
      await page.getByText("Bookable: yes").waitFor();
      cloud.send(someChanges(41, [{ ...bed("north-bed-02"), bedId: bed("north-bed-01").bedId }]));
      await page.getByText("Bookable: no").waitFor();
      await page.getByText("A patient is admitted to the bed.").first().waitFor();
    }));

  test.concurrent("slash searches, Escape shows all again, arrows step between tiles", () =>
    onBoard("", async (page) => {
      await page.keyboard.press("/");
      await page.keyboard.type("3c");
      await soon(async () => expect(await page.locator("[data-bed-id]").count()).toBe(2));
      expect(new URL(page.url()).search).toBe("?q=3c");
      await page.keyboard.press("Escape");
      await soon(async () => expect(await page.locator("[data-bed-id]").count()).toBe(28));
      await tile(page, "north-bed-01").focus();
      for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"]) await page.keyboard.press(key);
      expect(await focused(page)).toBe("north-bed-06");
    }));

  test.concurrent("comes back after a loss, asks only for what it missed, and has its colour again", () =>
    onBoard("", async (page, cloud) => {
      const linkOf = () => page.evaluate(() => document.documentElement.dataset.link);
      await cloud.drop();
      await page.getByText("This browser has lost the service.").waitFor();
      expect(await linkOf()).toBe("lost");
      expect(await tile(page, "north-bed-01").textContent()).toContain("Available");
      cloud.putUp();
      await page.getByRole("button", { name: "Try now" }).click();
      await soon(async () => expect(cloud.connected).toEqual(["", "?after=40"]));
      cloud.send(someChanges(42, [{ ...bed("north-bed-02"), bedId: bed("north-bed-01").bedId }]));
      await soon(async () =>
        expect(await tile(page, "north-bed-01").getAttribute("data-display")).toBe("occupied"),
      );
      expect(await linkOf()).toBe("held");
      await page.getByText("This browser has lost the service.").waitFor({ state: "detached" });
    }));

  test.concurrent("a silent gateway takes its beds with it by time alone, with one banner", () =>
    onBoard("", async (page, cloud) => {
      cloud.send(someEvidence([aGateway("north", 28_500), aGateway("south", -60_000)]));
      await page.getByText("A gateway is silent.").waitFor();
      const shown = await page
        .locator('[data-bed-id^="north"]')
        .evaluateAll((all) => all.map((each) => each.getAttribute("data-display")));
      // Blocked is the facility's word, which no sensor takes back.
      expect(new Set(shown)).toEqual(new Set(["unknown", "blocked"]));
      expect(await page.locator('[data-bed-id^="south"][data-display="occupied"]').count()).toBeGreaterThan(
        5,
      );
      expect(await page.locator(".banner").count()).toBe(1);
    }));

  test.concurrent("ages tick between messages, from the server's time", () =>
    onBoard("", async (page) => {
      const ageOf = () => tile(page, "north-bed-10").locator(".tile-age").textContent();
      expect(await ageOf()).toBe("4 min ago");
      const young = tile(page, "north-bed-11").locator(".tile-age");
      const secondsOf = async () => Number.parseInt((await young.textContent()) ?? "", 10);
      const before = await secondsOf();
      await soon(async () => expect(await secondsOf()).toBeGreaterThan(before));
    }));

  test.concurrent("tells a screen reader what changed, in one sentence", () =>
    onBoard("", async (page, cloud) => {
      const away = ["north-bed-01", "south-bed-03"].map((bedId) => ({
        ...bed("north-bed-02"),
        ...placeOf(bedId),
      }));
      cloud.send(someChanges(43, away));
      await page
        .locator('[role="status"]', { hasText: "2 beds became occupied." })
        .waitFor({ state: "attached" });
    }));

  function placeOf(bedId: string) {
    const { hospitalId, ward, room, label, sources } = bed(bedId);
    return { bedId: bed(bedId).bedId, hospitalId, ward, room, label, sources };
  }

  test.concurrent("keeps the chosen theme", () =>
    onBoard("", async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await ground();
      await page.getByLabel("Colour theme").selectOption("dark");
      const dark = await ground();
      expect(dark).not.toBe(light);
      await page.reload();
      await page.locator("[data-bed-id]").first().waitFor();
      expect(await ground()).toBe(dark);
    }));
});
