/** A bed's page and the way to it in a real browser, played by a cloud of the test's own. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { aGateway, aSnapshot, MIN, NOW_MS, someEvidence } from "./a-bed.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { type FakeCloud, fakeCloud, NURSE_NORTH } from "./fake-cloud.ts";
import { axeViolations, DESK, openPage, PHONE } from "./open-page.ts";
import { sceneBeds } from "./scene.ts";

const beds = sceneBeds();
const BED = "/beds/north-bed-02";

describeInBrowser("a bed's page in a browser", (board: ServedBoard) => {
  /** At the end the browser must have had nothing to complain of. */
  async function onPage(
    path: string,
    play: (page: Page, cloud: FakeCloud) => Promise<void>,
    {
      session = NURSE_NORTH,
      viewport = DESK,
    }: { session?: Parameters<typeof fakeCloud>[3]; viewport?: typeof DESK | typeof PHONE } = {},
  ): Promise<void> {
    const { page, complaints, close } = await openPage(board.browser, board.url, { viewport });
    const cloud = await fakeCloud(page, beds, [aSnapshot(beds)], session);
    await page.goto(board.url + path);
    await play(page, cloud);
    expect(complaints).toEqual([]);
    await close();
  }

  const drawn = (page: Page) => page.locator(".trend-plot canvas").first().waitFor();
  const seriesAsked = ({ asked }: FakeCloud) => asked.filter((path) => path.startsWith("/api/v1/series?"));
  const spanOf = (path: string | undefined) => {
    const query = new URLSearchParams(path?.split("?")[1]);
    return Date.parse(query.get("to") ?? "") - Date.parse(query.get("from") ?? "");
  };

  test("is reached from the board by keyboard, and the browser's way back leads back", () =>
    onPage("/?bed=north-bed-02", async (page) => {
      await page.getByRole("dialog", { name: "Bed 1B" }).waitFor();
      await page.getByRole("link", { name: "History" }).press("Enter");
      await page.getByRole("heading", { name: "Bed 1B" }).waitFor();
      expect(new URL(page.url()).pathname).toBe(BED);
      await soon(async () => expect(await page.title()).toBe("Hospitell · Bed 1B, history"));
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
      await page.goBack();
      await page.getByRole("dialog", { name: "Bed 1B" }).waitFor();
      expect(await page.title()).toBe("Hospitell · Live beds");
    }));

  test("the navigation marks where one is, by keyboard and on a phone", () =>
    onPage(
      "/",
      async (page) => {
        await page.locator("[data-bed-id]").first().waitFor();
        await page.keyboard.press("Tab");
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
        const navigation = page.getByRole("navigation", { name: "Pages" });
        const links = navigation.getByRole("link");
        const openMenu = () =>
          navigation.getByRole("button", { name: "Pages", expanded: false }).press("Enter");
        await openMenu();
        const current = () =>
          links.evaluateAll((all) =>
            all
              .filter((link) => link.ariaCurrent !== null || link.getAttribute("aria-current") === "page")
              .map((link) => link.textContent),
          );
        expect(await current()).toEqual(["Live beds"]);
        await links.filter({ hasText: "Data health" }).press("Enter");
        await soon(async () => expect(new URL(page.url()).pathname).toBe("/data-health"));
        await openMenu();
        await soon(async () => expect(await current()).toEqual(["Data health"]));
        expect(await page.title()).toBe("Hospitell · Data health");
        const [width, shown] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        expect(width).toBe(shown);
      },
      { viewport: PHONE },
    ));

  test("an address that is no page says so", () =>
    onPage("/nowhere", async (page) => {
      await page.getByText("There is no such page").waitFor();
      await page.getByRole("link", { name: "Go to the live beds" }).click();
      await page.locator("[data-bed-id]").first().waitFor();
    }));

  test("a value never stands without its age, nor a doubtful one without why", () =>
    onPage(BED, async (page) => {
      const tile = (metric: string) => page.locator(`.vital-tile[data-metric="${metric}"]`);
      await soon(async () => expect(await tile("spo2").textContent()).toMatch(/97 %\d+ s ago/));
      expect(await tile("body-temperature").locator("s").textContent()).toBe("37.2 °C");
      expect(await tile("body-temperature").textContent()).toContain("Stale47 min ago");
      expect(await tile("perfusion-index").locator("s").textContent()).toBe("24.5 %");
      expect(await tile("perfusion-index").textContent()).toContain("Not used: out of range");
      expect(await tile("systolic-pressure").textContent()).toContain("no value");
    }));

  test("what was fresh goes stale by itself when its gateway falls silent", () =>
    onPage(BED, async (page, cloud) => {
      const spo2 = page.locator('.vital-tile[data-metric="spo2"]');
      await soon(async () => expect(await spo2.textContent()).toContain("97 %"));
      cloud.send(someEvidence([aGateway("north", 31_000)]));
      await soon(async () => expect(await spo2.textContent()).toContain("Stale"));
      expect(await spo2.locator("s").textContent()).toBe("97 %");
      await page.getByTitle("Gateway silent").first().waitFor({ state: "attached" });
    }));

  test("NEWS2 names what it lacks, takes what a person enters, and forgets it on leaving", () =>
    onPage(BED, async (page) => {
      const total = page.locator(".news2-total");
      await soon(async () => expect(await total.textContent()).toContain("4 of 7 missing"));
      await page.getByLabel("The patient breathes").selectOption("air");
      await page.getByLabel("Consciousness").selectOption("voice");
      await page.getByRole("button", { name: "Enter for this calculation" }).click();
      await soon(async () =>
        expect(await total.textContent()).toContain("2 of 7 missing: systolic pressure, temperature."),
      );
      expect(await total.textContent()).toContain("No total");
      expect(await total.textContent()).toContain("a part of 3 by itself");
      expect(await page.locator(".news2-part", { hasText: "Consciousness" }).textContent()).toMatch(
        /3Responds to voice entered by you at \d\d:\d\d:\d\d/,
      );
      await page.getByRole("link", { name: "Environment" }).click();
      await page.goBack();
      await soon(async () => expect(await total.textContent()).toContain("4 of 7 missing"));
    }));

  test("a range is asked for once, in so many points, and its two marks can be measured", () =>
    onPage(BED, async (page, cloud) => {
      await drawn(page);
      const before = seriesAsked(cloud).length;
      await page.getByRole("button", { name: "30 d" }).click();
      await page.getByText("Each point is 2 hours: lowest, mean, highest.").waitFor();
      expect(new URL(page.url()).search).toBe("?range=30d");
      const asked = seriesAsked(cloud).slice(before);
      expect(asked).toHaveLength(1);
      expect(spanOf(asked[0])).toBe(30 * 24 * 60 * MIN);
      expect(new URLSearchParams(asked[0]?.split("?")[1]).get("points")).toBe("600");
      await soon(async () => {
        const marks = await page.evaluate(() => {
          const of = (name: string) => performance.getEntriesByName(name).at(-1)?.startTime ?? Number.NaN;
          return of("trend-drawn") - of("trend-click");
        });
        expect(marks).toBeGreaterThan(0);
      });
    }));

  test("a drag looks closer, and Back leads out again, twice if need be", () =>
    onPage(`${BED}?range=24h`, async (page, cloud) => {
      await drawn(page);
      const over = page.locator(".trend-plot .u-over").first();
      const drag = async (fromPart: number, toPart: number) => {
        await over.scrollIntoViewIfNeeded();
        const box = await over.boundingBox();
        if (box === null) throw new Error("the chart has no place");
        const y = box.y + box.height / 2;
        await page.mouse.move(box.x + box.width * fromPart, y);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * toPart, y, { steps: 4 });
        await page.mouse.up();
      };
      await drag(0.25, 0.5);
      await soon(async () =>
        expect(Math.abs(spanOf(seriesAsked(cloud).at(-1)) - 6 * 60 * MIN)).toBeLessThan(5 * MIN),
      );
      expect(new URL(page.url()).search).toMatch(/^\?from=.*&to=/);
      await page.getByText("Each point is 1 minute").waitFor();
      await drag(0.5, 0.75);
      await soon(async () => expect(spanOf(seriesAsked(cloud).at(-1))).toBeLessThan(100 * MIN));
      const back = page.getByRole("button", { name: "Back", exact: true });
      await back.click();
      await back.click();
      await soon(async () => expect(new URL(page.url()).search).toBe("?range=24h"));
      expect(await back.getAttribute("aria-disabled")).toBe("true");
    }));

  test("one pointer reads all charts and the ribbon at the same moment", () =>
    onPage(`${BED}?range=24h`, async (page) => {
      await drawn(page);
      const over = page.locator(".trend-plot .u-over").nth(1);
      await over.scrollIntoViewIfNeeded();
      const box = await over.boundingBox();
      if (box === null) throw new Error("the chart has no place");
      await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
      await soon(async () => {
        const all = await page.locator(".trend-reading").allTextContents();
        // Of the perfusion index there is no good reading at all.
        const readings = all.filter((words) => words !== "");
        const moments = readings.map((words) => words.split(":").slice(0, 2).join(":"));
        expect(moments.length).toBeGreaterThan(3);
        expect(new Set(moments).size).toBe(1);
        expect(readings[0]).toMatch(/lowest .*, mean .*, highest .* \/min, of 60 readings/);
      });
      expect(await page.locator(".ribbon-cursor").count()).toBe(1);
      expect(await page.locator(".ribbon-now").first().textContent()).toBe("Somebody in bed");
    }));

  test("a trend can be read as a table", () =>
    onPage(BED, async (page) => {
      await drawn(page);
      await page.getByRole("button", { name: "As a table" }).first().click();
      const rows = page.getByRole("region", { name: "Pulse" }).getByRole("row");
      await soon(async () => expect(await rows.count()).toBeGreaterThan(400));
      expect(await rows.nth(1).textContent()).toMatch(/^\d\d:\d\d/);
    }));

  test("a range that fails leaves what was there, says so, and can be tried again", () =>
    onPage(BED, async (page, cloud) => {
      await drawn(page);
      await page.route("**/api/v1/series?*", (route) => route.fulfill({ status: 500, json: {} }));
      await page.getByRole("button", { name: "7 d" }).click();
      await page.getByText("The service failed (500)").waitFor();
      await page.getByText("what was loaded before").waitFor();
      expect(await page.locator(".trend-plot canvas").count()).toBeGreaterThan(2);
      await page.unroute("**/api/v1/series?*");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("The service failed (500)").waitFor({ state: "detached" });
      expect(spanOf(seriesAsked(cloud).at(-1))).toBe(7 * 24 * 60 * MIN);
    }));

  test("where the newest values cannot be had, nothing is said of what the bed has or lacks", () =>
    onPage("/nowhere", async (page) => {
      await page.route("**/api/v1/series/latest?*", (route) => route.fulfill({ status: 503, json: {} }));
      await page.evaluate((path) => history.pushState(null, "", path), BED);
      await page.getByText("The service failed (503)").waitFor();
      expect(await page.locator(".vital-tile, .news2, .trends").count()).toBe(0);
      await page.unroute("**/api/v1/series/latest?*");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.locator('.vital-tile[data-metric="spo2"]').waitFor();
    }));

  test("who may not read vital signs is told so, and has the bed's own values", () =>
    onPage(
      BED,
      async (page, cloud) => {
        await page.getByText("Vital signs are shown to doctors and nurses of this hospital.").waitFor();
        await page.locator('.vital-tile[data-metric="load"]').waitFor();
        expect(await page.locator(".news2").count()).toBe(0);
        await drawn(page);
        expect(
          new Set(seriesAsked(cloud).map((path) => new URLSearchParams(path.split("?")[1]).get("metric"))),
        ).toEqual(new Set(["load"]));
      },
      { session: { role: "emergency-coordinator", hospitalId: null } },
    ));

  test("nothing moves when values and trends arrive", () =>
    onPage("/nowhere", async (page) => {
      await page.evaluate(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.evaluate((path) => history.pushState(null, "", path), BED);
      await drawn(page);
      const shifted = await page.evaluate(() =>
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, each) => sum + each, 0),
      );
      // What browsers call good.
      expect(shifted).toBeLessThan(0.1);
    }));

  test.each(["light", "dark"] as const)("axe finds nothing wrong, %s", (theme) =>
    onPage(BED, async (page) => {
      await page.emulateMedia({ colorScheme: theme });
      await drawn(page);
      expect(await axeViolations(page)).toEqual([]);
    }),
  );

  test("the live end follows now, one question a step", () =>
    onPage(`${BED}?range=1h`, async (page, cloud) => {
      await drawn(page);
      // A step is ten seconds long, and asked for up to a second after it.
      await soon(async () => expect(seriesAsked(cloud).length).toBeGreaterThan(1), 25_000);
      const ends = seriesAsked(cloud).map((path) =>
        Date.parse(new URLSearchParams(path.split("?")[1]).get("to") ?? ""),
      );
      expect(new Set(ends).size).toBe(ends.length);
      for (const end of ends) expect((end - NOW_MS) % 10_000).toBe(0);
    }));
});
