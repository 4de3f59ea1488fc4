/** The cloud's desk as a page sees it, played from a test; what was sent to it can be read afterwards. */
import type { Page, Route } from "playwright-core";
import type { BedView } from "../../contracts/wire/board.ts";
import { someChanges } from "./a-bed.ts";
import {
  aBooking,
  aPolicy,
  aRequest,
  inBed,
  lostRace,
  someConflicts,
  someMatches,
  someProfiles,
  someTasks,
  someTransfers,
} from "./a-desk.ts";
import { pageCloud } from "./page-scenes.ts";

type Sent = {
  readonly path: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
};
export type FakeDesk = {
  readonly sent: readonly Sent[];
  /** The next hold is lost to somebody else. */
  loseNext(): void;
  /** The hold is over, and every page is told that something changed. */
  lapse(): void;
  /** The board tells of a bed as it is now. */
  tell(bed: BedView): void;
};

const serverTime = () => new Date().toISOString();

export async function fakeDesk(page: Page): Promise<FakeDesk> {
  const cloud = await pageCloud(page);
  const sent: Sent[] = [];
  let isLost = false;
  let live = [inBed()];
  const lists: Readonly<Record<string, () => unknown>> = {
    "/api/v1/matches": someMatches,
    "/api/v1/requests": () => ({ requests: [aRequest()], serverTime: serverTime() }),
    "/api/v1/bookings": () => ({ bookings: live, nextCursor: null, serverTime: serverTime() }),
    "/api/v1/transfers": someTransfers,
    "/api/v1/conflicts": someConflicts,
    "/api/v1/cleaning-tasks": someTasks,
    "/api/v1/bed-profiles": someProfiles,
    "/api/v1/hospitals/north/policy": aPolicy,
  };
  const create = async (route: Route, path: string) => {
    const request = route.request();
    sent.push({ path, body: request.postDataJSON(), headers: await request.allHeaders() });
    if (path === "/api/v1/requests") return route.fulfill({ json: aRequest() });
    if (path === "/api/v1/transfers") return route.fulfill({ json: someTransfers().transfers[0] });
    if (isLost) {
      isLost = false;
      return route.fulfill({ status: 409, json: { ...TAKEN, ...lostRace() } });
    }
    live = [...live, aBooking()];
    return route.fulfill({ json: aBooking() });
  };
  await page.route(
    /\/api\/v1\/(matches|requests|bookings|transfers|conflicts|cleaning-tasks|bed-profiles|hospitals)/,
    (route) => {
      const { pathname } = new URL(route.request().url());
      if (route.request().method() === "POST" && pathname !== "/api/v1/matches")
        return create(route, pathname);
      if (pathname === `/api/v1/bookings/${aBooking().bookingId}`)
        return route.fulfill({ json: aBooking({ state: "expired", allowed: [] }) });
      if (pathname.startsWith("/api/v1/bookings/")) return route.fulfill({ json: inBed() });
      return route.fulfill({ json: lists[pathname]?.() ?? {} });
    },
  );
  return {
    sent,
    loseNext: () => {
      isLost = true;
    },
    lapse: () => {
      live = [inBed()];
      const changed = [{ topic: "bookings", subjectId: aBooking().bookingId }] as const;
      cloud.send({ kind: "desk", serverTime: serverTime(), changed: [...changed] });
    },
    tell: (bed) => cloud.send(someChanges(bed.liveSeq, [bed])),
  };
}

const TAKEN = {
  type: "about:blank",
  title: "Taken",
  status: 409,
  code: "BED_TAKEN",
  detail: "Somebody was faster. It is held by emergency-coordinator.",
  hint: "Hold the next best bed.",
  instance: "/",
};
