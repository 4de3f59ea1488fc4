/** The gateway's page in a real browser, played by a gateway of the test's own: what only a browser can show. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { GatewayStatus, QuarantineList } from "../../contracts/wire/gateway-status.ts";
import { LARGE_STATUS } from "./a-large-gateway.ts";
import { describeInBrowser, type ServedBoard, soon } from "./describe-in-browser.ts";
import { MARKUP, ODD_QUARANTINE } from "./odd-quarantine.ts";
import { DESK, openPage, PHONE } from "./open-page.ts";

/** What the gateway says, to be changed while the page is looked at. */
type Said = { status: GatewayStatus; quarantine: QuarantineList };

const withMessages = (ever: number): Said => {
  const [newest] = ODD_QUARANTINE.entries;
  if (newest === undefined) throw new Error("the scene has no message");
  const more = Array.from({ length: ever - newest.id }, (_, index) => ({ ...newest, id: ever - index }));
  const entries = [
    ...more.map((entry) => ({ ...entry, deviceId: newest.deviceId, reason: "no-value" })),
    ...ODD_QUARANTINE.entries,
  ];
  const journal = { ...LARGE_STATUS.journal, quarantined: entries.length, quarantinedEver: ever };
  return {
    status: { ...LARGE_STATUS, journal },
    quarantine: { ...ODD_QUARANTINE, entries, kept: entries.length },
  };
};

describeInBrowser(
  "the gateway's page in a browser",
  (served: ServedBoard) => {
    /** At the end the browser must have had nothing to complain of, and nothing may have left its origin. */
    async function onPage(
      play: (page: Page, said: Said) => Promise<void>,
      {
        viewport = DESK,
        prepare,
      }: { viewport?: typeof DESK | typeof PHONE; prepare?: (page: Page) => Promise<unknown> } = {},
    ): Promise<void> {
      const { page, complaints, close } = await openPage(served.browser, served.url, { viewport });
      const said = withMessages(17);
      await page.route("**/api/v1/status", (route) => route.fulfill({ json: said.status }));
      await page.route("**/api/v1/quarantine", (route) => route.fulfill({ json: said.quarantine }));
      await prepare?.(page);
      await page.goto(served.url);
      await page.getByText("72 in service").waitFor();
      await play(page, said);
      expect(complaints).toEqual([]);
      await close();
    }

    const rows = (page: Page) => page.locator(".device-group tbody tr");
    const kind = (page: Page, words: string) => page.locator(".quarantine > li", { hasText: words });

    test("finds a device from the keyboard, and all of them again", () =>
      onPage(async (page) => {
        expect(await rows(page).count()).toBe(72);
        await page.keyboard.press("/");
        await page.keyboard.type("unit 11");
        await soon(async () => expect(await rows(page).count()).toBe(1));
        expect(await rows(page).first().textContent()).toContain("east-bed-11-pad");
        await page.keyboard.press("Escape");
        await soon(async () => expect(await rows(page).count()).toBe(72));
        await page.keyboard.type("helicopter");
        await page.getByRole("button", { name: "Show all devices" }).click();
        await soon(async () => expect(await rows(page).count()).toBe(72));
      }));

    test("lists trouble first, or one trouble, or link by link", () =>
      onPage(async (page) => {
        const headings = page.locator(".device-group h3");
        expect(await headings.first().textContent()).toBe("Never heard 1");
        await page.getByLabel("Trouble", { exact: true }).selectOption("silent");
        await soon(async () => expect(await rows(page).count()).toBe(3));
        await page.getByLabel("Trouble", { exact: true }).selectOption("");
        await page.getByLabel("Order").selectOption("link");
        await soon(async () => expect(await headings.first().textContent()).toBe("mqtt 127.0.0.1:1883 24"));
      }));

    test("never shows a number without its age, and strikes through what is stale", () =>
      onPage(async (page) => {
        const dead = rows(page).filter({ hasText: "east-bed-11-pad" });
        expect(await dead.locator("s").first().textContent()).toBe("71 kg");
        const ages = await page.evaluate(() =>
          Array.from(
            document.querySelectorAll(".device-values"),
            (group) => group.querySelectorAll("time").length,
          ),
        );
        expect(ages.length).toBeGreaterThan(70);
        expect(new Set(ages)).toEqual(new Set([1]));
      }));

    test("shows bytes as bytes, whatever they would be as a page", () =>
      onPage(async (page) => {
        const markup = kind(page, "north-smart-bed-03");
        await markup.getByText("Bytes as they came").click();
        expect(await markup.locator(".raw-text").textContent()).toBe(MARKUP);
        expect(await page.locator("main script, main img").count()).toBe(0);
        expect(await page.title()).toContain("Gateway status");
        const turned = kind(page, "north-smart-bed-02");
        await turned.getByText("Bytes as they came").click();
        expect(await turned.locator(".raw-text").textContent()).toMatch(/^[ -~·]+$/);
        const nothing = kind(page, "north-smart-bed-04");
        await nothing.getByText("Bytes as they came").click();
        expect(await nothing.textContent()).toContain("No byte of it was kept.");
      }));

    test("copies bytes as hex, or has them selected where browsers give no clipboard", async () => {
      const copy = async (page: Page) => {
        const reply = kind(page, "north-climate-1");
        await reply.getByText("Bytes as they came").click();
        await reply.getByRole("button", { name: "Copy as hex" }).click();
        return reply;
      };
      await onPage(
        async (page) => {
          await (await copy(page)).getByRole("button", { name: "Copied" }).waitFor();
          expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("01 04 02 00 e1 78 b8");
        },
        { prepare: (page) => page.context().grantPermissions(["clipboard-read", "clipboard-write"]) },
      );
      await onPage(
        async (page) => {
          await (await copy(page)).getByText("Press Ctrl C to copy").waitFor();
          expect(await page.evaluate(() => getSelection()?.toString())).toBe("01 04 02 00 e1 78 b8");
        },
        {
          prepare: (page) =>
            page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined })),
        },
      );
    });

    test("leaves a message open while others come, and lists them when asked", () =>
      onPage(async (page, said) => {
        const reply = kind(page, "north-climate-1");
        await reply.getByText("Bytes as they came").click();
        Object.assign(said, withMessages(19));
        const newer = page.getByRole("button", { name: "Show 2 newer" });
        await newer.waitFor();
        expect(await reply.locator(".raw-hex").isVisible()).toBe(true);
        expect(await kind(page, "No value").count()).toBe(0);
        await newer.click();
        await kind(page, "No value").waitFor();
        expect(await reply.locator(".raw-hex").isVisible()).toBe(true);
      }));

    test("lists what is new at once while nothing is open", () =>
      onPage(async (page, said) => {
        Object.assign(said, withMessages(18));
        await kind(page, "No value").waitFor();
        expect(await page.getByRole("button", { name: "newer" }).count()).toBe(0);
      }));

    test("is no wider than a phone, with every message open", () =>
      onPage(
        async (page) => {
          // Messages come as the page asks for them, not all before it is looked at.
          await soon(async () => {
            await page.evaluate(() => {
              for (const details of document.querySelectorAll("details")) details.open = true;
            });
            expect(await page.locator(".raw-hex").count()).toBeGreaterThanOrEqual(5);
          });
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width).toBe(PHONE.width);
        },
        { viewport: PHONE },
      ));
  },
  { web: "gateway/web" },
);
