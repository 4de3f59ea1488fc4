/** A ward for tests of attribution: beds, a doctor, and a device at each bed. */
import { expect } from "vitest";
import { applyBookingEvent } from "../../cloud/bookings/apply-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import type { BookingEventBody, BookingView } from "../../contracts/wire/booking.ts";
import type { AttributionView, EncounterSeries, StayList } from "../../contracts/wire/encounters.ts";
import { type Answer, hearBeds, openBeds, type Person, person } from "./booking-desk.ts";
import { batch, reading, START_MS } from "./records.ts";
import type { TestCloud } from "./support.ts";

const MINUTE_MS = 60_000;
export const at = (minute: number) => new Date(START_MS + minute * MINUTE_MS).toISOString();

export async function post(by: Person, path: string, body: object, version: number | undefined, key: string) {
  const ifMatch = version === undefined ? {} : { "if-match": `"${version}"` };
  return await by.send("POST", path, body, { "idempotency-key": key.replaceAll("/", "-"), ...ifMatch });
}

/** Two beds of a hospital and a doctor; minutes count from the start. */
export async function wardOf(cloud: TestCloud) {
  await openBeds(cloud, 2);
  const doctor = await person(cloud, "doctor");
  const seqs = new Map<string, number>();
  let keys = 0;
  const now = (minute: number) => {
    cloud.clock.now = START_MS + minute * MINUTE_MS;
  };
  const series = async ({ encounterId }: BookingView, query = "") => {
    const answer = await doctor.send("GET", `encounters/${encounterId}/series?metric=spo2${query}`);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body as EncounterSeries;
  };
  return {
    now,
    series,
    async admit(bedId: string, minute: number): Promise<BookingView> {
      now(minute);
      await hearBeds(cloud, "north", 2);
      await cloud.db.deleteFrom("cleaningTasks").execute();
      await cloud.db.deleteFrom("declarations").execute();
      const request = await doctor.askFor({}, { urgency: "emergency", clinicalPriority: 1 });
      return await doctor.moved(await doctor.held(request.requestId, bedId), "admit");
    },
    async reserve(bedId: string, minute: number): Promise<BookingView> {
      now(minute);
      const request = await doctor.askFor();
      const requested = await doctor.moved(await doctor.held(request.requestId, bedId), "request");
      return requested.state === "reserved" ? requested : await doctor.moved(requested, "accept");
    },
    /** Its sensors, not a person. */
    async noticed({ bookingId }: BookingView, minute: number): Promise<void> {
      now(minute + 1);
      const presentSinceMs = START_MS + minute * MINUTE_MS;
      const { ports } = cloud.bookings;
      await inDeskTransaction(
        { db: cloud.db, clock: ports.deskClock, deskChanged: () => undefined },
        "service",
        (step) =>
          applyBookingEvent(ports, step, bookingId, { event: "presence", actor: "service", presentSinceMs }),
      );
    },
    async event({ bookingId }: BookingView, event: BookingEventBody["event"], fields = {}): Promise<void> {
      await doctor.moved(await doctor.booking(bookingId), event, fields);
    },
    async discharge(booking: BookingView, minute: number): Promise<void> {
      now(minute);
      await doctor.moved(await doctor.booking(booking.bookingId), "discharge");
    },
    booking: async ({ bookingId }: BookingView) => await doctor.booking(bookingId),
    async staysOf({ encounterId }: BookingView) {
      return ((await doctor.send("GET", `encounters/${encounterId}/stays`)).body as StayList).stays;
    },
    /** One device a bed, of the same name. */
    async send(deviceId: string, minutes: readonly number[]): Promise<void> {
      const firstSeq = (seqs.get("vitals") ?? 0) + 1;
      seqs.set("vitals", firstSeq + minutes.length - 1);
      const readings = minutes.map((minute) =>
        reading({
          deviceId,
          bedId: deviceId,
          metric: "spo2",
          unit: "%",
          value: 97,
          observedAtMs: START_MS + minute * MINUTE_MS,
          receivedAtMs: cloud.clock.now,
        }),
      );
      const { status } = await cloud.sync(
        batch(readings, { lane: "vitals", firstSeq, sentAtMs: cloud.clock.now }),
      );
      expect(status).toBe(200);
    },
    async minutesOf(booking: BookingView): Promise<number[]> {
      const { readings } = await series(booking);
      return readings.map(({ observedAt }) => (Date.parse(observedAt) - START_MS) / MINUTE_MS);
    },
    async whoseAt(deviceId: string, minute: number): Promise<AttributionView> {
      return (await doctor.send("GET", `attribution?device=${deviceId}&at=${at(minute)}`))
        .body as AttributionView;
    },
    async post(path: string, body: object, version?: number, key?: string): Promise<Answer> {
      keys += 1;
      return await post(doctor, path, body, version, key ?? `correction-${keys}`);
    },
  };
}
