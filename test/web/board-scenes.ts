/** The coordinator's board in each of its states, as a browser meets it. */
import type { Page, WebSocketRoute } from "playwright-core";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import { aGateway, aSnapshot, at, someEvidence } from "./a-bed.ts";
import { sceneBeds } from "./scene.ts";
import { sceneDetail, sceneTimeline } from "./scene-details.ts";

export type Scene = {
  readonly name: string;
  /** Put in place before the page is loaded. */
  prepare(page: Page): Promise<void>;
  /** Done once it is loaded; ends when the scene is on screen. */
  play(page: Page): Promise<void>;
};

const beds = sceneBeds();
const problem = (status: number) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({
    type: "about:blank",
    title: "Refused",
    status,
    code: status === 403 ? "FORBIDDEN" : "UNAUTHENTICATED",
    detail: status === 403 ? "Your role does not include this." : "This needs a signed-in session.",
    hint: status === 403 ? "Ask an administrator for a link with another role." : "Open a sign-in link.",
    instance: "/api/v1/beds",
  }),
});

async function live(page: Page, ...messages: LiveMessage[]): Promise<() => Promise<void>> {
  const sockets: WebSocketRoute[] = [];
  let isUp = true;
  await page.routeWebSocket("**/api/v1/live*", (socket) => {
    sockets.push(socket);
    if (!isUp) return void socket.close({ code: 1001 });
    for (const message of messages) socket.send(JSON.stringify(message));
  });
  await page.route("**/api/v1/beds**", (route) =>
    route.fulfill({ status: 200, json: { beds: [], nextCursor: null } }),
  );
  await page.route("**/api/v1/beds/*", (route) => {
    const bed = beds.find(({ bedId }) => route.request().url().endsWith(bedId));
    return bed === undefined ? route.fulfill(problem(404)) : route.fulfill({ json: sceneDetail(bed) });
  });
  await page.route("**/api/v1/beds/*/timeline*", (route) => {
    const url = new URL(route.request().url());
    const bed = beds.find(({ bedId }) => url.pathname.includes(bedId));
    return bed === undefined
      ? route.fulfill(problem(404))
      : route.fulfill({ json: sceneTimeline(bed, url.searchParams.get("cursor")) });
  });
  return async () => {
    isUp = false;
    for (const socket of sockets) await socket.close({ code: 1001 });
  };
}

async function refused(page: Page, status: number): Promise<void> {
  await page.routeWebSocket("**/api/v1/live*", (socket) => socket.close({ code: 1008 }));
  await page.route("**/api/v1/**", (route) => route.fulfill(problem(status)));
}

/** The beds of the silent gateway cannot have been heard since it fell silent. */
function southHeard(agoMs: number) {
  return beds
    .filter(({ hospitalId }) => hospitalId === "south")
    .flatMap(({ bedId, sources }) =>
      sources.map(({ deviceId }) => ({ bedId, deviceId, lastObservedAt: at(agoMs) })),
    );
}

const tiles = (page: Page) => page.locator("[data-bed-id]").first().waitFor();
const words = (page: Page, text: string) => page.getByText(text).first().waitFor();
const drops = new WeakMap<Page, () => Promise<void>>();

export const BOARD_SCENES: readonly Scene[] = [
  {
    name: "board",
    prepare: async (page) => void (await live(page, aSnapshot(beds))),
    play: tiles,
  },
  {
    name: "filtered",
    prepare: async (page) => void (await live(page, aSnapshot(beds))),
    play: async (page) => {
      await tiles(page);
      await page.keyboard.press("/");
      await page.keyboard.type("medical occ");
      await words(page, "Show all beds");
    },
  },
  {
    name: "no-match",
    prepare: async (page) => void (await live(page, aSnapshot(beds))),
    play: async (page) => {
      await tiles(page);
      await page.keyboard.press("/");
      await page.keyboard.type("helicopter");
      await words(page, "No bed matches");
    },
  },
  {
    name: "stale",
    prepare: async (page) =>
      void (await live(
        page,
        aSnapshot(beds),
        someEvidence([aGateway("south", 75_000), aGateway("north")], southHeard(77_000)),
      )),
    play: (page) => words(page, "A gateway is silent."),
  },
  {
    name: "offline",
    prepare: async (page) => {
      drops.set(page, await live(page, aSnapshot(beds)));
    },
    play: async (page) => {
      await tiles(page);
      await drops.get(page)?.();
      await words(page, "This browser has lost the service.");
    },
  },
  {
    name: "drawer",
    prepare: async (page) => void (await live(page, aSnapshot(beds))),
    play: async (page) => {
      await tiles(page);
      await page.locator('[data-bed-id="north-bed-01"]').click();
      await words(page, "Load earlier");
    },
  },
  {
    name: "drawer-conflict",
    prepare: async (page) => void (await live(page, aSnapshot(beds))),
    play: async (page) => {
      await tiles(page);
      await page.locator('[data-bed-id="south-bed-02"]').click();
      await words(page, "Load earlier");
    },
  },
  {
    name: "empty",
    prepare: async (page) => void (await live(page, aSnapshot([], { gateways: [] }))),
    play: (page) => words(page, "No beds yet"),
  },
  {
    name: "loading",
    prepare: async (page) => void (await live(page)),
    play: (page) => page.locator(".skeleton-tile").first().waitFor(),
  },
  {
    name: "no-answer",
    prepare: async (page) => {
      await page.routeWebSocket("**/api/v1/live*", (socket) => socket.close({ code: 1001 }));
      await page.route("**/api/v1/**", (route) => route.abort());
    },
    play: (page) => words(page, "The service does not answer"),
  },
  {
    name: "signed-out",
    prepare: (page) => refused(page, 401),
    play: (page) => words(page, "You are signed out"),
  },
  {
    name: "denied",
    prepare: (page) => refused(page, 403),
    play: (page) => words(page, "Your role does not open"),
  },
];
