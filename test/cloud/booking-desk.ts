/** Requests and bookings for tests: beds that can be booked, and people who book them over HTTP. */
import { sql } from "kysely";
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import type { BedNeed, BookingEventBody, BookingView, RequestView } from "../../contracts/wire/booking.ts";
import type { HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import { batch, freeBed, heartbeat, south } from "./records.ts";
import type { TestCloud } from "./support.ts";

export type Answer = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly etag: string;
};

/** Beds north-1, north-2 … with fresh evidence, each in a room of its own, and as many of the south as are asked for. */
export async function openBeds(cloud: TestCloud, north: number, southern = 0): Promise<void> {
  await openBedsOf(cloud, "north", north);
  if (southern > 0) await openBedsOf(cloud, "south", southern);
}

const bedsOf = (hospital: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${hospital}-${n + 1}`);

async function openBedsOf(cloud: TestCloud, hospital: "north" | "south", count: number): Promise<void> {
  const beds = bedsOf(hospital, count);
  const fields = hospital === "south" ? south : {};
  const at = cloud.clock.now;
  const events = beds.flatMap((bedId) =>
    freeBed(bedId, {
      wardId: `${hospital}-ward`,
      roomId: `${bedId}-room`,
      sources: [{ deviceId: bedId, expectedIntervalMs: 5_000, decides: "load" }],
    }),
  );
  await cloud.sync(batch(events, { ...fields, sentAtMs: at }));
  await hearBeds(cloud, hospital, count);
  for (const bedId of beds)
    await sql`
      INSERT INTO bed_profiles (bed_id, hospital_id, level_of_care, features, age_bands, sex_rule, patient_mass_kg_max, version)
      VALUES (${bedId}, ${hospital}, 'intensive', '["oxygen"]', '["adult"]', 'any', NULL, 1)`.execute(
      cloud.db,
    );
}

/** Fresh evidence, as of now. */
export async function hearBeds(cloud: TestCloud, hospital: "north" | "south", count: number): Promise<void> {
  const sources = bedsOf(hospital, count).map((bedId) => ({ bedId, deviceId: bedId, evidenceAgeMs: 0 }));
  const fields = hospital === "south" ? south : {};
  await cloud.sync(heartbeat({ ...fields, sentAtMs: cloud.clock.now, bedsHeadSeq: 0, sources }));
}

export async function setPolicy(
  cloud: TestCloud,
  hospital: string,
  change: Partial<HospitalPolicyBody>,
): Promise<void> {
  const policy = JSON.stringify({ ...DEFAULT_POLICY, ...change });
  await sql`
    INSERT INTO hospital_policies (hospital_id, policy, version) VALUES (${hospital}, ${policy}::jsonb, 1)
    ON CONFLICT (hospital_id) DO UPDATE SET policy = excluded.policy`.execute(cloud.db);
}

let keys = 0;
function freshKey(): string {
  keys += 1;
  return `key-${keys}`;
}
const ORIGIN = "http://beds.example";

export class Person {
  readonly #cloud: TestCloud;
  readonly #cookie: string;

  constructor(cloud: TestCloud, cookie: string) {
    this.#cloud = cloud;
    this.#cookie = cookie;
  }

  async send(
    method: "POST" | "PUT" | "PATCH" | "DELETE" | "GET",
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const reply = await this.#cloud.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { cookie: this.#cookie, origin: ORIGIN, ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    const answer = reply.body === "" ? {} : reply.json();
    return { status: reply.statusCode, body: answer, etag: String(reply.headers.etag ?? "") };
  }

  async askFor(need: Partial<BedNeed> = {}, fields: object = {}, key = freshKey()): Promise<RequestView> {
    const place = { kind: "place", label: "Roadside", latitude: 51.5, longitude: 0 };
    const body = {
      need: { levelOfCare: "intensive", from: place, ...need },
      urgency: "urgent",
      clinicalPriority: 3,
      ...fields,
    };
    const answer = await this.send("POST", "requests", body, { "idempotency-key": key });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    return answer.body as RequestView;
  }

  async hold(requestId: string, bedId: string, fields: object = {}, key = freshKey()): Promise<Answer> {
    return await this.send("POST", "bookings", { requestId, bedId, ...fields }, { "idempotency-key": key });
  }

  /** A hold that must succeed. */
  async held(requestId: string, bedId: string): Promise<BookingView> {
    const answer = await this.hold(requestId, bedId);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    return answer.body as BookingView;
  }

  async event(booking: BookingView, event: BookingEventBody["event"], fields: object = {}): Promise<Answer> {
    return await this.send(
      "POST",
      `bookings/${booking.bookingId}/events`,
      { event, fencingToken: booking.fencingToken, ...fields },
      { "if-match": `"${booking.version}"` },
    );
  }

  /** An event that must be taken. */
  async moved(
    booking: BookingView,
    event: BookingEventBody["event"],
    fields: object = {},
  ): Promise<BookingView> {
    const answer = await this.event(booking, event, fields);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body as BookingView;
  }

  async booking(bookingId: string): Promise<BookingView> {
    return (await this.send("GET", `bookings/${bookingId}`)).body as BookingView;
  }

  async request(requestId: string): Promise<RequestView> {
    return (await this.send("GET", `requests/${requestId}`)).body as RequestView;
  }
}

export async function person(
  cloud: TestCloud,
  role: Parameters<TestCloud["signIn"]>[0],
  hospital: "north" | "south" = "north",
): Promise<Person> {
  return new Person(cloud, await cloud.signIn(role, hospital));
}
