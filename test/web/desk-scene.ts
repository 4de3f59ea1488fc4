/** A morning at the desks of the demo's hospitals, made through their own API: what the pictures of the screens show. */
import type { Page } from "playwright-core";
import { BookingList, BookingView, MatchAnswer, RequestView } from "../../contracts/wire/booking.ts";
import { TransferView } from "../../contracts/wire/transfers.ts";
import { CleaningTaskView } from "../../contracts/wire/ward-desk.ts";

type Call = { readonly body?: object; readonly version?: number };

/** As the person who is signed in on that page. */
async function post(page: Page, path: string, { body = {}, version }: Call = {}): Promise<unknown> {
  const { origin } = new URL(page.url());
  const response = await page.request.post(`${origin}${path}`, {
    data: body,
    headers: {
      origin,
      "idempotency-key": crypto.randomUUID(),
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
  });
  if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
  return await response.json();
}

const needOf = (hospitalId: string, levelOfCare: string, from = "north") => ({
  levelOfCare,
  hospitalId,
  from: { kind: "hospital", hospitalId: from },
});

async function ask(page: Page, need: object, more: object = {}): Promise<RequestView> {
  const body = { need, urgency: "urgent", clinicalPriority: 3, ...more };
  return RequestView.parse(await post(page, "/api/v1/requests", { body }));
}

/** The best bed that fits, held. */
async function hold(page: Page, request: RequestView): Promise<BookingView> {
  const { requestId, need } = request;
  const { beds } = MatchAnswer.parse(await post(page, "/api/v1/matches", { body: { need, limit: 1 } }));
  const bedId = beds[0]?.bedId;
  if (bedId === undefined) throw new Error(`no bed fits ${JSON.stringify(need)}`);
  return BookingView.parse(await post(page, "/api/v1/bookings", { body: { requestId, bedId } }));
}

async function step(page: Page, { bookingId }: BookingView, event: string): Promise<BookingView> {
  const { origin } = new URL(page.url());
  const list = BookingList.parse(
    await (await page.request.get(`${origin}/api/v1/bookings?live=true`)).json(),
  );
  const now = list.bookings.find((one) => one.bookingId === bookingId);
  if (now === undefined) throw new Error(`booking ${bookingId} is not live`);
  const { fencingToken, version } = now;
  const body = { event, fencingToken };
  return BookingView.parse(await post(page, `/api/v1/bookings/${bookingId}/events`, { body, version }));
}

type Desks = { readonly coordinator: Page; readonly north: Page; readonly south: Page };

export async function layDeskScene({ coordinator, north, south }: Desks): Promise<void> {
  const admitted = async (hospitalId: "north" | "south") => {
    const nurse = hospitalId === "north" ? north : south;
    const held = await hold(coordinator, await ask(coordinator, needOf(hospitalId, "general")));
    const sent = await step(coordinator, held, "request");
    if (sent.state === "requested") await step(nurse, held, "accept");
    return await step(nurse, held, "admit");
  };
  await ask(coordinator, needOf("south", "burns"), { urgency: "emergency", clinicalPriority: 1 });
  await ask(coordinator, needOf("north", "maternity"), {
    news2: { total: 6, takenAt: new Date().toISOString() },
  });
  // In bed by a person's word, and on the way out of it.
  const leaving = await admitted("north");
  await step(north, leaving, "order-discharge");
  // Another who moves to the other hospital, and is on the way.
  const moving = await admitted("north");
  const { encounterId } = moving;
  const next = await ask(coordinator, needOf("south", "general"), { encounterId });
  const body = { fromBookingId: moving.bookingId, requestId: next.requestId };
  const { transferId } = TransferView.parse(await post(coordinator, "/api/v1/transfers", { body }));
  await step(coordinator, await hold(coordinator, next), "request");
  await transfer(south, transferId, "accept");
  await transfer(coordinator, transferId, "order-transport");
  await transfer(coordinator, transferId, "depart");
  // Kept for somebody, and blocked all the same.
  const kept = await hold(coordinator, await ask(coordinator, needOf("north", "general")));
  await step(coordinator, kept, "request");
  await post(north, `/api/v1/beds/${kept.bedId}/declarations`, {
    body: { axis: "service", to: "blocked", reason: "Oxygen outlet leaks" },
  });
  // To be answered, and held.
  await step(
    coordinator,
    await hold(coordinator, await ask(coordinator, needOf("south", "general"))),
    "request",
  );
  await hold(
    coordinator,
    await ask(coordinator, needOf("north", "high-dependency"), { urgency: "emergency" }),
  );
  await cleaningScene(north);
}

async function transfer(page: Page, transferId: string, event: string): Promise<void> {
  const { origin } = new URL(page.url());
  const read = async () =>
    TransferView.parse(await (await page.request.get(`${origin}/api/v1/transfers/${transferId}`)).json());
  const { version, allowed } = await read();
  if (!allowed.some((one) => one === event)) return;
  await post(page, `/api/v1/transfers/${transferId}/events`, { body: { event }, version });
}

async function cleaningScene(nurse: Page): Promise<void> {
  const open = async (bedId: string, kind: string, priority: string) => {
    const body = { bedId, kind, priority };
    const answer = await post(nurse, "/api/v1/cleaning-tasks", { body }).catch(() => null);
    return CleaningTaskView.safeParse(answer).data;
  };
  const begun = await open("north-bed-05", "terminal", "stat");
  await open("north-bed-09", "routine", "routine");
  if (begun === undefined) return;
  const { taskId, version } = begun;
  await post(nurse, `/api/v1/cleaning-tasks/${taskId}/events`, { body: { event: "start" }, version });
}
