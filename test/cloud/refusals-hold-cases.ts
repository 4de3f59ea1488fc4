/** Each route that takes an Idempotency-Key with something that is refused at first, and what makes it possible. */
import { sql } from "kysely";
import type { BookingView } from "../../contracts/wire/booking.ts";
import type { StayList } from "../../contracts/wire/encounters.ts";
import { NORTH } from "./access-desk-scene.ts";
import { type Answer, type Person, person } from "./booking-desk.ts";
import type { TestCloud } from "./support.ts";
import type { TransferDesk } from "./transfer-desk.ts";

const MINUTE_MS = 60_000;
const REASON = "It was written down wrongly.";

type Wish = {
  readonly by: Person;
  readonly path: string;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** From then on it would be granted. */
  change(): Promise<unknown>;
};
export type RefusedCase = {
  readonly route: string;
  readonly code: string;
  wish(people: TransferDesk, cloud: TestCloud): Promise<Wish>;
};

const soon = ({ clock }: TestCloud) => new Date(clock.now + MINUTE_MS).toISOString();
const pass = (cloud: TestCloud) => async () => {
  cloud.clock.now += 2 * MINUTE_MS;
};
const version = (of: { readonly version: number }) => ({ "if-match": `"${of.version}"` });
const made = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(JSON.stringify(body));
  return body;
};
export const key = (text: string) => ({ "idempotency-key": text });

export async function moveTo(
  { db }: TestCloud,
  { encounterId }: BookingView,
  hospital: string,
): Promise<void> {
  await sql`UPDATE encounters SET hospital_id = ${hospital} WHERE encounter_id = ${encounterId}`.execute(db);
}

