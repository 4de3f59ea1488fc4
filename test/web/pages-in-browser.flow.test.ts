/** The pages of wards, rooms, data health and figures in a real browser, played by a cloud of the test's own. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { aBed, aGateway, aSnapshot, someEvidence } from "./a-bed.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { fakeCloud, NURSE_NORTH } from "./fake-cloud.ts";
import { fakeExports } from "./fake-exports.ts";
import { axeViolations, DESK, openPage, PHONE } from "./open-page.ts";
import { PAGE_SCENES, pageCloud } from "./page-scenes.ts";
import { answerWards } from "./ward-answers.ts";

const WARD = "/wards/north/north-medical";

describeInBrowser("the pages in a browser", (board: ServedBoard) => {
  type Visit = { readonly page: Page; readonly asked: readonly string[] };

  /** At the end the browser must have had nothing to complain of. */
  async function visit(
    path: string,
    play: (visit: Visit) => Promise<void>,
    prepare: (page: Page) => Promise<unknown> = (page) => pageCloud(page, NURSE_NORTH),
  ): Promise<void> {
    const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith("/api/")) asked.push(pathname + search);
    });
    await prepare(page);
    await page.goto(board.url + path);
    await play({ page, asked });
    expect(complaints).toEqual([]);
    await close();
  }

  const sparkline = (page: Page) => page.locator(".sparkline").first().waitFor();

  test("fifty beds of a ward are asked for at once: their values, and a request of each lane", () => {
    const beds = Array.from({ length: 50 }, (_, n) =>
      aBed({
        id: `north-bed-${String(n + 1).padStart(2, "0")}`,
        label: String(n + 1),
        ward: "Medical",
        room: `Room ${Math.floor(n / 4) + 1}`,
      }),
    );
    return visit(
      WARD,
      async ({ page, asked }) => {
        await sparkline(page);
        expect(await page.locator(".ward-bed").count()).toBe(50);
        const labels = await page.locator(".ward-bed h4").allTextContents();
        expect(labels.slice(0, 2).concat(labels.slice(-1))).toEqual(["Bed 1", "Bed 2", "Bed 50"]);
        const series = asked.filter((path) => path.startsWith("/api/v1/series?"));
        const metrics = series.map((path) => new URLSearchParams(path.split("?")[1]).get("metric"));
        expect(metrics).toEqual(["heart-rate,pulse-rate", "spo2", "respiratory-rate"]);
        // Again and again, but always for the whole ward.
        const latest = asked.filter((path) => path.startsWith("/api/v1/series/latest"));
        expect(new Set(latest).size).toBe(1);
      },
      async (page) => {
        await fakeCloud(page, beds, [aSnapshot(beds)], NURSE_NORTH);
        await answerWards(page, beds);
      },
    );
  });

  test("a ward's stale value is struck through with a word and its age, and a box leads to its bed", () =>
    visit(WARD, async ({ page }) => {
      await sparkline(page);
      const stale = page.locator(".lane", { hasText: "Stale" }).first();
      expect(await stale.locator("s").count()).toBe(1);
      expect(await stale.textContent()).toMatch(/31 min ago/);
      await page.getByText("no sensor").first().waitFor();
      await page.getByRole("link", { name: "Bed 3A" }).press("Enter");
      await page.getByRole("heading", { name: "Bed 3A" }).waitFor();
    }));

  test("whoever may not read vital signs asks for none, and is told why there are none", () =>
    visit(
      WARD,
      async ({ page, asked }) => {
        await sparkline(page);
        await page.getByText("Vital signs are shown to doctors and nurses").waitFor();
        expect(asked.filter((path) => /pulse|heart|spo2|respiratory/.test(path))).toEqual([]);
      },
      (page) => pageCloud(page),
    ));

  test("a gateway that falls silent makes a ward's values stale by time alone", async () => {
    let send: (heardAgoMs: number) => void = () => {};
    await visit(
      WARD,
      async ({ page }) => {
        await sparkline(page);
        const stale = () => page.locator(".lane", { hasText: "Stale" }).count();
        const before = await stale();
        send(29_000);
        await soon(async () => expect(await stale()).toBeGreaterThan(before + 10));
      },
      async (page) => {
        const cloud = await pageCloud(page, NURSE_NORTH);
        send = (heardAgoMs) => cloud.send(someEvidence([aGateway("north", heardAgoMs), aGateway("south")]));
      },
    );
  });

  test("a ward keeps its values while the service is away, and says that it is offline", async () => {
    let drop = async () => {};
    await visit(
      WARD,
      async ({ page }) => {
        await sparkline(page);
        await drop();
        await page.getByText("This browser has lost the service.").waitFor();
        expect(await page.locator(".lane-value").count()).toBeGreaterThan(5);
      },
      async (page) => {
        drop = (await pageCloud(page, NURSE_NORTH)).drop;
      },
    );
  });

  test("rooms out of limits come first, and a hospital is chosen in the address", () =>
    visit("/environment", async ({ page }) => {
      await page.locator(".limit-band").first().waitFor();
      await page.getByRole("heading", { level: 2, name: /rooms are out of limits/ }).waitFor();
      const conditions = await page
        .locator(".room")
        .evaluateAll((all) => all.map((room) => room.getAttribute("data-condition")));
      expect(conditions[0]).toBe("out-of-limits");
      expect(conditions.lastIndexOf("out-of-limits")).toBeLessThan(conditions.indexOf("within-limits"));
      const all = conditions.length;
      await page.getByRole("combobox", { name: "Hospital" }).selectOption("south");
      await soon(async () => expect(await page.locator(".room").count()).toBe(all / 2));
      expect(new URL(page.url()).search).toBe("?hospital=south");
      await page.reload();
      await page.locator(".limit-band").first().waitFor();
      expect(await page.locator(".room").count()).toBe(all / 2);
    }));

  test("data health names the suspect with its evidence and what to do, and leads to its bed", () =>
    visit("/data-health", async ({ page }) => {
      const suspect = page.locator(".suspect");
      await suspect.getByText("Stuck: north-mat-04").waitFor();
      expect(await suspect.textContent()).toContain("Look whether it still measures.");
      expect(await suspect.getByRole("list", { name: "Evidence" }).textContent()).toContain(
        "somebody in bed",
      );
      await page.getByRole("button", { name: "Show all 35" }).click();
      await page.getByText("north-mat-39").waitFor();
      await suspect.getByRole("link", { name: "bed 2B" }).click();
      await page.getByRole("heading", { name: "Bed 2B" }).waitFor();
    }));

  test("what failed says so, and comes back on a retry", async () => {
    let isUp = false;
    await visit(
      "/data-health",
      async ({ page }) => {
        await page.getByText("The service failed (503)").waitFor();
        isUp = true;
        await page.getByRole("button", { name: "Try again" }).click();
        await page.getByText("Sources by hospital").waitFor();
      },
      async (page) => {
        await pageCloud(page);
        await page.route("**/api/v1/data-health*", (route) =>
          isUp ? route.fallback() : route.fulfill({ status: 503, json: {} }),
        );
      },
    );
  });

  test("figures keep period, place and figure in the address, and say what is not known", () =>
    visit("/kpi", async ({ page, asked }) => {
      await page.getByText("Not known: occupancy never known").first().waitFor();
      await page.getByRole("combobox", { name: "Period" }).selectOption("last-month");
      await page.getByRole("combobox", { name: "Where" }).selectOption("north north-intake");
      await page.getByRole("combobox", { name: "Figure" }).selectOption("conflict");
      await page.getByRole("heading", { name: "In conflict, day by day" }).waitFor();
      const query = new URL(page.url()).searchParams;
      expect(Object.fromEntries(query)).toEqual({
        period: "last-month",
        hospital: "north",
        ward: "north-intake",
        figure: "conflict",
      });
      const last = new URLSearchParams(
        asked.findLast((path) => path.startsWith("/api/v1/kpi"))?.split("?")[1],
      );
      expect([last.get("hospital"), last.get("ward")]).toEqual(["north", "north-intake"]);
      await page.getByText("How each figure is worked out").press("Enter");
      await page.getByText("Stays that ended in the period").waitFor();
    }));

  test("an export says how far it is, can be cancelled, tried again and fetched, and is asked for once", () =>
    visit("/kpi", async ({ page }) => {
      const exports = await fakeExports(page);
      exports.loseNext();
      await page.getByRole("button", { name: "Excel" }).click();
      await page.getByText("Excel could not be asked for.").waitFor();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("4,000 of about 16,000 rows · 25 % · about 1 min left").waitFor();
      const [first, again] = exports.asked;
      expect(again?.key).toBe(first?.key);
      expect(first?.request).toMatchObject({ kind: "kpi", format: "xlsx" });
      expect(await page.getByRole("progressbar", { name: "Excel, how far" }).getAttribute("value")).toBe(
        "25",
      );

      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Cancelled. No file was kept.").waitFor();
      expect(exports.removed).toHaveLength(1);
      exports.be({ state: "failed", error: "No room on the disk. Make some." });
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("Failed. No room on the disk. Make some.").waitFor();
      expect(new Set(exports.asked.map(({ key }) => key)).size).toBe(2);
      exports.be({ state: "done", percent: 100, doneRows: 16_000, bytes: 2_000_000 });
      await page.getByRole("button", { name: "Try again" }).click();
      const link = page.getByRole("link", { name: "Download" });
      await link.waitFor();
      expect(await link.getAttribute("href")).toBe(
        `/api/v1/exports/00000000-0000-4000-8000-0000000000${String(exports.asked.length).padStart(2, "0")}/file`,
      );
    }));

  test.each(PAGE_SCENES.map((scene) => [scene.name, scene] as const))(
    "%s fits a desk and a phone, and axe has nothing against it",
    async (_name, scene) => {
      const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
      await scene.prepare(page);
      await page.goto(board.url + (scene.path ?? "/"));
      await scene.play(page);
      for (const viewport of [DESK, PHONE]) {
        await page.setViewportSize(viewport);
        const width = () => page.evaluate(() => document.documentElement.scrollWidth);
        await soon(async () => expect(await width()).toBeLessThanOrEqual(viewport.width));
        expect(await axeViolations(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );
});
