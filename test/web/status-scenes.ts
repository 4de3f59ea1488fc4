/** A gateway's status page in each of its states. */
import type { Page, Route } from "playwright-core";
import { type GatewayStatus, QuarantineList } from "../../contracts/wire/gateway-status.ts";
import { HEALTHY_STATUS, TROUBLED_STATUS } from "./a-gateway-status.ts";
import { LARGE_STATUS, LINKS_DOWN_STATUS } from "./a-large-gateway.ts";
import type { Scene } from "./board-scenes.ts";
import { ODD_QUARANTINE } from "./odd-quarantine.ts";

const NONE_QUARANTINED = QuarantineList.parse({ entries: [], kept: 0, keptMax: 1_000 });

async function answer(
  page: Page,
  how: (route: Route) => unknown,
  quarantine: QuarantineList = NONE_QUARANTINED,
): Promise<void> {
  await page.route("**/api/v1/status", (route) => how(route));
  await page.route("**/api/v1/quarantine", (route) => route.fulfill({ json: quarantine }));
}
const always = (page: Page, json: GatewayStatus, quarantine?: QuarantineList) =>
  answer(page, (route) => route.fulfill({ json }), quarantine);
const words = (page: Page, text: string) => page.getByText(text).first().waitFor();

export const STATUS_SCENES: readonly Scene[] = [
  {
    name: "healthy",
    prepare: (page) => always(page, HEALTHY_STATUS),
    play: (page) => words(page, "Nothing: every link is up"),
  },
  {
    name: "trouble",
    prepare: (page) => always(page, TROUBLED_STATUS, ODD_QUARANTINE),
    play: (page) => words(page, "Unknown device, 23"),
  },
  {
    name: "no-answer-since",
    prepare: (page) => {
      let answered = 0;
      return answer(page, (route) =>
        answered++ === 0 ? route.fulfill({ json: HEALTHY_STATUS }) : route.abort(),
      );
    },
    play: (page) => words(page, "The gateway does not answer this page."),
  },
  {
    name: "no-devices",
    prepare: (page) => always(page, { ...HEALTHY_STATUS, devices: [], beds: [], links: [] }),
    play: (page) => words(page, "No devices yet"),
  },
  {
    name: "many",
    prepare: (page) => always(page, LARGE_STATUS, ODD_QUARANTINE),
    play: (page) => words(page, "72 in service"),
  },
  {
    name: "many-by-link",
    prepare: (page) => always(page, LARGE_STATUS, ODD_QUARANTINE),
    play: async (page) => {
      await page.getByLabel("Order").selectOption("link");
      await page.locator("#devices").evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "many-filtered",
    prepare: (page) => always(page, LARGE_STATUS, ODD_QUARANTINE),
    play: async (page) => {
      await words(page, "72 in service");
      await page.keyboard.press("/");
      await page.keyboard.type("pad no reply");
      await page.locator("#devices").evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "no-device-matches",
    prepare: (page) => always(page, LARGE_STATUS),
    play: async (page) => {
      await words(page, "72 in service");
      await page.keyboard.press("/");
      await page.keyboard.type("helicopter");
      await page.locator("#devices").evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "beds",
    prepare: (page) => always(page, LARGE_STATUS),
    play: (page) => page.locator("#beds").evaluate((heading) => heading.scrollIntoView()),
  },
  {
    name: "quarantine",
    prepare: (page) => always(page, TROUBLED_STATUS, ODD_QUARANTINE),
    play: async (page) => {
      await words(page, "Short reply");
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      await page.locator(".raw-hex").nth(4).waitFor();
      await page.locator("#quarantine").evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "quarantine-unreadable",
    prepare: async (page) => {
      await always(page, TROUBLED_STATUS);
      await page.route("**/api/v1/quarantine", (route) => route.abort());
    },
    play: async (page) => {
      await words(page, "Try again");
      await page.locator("#quarantine").evaluate((heading) => heading.scrollIntoView());
    },
  },
  {
    name: "all-links-down",
    prepare: (page) => always(page, LINKS_DOWN_STATUS),
    play: (page) => words(page, "0 of 7 up"),
  },
  {
    name: "loading",
    prepare: (page) => answer(page, () => {}),
    play: (page) => page.locator(".skeleton-card").first().waitFor(),
  },
  {
    name: "no-answer",
    prepare: (page) => answer(page, (route) => route.abort()),
    play: (page) => words(page, "Its process may be down"),
  },
  {
    name: "signed-out",
    prepare: (page) => answer(page, (route) => route.fulfill({ status: 401, json: {} })),
    play: (page) => words(page, "You are signed out"),
  },
];
