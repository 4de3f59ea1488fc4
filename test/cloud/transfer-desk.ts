/** Transfers for tests: a patient in a bed of the north, a request for the next bed, and people of both hospitals. */
import { sql } from "kysely";
import { OCCUPYING_BOOKING_STATES } from "../../contracts/booking/states.ts";
import type { BookingView, RequestView } from "../../contracts/wire/booking.ts";
import type { TransferEventBody, TransferView } from "../../contracts/wire/transfers.ts";
import { type Answer, hearBeds, openBeds, type Person, person, setPolicy } from "./booking-desk.ts";
import type { TestCloud } from "./support.ts";

let keys = 0;
function freshKey(): string {
  keys += 1;
  return `transfer-${keys}`;
}

export class TransferDesk {
  readonly cloud: TestCloud;
  readonly coordinator: Person;
  /** Nurses of the two hospitals. */
  readonly north: Person;
  readonly south: Person;

  constructor(cloud: TestCloud, people: Readonly<Record<"coordinator" | "north" | "south", Person>>) {
    this.cloud = cloud;
    this.coordinator = people.coordinator;
    this.north = people.north;
    this.south = people.south;
  }

  /** A patient lies in north-1; south-1, south-2 and north-2 are free. */
  static async open(cloud: TestCloud): Promise<TransferDesk> {
    await openBeds(cloud, 2, 2);
    for (const hospital of ["north", "south"]) await setPolicy(cloud, hospital, { autoAccept: false });
    return new TransferDesk(cloud, {
      coordinator: await person(cloud, "emergency-coordinator"),
      north: await person(cloud, "nurse", "north"),
      south: await person(cloud, "nurse", "south"),
    });
  }

  async admitted(bedId = "north-1"): Promise<BookingView> {
    const { requestId } = await this.coordinator.askFor();
    const held = await this.coordinator.held(requestId, bedId);
    const asked = await this.coordinator.moved(held, "request");
    return await this.north.moved(await this.north.booking(asked.bookingId), "admit");
  }

  async nextRequest({ encounterId }: { readonly encounterId: string }): Promise<RequestView> {
    const from = { kind: "hospital", hospitalId: "north" } as RequestView["need"]["from"];
    return await this.coordinator.askFor({ from }, { encounterId });
  }

  async begin(
    fromBookingId: string,
    requestId: string,
    by: Person = this.coordinator,
    key = freshKey(),
  ): Promise<Answer> {
    return await by.send("POST", "transfers", { fromBookingId, requestId }, { "idempotency-key": key });
  }

  async begun(): Promise<TransferView> {
    const origin = await this.admitted();
    const { requestId } = await this.nextRequest(origin);
    const answer = await this.begin(origin.bookingId, requestId);
    if (answer.status !== 201) throw new Error(JSON.stringify(answer));
    return answer.body as TransferView;
  }

  async event(
    by: Person,
    { transferId, version }: TransferView,
    event: TransferEventBody["event"],
    fields: object = {},
  ): Promise<Answer> {
    const headers = { "if-match": `"${version}"` };
    return await by.send("POST", `transfers/${transferId}/events`, { event, ...fields }, headers);
  }

  /** An event that must be taken. */
  async moved(
    by: Person,
    transfer: TransferView,
    event: TransferEventBody["event"],
    fields: object = {},
  ): Promise<TransferView> {
    const answer = await this.event(by, transfer, event, fields);
    if (answer.status !== 200) throw new Error(`${event}: ${JSON.stringify(answer)}`);
    return answer.body as TransferView;
  }

  async transfer(transferId: string): Promise<TransferView> {
    return (await this.coordinator.send("GET", `transfers/${transferId}`)).body as TransferView;
  }

  async held(bedId = "south-1"): Promise<TransferView> {
    return await this.moved(this.coordinator, await this.begun(), "hold-destination", { bedId });
  }
  async accepted(): Promise<TransferView> {
    return await this.moved(this.south, await this.held(), "accept");
  }
  async enRoute(): Promise<TransferView> {
    const ordered = await this.moved(this.north, await this.accepted(), "order-transport");
    return await this.moved(this.north, ordered, "depart");
  }

  /** Time passes, in which the beds are heard. */
  async pass(ms: number): Promise<void> {
    this.cloud.clock.now += ms;
    for (const hospital of ["north", "south"] as const) await hearBeds(this.cloud, hospital, 2);
  }

  /** Beds in which the encounter's patient lies, as the database has it. */
  async occupied(): Promise<string[]> {
    const { rows } = await sql<{ bedId: string }>`
      SELECT bed_id FROM bookings WHERE state = ANY(${[...OCCUPYING_BOOKING_STATES]}::text[])`.execute(
      this.cloud.db,
    );
    return rows.map(({ bedId }) => bedId);
  }
}