export const REFUSED_CASES: readonly RefusedCase[] = [
  {
    route: "/api/v1/requests",
    code: "REQUEST_EXISTS",
    async wish({ coordinator }) {
      const first = await coordinator.askFor();
      const { need, urgency, clinicalPriority, encounterId } = first;
      return {
        by: coordinator,
        path: "requests",
        body: { need, urgency, clinicalPriority, encounterId },
        change: () => coordinator.send("POST", `requests/${first.requestId}/cancel`, {}, version(first)),
      };
    },
  },
  {
    route: "/api/v1/bookings",
    code: "BED_TAKEN",
    async wish({ coordinator }) {
      const held = await coordinator.held((await coordinator.askFor()).requestId, "north-1");
      const { requestId } = await coordinator.askFor();
      return {
        by: coordinator,
        path: "bookings",
        body: { requestId, bedId: "north-1" },
        change: () => coordinator.moved(held, "release"),
      };
    },
  },
  {
    route: "/api/v1/transfers",
    code: "TRANSFER_EXISTS",
    async wish(people) {
      const transfer = await people.begun();
      return {
        by: people.coordinator,
        path: "transfers",
        body: { fromBookingId: transfer.from.bookingId, requestId: transfer.requestId },
        change: () => people.moved(people.coordinator, transfer, "cancel"),
      };
    },
  },
  {
    route: "/api/v1/cleaning-tasks",
    code: "CLEANING_TASK_OPEN",
    async wish({ north }) {
      const body = { bedId: "north-1", kind: "routine", priority: "routine" };
      const { taskId, version: seen } = await made(north.send("POST", "cleaning-tasks", body, key("first")));
      const headers = version({ version: Number(seen) });
      const event = { event: "cancel", reason: REASON };
      return {
        by: north,
        path: "cleaning-tasks",
        body,
        change: () => made(north.send("POST", `cleaning-tasks/${taskId}/events`, event, headers)),
      };
    },
  },
  {
    route: "/api/v1/beds/{bedId}/declarations",
    code: "BED_NOT_FOUND",
    async wish({ north }, { db }) {
      const remove = (removed: boolean) => db.updateTable("beds").set({ removed }).execute();
      await remove(true);
      return {
        by: north,
        path: "beds/north-1/declarations",
        body: { axis: "staffing", to: "unstaffed" },
        change: () => remove(false),
      };
    },
  },
  {
    route: "/api/v1/webhooks",
    code: "HOSPITAL_NOT_FOUND",
    wish: async (_people, cloud) => ({
      by: await person(cloud, "super-admin"),
      path: "webhooks",
      body: { url: "https://8.8.8.8/beds", topics: ["bookings"], hospital: "west" },
      change: () =>
        cloud.db.insertInto("hospitals").values({ hospitalId: "west", name: "Westend" }).execute(),
    }),
  },
  {
    route: "/api/v1/stays/corrections",
    code: "CORRECTION_IN_FUTURE",
    async wish(people, cloud) {
      const { encounterId } = await people.admitted();
      const body = await made(people.north.send("GET", `encounters/${encounterId}/stays`));
      const [stay] = (body as StayList).stays;
      if (stay === undefined) throw new Error("a stay was expected");
      return {
        by: people.north,
        path: "stays/corrections",
        body: { stayId: stay.stayId, from: soon(cloud), to: null, reason: REASON },
        headers: version(stay),
        change: pass(cloud),
      };
    },
  },
  {
    route: "/api/v1/placements",
    code: "CORRECTION_IN_FUTURE",
    async wish({ north }, cloud) {
      await sql`INSERT INTO series (gateway_id, device_id, metric) VALUES ('gw-north', 'mat-1', 'load')`.execute(
        cloud.db,
      );
      const body = { deviceId: "mat-1", bedId: null, from: soon(cloud), reason: REASON };
      return { by: north, path: "placements", body, change: pass(cloud) };
    },
  },
  {
    route: "/api/v1/encounters/swap",
    code: "CORRECTION_IN_FUTURE",
    async wish(people, cloud) {
      const encounterIds = [
        (await people.admitted()).encounterId,
        (await people.admitted("north-2")).encounterId,
      ];
      return {
        by: people.north,
        path: "encounters/swap",
        body: { encounterIds, at: soon(cloud), reason: REASON },
        change: pass(cloud),
      };
    },
  },
  {
    route: "/api/v1/encounters/merge",
    code: "MERGE_REFUSED",
    async wish(people) {
      const from = await people.north.askFor({ from: { kind: "hospital", hospitalId: NORTH } });
      const into = await people.admitted();
      return {
        by: people.north,
        path: "encounters/merge",
        body: { from: from.encounterId, into: into.encounterId, reason: REASON },
        change: () => people.north.send("POST", `requests/${from.requestId}/cancel`, {}, version(from)),
      };
    },
  },
  {
    route: "/api/v1/encounters/{encounterId}/documents",
    code: "ENCOUNTER_NOT_FOUND",
    async wish(people, cloud) {
      const patient = await people.admitted();
      await moveTo(cloud, patient, "south");
      return {
        by: people.north,
        path: `encounters/${patient.encounterId}/documents?name=note.txt`,
        body: Buffer.from("Penicillin gives her a rash."),
        headers: { "content-type": "text/plain" },
        change: () => moveTo(cloud, patient, "north"),
      };
    },
  },
  {
    route: "/api/v1/encounters/{encounterId}/consents",
    code: "ENCOUNTER_NOT_FOUND",
    async wish(people, cloud) {
      const patient = await people.admitted();
      await moveTo(cloud, patient, "south");
      return {
        by: people.north,
        path: `encounters/${patient.encounterId}/consents`,
        body: { kind: "share-documents", hospitalId: "south", until: soon(cloud) },
        change: () => moveTo(cloud, patient, "north"),
      };
    },
  },
  {
    route: "/api/v1/evidence/erasures",
    code: "ERASURE_NOT_LOGGED",
    async wish(people, cloud) {
      const { encounterId } = await people.admitted();
      const headers = { "content-type": "text/plain", ...key("stored") };
      const path = `encounters/${encounterId}/documents?name=note.txt`;
      const { documentId } = await made(people.north.send("POST", path, Buffer.from("No."), headers));
      return {
        by: await person(cloud, "hospital-admin"),
        path: "evidence/erasures",
        body: { documentId, reason: REASON },
        async change() {
          while ((await cloud.logIntake.sequencer.look()) > 0);
        },
      };
    },
  },
];
