/** The pages of people's work on beds in a real browser, played by a cloud of the test's own. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { aBed } from "./a-bed.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { type FakeDesk, fakeDesk } from "./fake-desk.ts";
import { axeViolations, DESK, openPage, PHONE } from "./open-page.ts";

const PAGES = ["/requests", "/bookings", "/transfers", "/conflicts", "/cleaning", "/wards"] as const;
const SHOWS: Readonly<Record<(typeof PAGES)[number], string>> = {
  "/requests": "2 of 52 beds fit",
  "/bookings": "In bed",
  "/transfers": "The bed was lost: find another",
  "/conflicts": "Admitted, and the bed is empty",
  "/cleaning": "Being cleaned",
  "/wards": "How this hospital books",
};

const NEGATIVE_PRESSURE = aBed({
  isolation: "negative-pressure",
  profile: {
    levelOfCare: "intensive",
    features: ["oxygen", "telemetry"],
    ageBands: ["adult"],
    sexRule: "any",
    patientMassKgMax: null,
  },
  liveSeq: 1_000,
});

describeInBrowser("the desks in a browser", (board: ServedBoard) => {
  async function visit(path: string, play: (page: Page, desk: FakeDesk) => Promise<void>): Promise<void> {
    const { page, complaints, close } = await openPage(board.browser, board.url, { viewport: DESK });
    const desk = await fakeDesk(page);
    await page.goto(board.url + path);
    await play(page, desk);
    expect(complaints).toEqual([]);
    await close();
  }

  const press = async (page: Page, ...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const ready = (page: Page) => page.getByText(SHOWS["/requests"]).waitFor();

  test.each(PAGES)("%s: axe finds nothing in light and dark, and a phone need not scroll sideways", (path) =>
    visit(path, async (page) => {
      await page.getByText(SHOWS[path]).first().waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeViolations(page)).toEqual([]);
      }
      await page.setViewportSize(PHONE);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        PHONE.width,
      );
      expect(await axeViolations(page)).toEqual([]);
    }),
  );

  test("five keys ask for a bed and hold it, each once, and it is shown as held when the cloud has said so", () =>
    visit("/requests", async (page, { sent }) => {
      await ready(page);
      await press(page, "/", "i", "c", "u", "Enter");
      await page.getByText("Held: bed 1A, Intake, for R-7F3K.").waitFor();
      expect(sent.map(({ path }) => path)).toEqual(["/api/v1/requests", "/api/v1/bookings"]);
      expect(sent[0]?.body).toMatchObject({ need: { levelOfCare: "intensive" } });
      expect(new Set(sent.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
      await page.getByRole("timer").first().waitFor();
    }));

  test("who loses a race is told who won, and the next best bed is one key away", () =>
    visit("/requests", async (page, desk) => {
      await ready(page);
      desk.loseNext();
      await press(page, "/", "i", "c", "u", "Enter");
      await page.getByRole("alert", { name: "Another was faster" }).waitFor();
      await page.getByText("An emergency coordinator has it: held").waitFor();
      await page.getByRole("button", { name: "Hold bed 1B, Intake instead" }).click();
      await soon(async () => expect(desk.sent.at(-1)?.body).toMatchObject({ bedId: "north-bed-02" }));
      expect(desk.sent.filter(({ path }) => path === "/api/v1/requests")).toHaveLength(1);
    }));

  test("a hold that lapses is told until somebody has read it", () =>
    visit("/requests", async (page, desk) => {
      await ready(page);
      await press(page, "h");
      await page.getByRole("timer").first().waitFor();
      desk.lapse();
      const told = page.getByRole("alert", { name: "Holds that ended" });
      await told.getByText("expired").waitFor();
      await told.getByRole("button", { name: "Understood" }).click();
      await told.waitFor({ state: "detached" });
    }));

  test("a patient's next bed is asked for at their booking, for the same encounter, and their transfer begins", () =>
    visit("/bookings", async (page, { sent }) => {
      await page.getByRole("link", { name: "Find another bed for R-7F3K" }).click();
      await page.getByText("Another bed for R-7F3K, now in 1A, Intake").waitFor();
      await ready(page);
      await press(page, "h");
      await soon(async () => expect(sent).toHaveLength(3));
      const [request, transfer] = sent;
      expect(request?.body).toMatchObject({
        encounterId: expect.any(String),
        need: { from: { bedId: "north-bed-01" } },
      });
      expect(transfer?.path).toBe("/api/v1/transfers");
      await page.getByRole("heading", { name: "Transfers", level: 2 }).waitFor();
    }));

  test("a bed like the one in the drawer is asked for with its level, features and isolation filled in", () =>
    visit("/?bed=north-bed-01", async (page, desk) => {
      const link = page.getByRole("link", { name: "Request this kind of bed" });
      await page.getByText("Not said: it is offered to nobody").waitFor();
      expect(await link.count()).toBe(0);
      desk.tell(NEGATIVE_PRESSURE);
      await link.waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await axeViolations(page)).toEqual([]);
      }
      await link.click();
      await ready(page);
      expect(await page.getByRole("dialog").count()).toBe(0);
      expect(await page.getByLabel("Level of care").inputValue()).toBe("intensive");
      expect(await page.getByLabel("Isolation").inputValue()).toBe("airborne");
      const ticked = page.getByRole("group", { name: "Features" }).getByRole("checkbox", { checked: true });
      expect(await ticked.count()).toBe(2);
      await press(page, "h");
      await soon(async () => expect(desk.sent).toHaveLength(2));
      expect(desk.sent[0]?.body).toMatchObject({
        need: { levelOfCare: "intensive", features: ["oxygen", "telemetry"], isolation: "airborne" },
      });
    }));

  test("a phone shows the pages' names when they are asked for", () =>
    visit("/bookings", async (page) => {
      await page.setViewportSize(PHONE);
      const link = page.getByRole("link", { name: "Cleaning", exact: true });
      expect(await link.isVisible()).toBe(false);
      await page.getByRole("button", { name: "Pages" }).click();
      await link.click();
      await page.getByText(SHOWS["/cleaning"]).first().waitFor();
    }));
});
