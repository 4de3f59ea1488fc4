/** The cloud as a page sees it, played from a test: its live socket and the answers of its API. */
import type { Page, WebSocketRoute } from "playwright-core";
import type { BedView } from "../../contracts/wire/board.ts";
import type { LiveMessage } from "../../contracts/wire/live.ts";
import type { Session } from "../../contracts/wire/session.ts";
import { sceneDetail, sceneTimeline } from "./scene-details.ts";
import { anEvidenceHealth, aPolicyOfTheCloud, sceneEvidence } from "./scene-evidence.ts";
import { sceneLatest, sceneSeries } from "./scene-history.ts";

export type FakeCloud = {
  /** The queries of all connections so far, such as `?after=7`. */
  readonly connected: readonly string[];
  /** The paths and queries of all that was asked for over HTTP so far. */
  readonly asked: readonly string[];
  send(message: LiveMessage): void;
  /** Hangs up and answers nobody until it is put up again. */
  drop(): Promise<void>;
  putUp(): void;
};

const COORDINATOR = { role: "emergency-coordinator", hospitalId: null } as const;
export const NURSE_NORTH = { role: "nurse", hospitalId: "north" } as const;

/**
 * Greets each connection with these messages; a connection that resumes gets only the evidence among them. Answers as
 * to `session`, that is, without vital signs to whoever may not read them.
 */
export async function fakeCloud(
  page: Page,
  beds: readonly BedView[],
  greeting: readonly LiveMessage[],
  session: { readonly [Key in keyof Session]: string | null } = COORDINATOR,
): Promise<FakeCloud> {
  const sockets = new Set<WebSocketRoute>();
  const connected: string[] = [];
  const asked: string[] = [];
  let isUp = true;
  await page.routeWebSocket("**/api/v1/live*", (socket) => {
    if (!isUp) return void socket.close({ code: 1001 });
    const { search } = new URL(socket.url());
    connected.push(search);
    sockets.add(socket);
    for (const message of greeting)
      if (search === "" || message.kind === "evidence") socket.send(JSON.stringify(message));
  });
  await answerApi(page, beds, session, asked, () => isUp);
  return {
    connected,
    asked,
    send: (message) => {
      for (const socket of sockets) socket.send(JSON.stringify(message));
    },
    drop: async () => {
      isUp = false;
      for (const socket of sockets) await socket.close({ code: 1001 });
      sockets.clear();
    },
    putUp: () => {
      isUp = true;
    },
  };
}

async function answerApi(
  page: Page,
  beds: readonly BedView[],
  session: { readonly [Key in keyof Session]: string | null },
  asked: string[],
  isUp: () => boolean,
): Promise<void> {
  await page.route("**/api/v1/**", async (route) => {
    if (!isUp()) return route.abort();
    const url = new URL(route.request().url());
    asked.push(url.pathname + url.search);
    if (url.pathname === "/api/v1/session") return route.fulfill({ json: session });
    if (url.pathname === "/api/v1/evidence/health") return route.fulfill({ json: anEvidenceHealth() });
    if (url.pathname === "/api/v1/evidence/policy") return route.fulfill({ json: aPolicyOfTheCloud() });
    if (url.pathname.startsWith("/api/v1/series")) return route.fulfill(history(url, beds, session));
    const [, bedId, rest] =
      /^\/api\/v1\/beds\/([a-z0-9-]+)(\/timeline|\/evidence)?$/.exec(url.pathname) ?? [];
    const bed = beds.find((known) => known.bedId === bedId);
    if (bedId === undefined)
      return route.fulfill({ json: { beds: [], nextCursor: null, serverTime: new Date().toISOString() } });
    if (bed === undefined) return route.fulfill(refusal(404));
    if (rest === "/evidence") return route.fulfill({ json: sceneEvidence(bed) });
    return route.fulfill({
      json: rest === undefined ? sceneDetail(bed) : sceneTimeline(bed, url.searchParams.get("cursor")),
    });
  });
}

function history(
  { pathname, searchParams }: URL,
  beds: readonly BedView[],
  session: { readonly [Key in keyof Session]: string | null },
) {
  const bed = beds.find((known) => known.bedId === searchParams.get("bed"));
  if (bed === undefined) return refusal(404);
  const readsVitals = session.role === "nurse" && session.hospitalId === bed.hospitalId;
  return {
    json: pathname.endsWith("/latest") ? sceneLatest(bed, readsVitals) : sceneSeries(bed, searchParams),
  };
}

/** A cloud that lets this browser in nowhere. */
export async function refusingCloud(page: Page, status: 401 | 403): Promise<void> {
  await page.routeWebSocket("**/api/v1/live*", (socket) => socket.close({ code: 1008 }));
  await page.route("**/api/v1/**", (route) => route.fulfill(refusal(status)));
}

const REFUSALS = {
  401: ["UNAUTHENTICATED", "This needs a signed-in session.", "Open a sign-in link."],
  403: [
    "FORBIDDEN",
    "Your role does not include this.",
    "Ask an administrator for a link with another role.",
  ],
  404: ["BED_NOT_FOUND", "There is no such bed.", "List the beds."],
} as const;

function refusal(status: 401 | 403 | 404) {
  const [code, detail, hint] = REFUSALS[status];
  return {
    status,
    contentType: "application/problem+json",
    body: JSON.stringify({
      type: "about:blank",
      title: "Refused",
      status,
      code,
      detail,
      hint,
      instance: "/",
    }),
  };
}
