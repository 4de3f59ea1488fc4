/** What the desk of the north has, made anew for each who asks for it. */
import { insertConflict } from "../../cloud/reconcile/repository.ts";
import type { BookingView } from "../../contracts/wire/booking.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { TransferView } from "../../contracts/wire/transfers.ts";
import type { CleaningTaskView } from "../../contracts/wire/ward-desk.ts";
import { openBeds, type Person, person } from "./booking-desk.ts";
import type { TestCloud } from "./support.ts";

const BEDS = 8;
export const NORTH = HospitalId.parse("north");
export const FROM_NORTH = { from: { kind: "hospital", hospitalId: NORTH } } as const;

export class Scene {
  readonly cloud: TestCloud;
  readonly north: Person;
  readonly coordinator: Person;
  #beds = 0;
  #keys = 0;

  static async open(cloud: TestCloud): Promise<Scene> {
    await openBeds(cloud, BEDS, 1);
    return new Scene(cloud, {
      north: await person(cloud, "nurse", "north"),
      coordinator: await person(cloud, "emergency-coordinator"),
    });
  }

  private constructor(cloud: TestCloud, people: Readonly<Record<"north" | "coordinator", Person>>) {
    this.cloud = cloud;
    this.north = people.north;
    this.coordinator = people.coordinator;
  }

  bed(): string {
    this.#beds += 1;
    if (this.#beds > BEDS) throw new Error(`the scene has ${BEDS} beds`);
    return `north-${this.#beds}`;
  }

  key(): Record<string, string> {
    this.#keys += 1;
    return { "idempotency-key": `desk-${this.#keys}` };
  }

  request = (encounterId?: string) =>
    this.north.askFor(FROM_NORTH, encounterId === undefined ? {} : { encounterId });

  async held(): Promise<BookingView> {
    return await this.north.held((await this.request()).requestId, this.bed());
  }

  /** A bed of the north, asked for by the coordinator. */
  async askedByCoordinator(): Promise<BookingView> {
    const { requestId } = await this.coordinator.askFor(FROM_NORTH);
    return await this.coordinator.moved(await this.coordinator.held(requestId, this.bed()), "request");
  }

  async admitted(): Promise<BookingView> {
    return await this.north.moved(await this.north.moved(await this.held(), "request"), "admit");
  }

  async next(): Promise<{ fromBookingId: string; requestId: string }> {
    const { bookingId, encounterId } = await this.admitted();
    return { fromBookingId: bookingId, requestId: (await this.request(encounterId)).requestId };
  }

  async transfer(): Promise<TransferView> {
    const { body } = await this.north.send("POST", "transfers", await this.next(), this.key());
    return body as TransferView;
  }

  async conflict(): Promise<string> {
    const { db, clock } = this.cloud;
    const conflict = {
      bedId: BedId.parse(this.bed()),
      hospitalId: NORTH,
      kind: "squat",
      bookingId: null,
    } as const;
    return await db.transaction().execute(async (trx) => {
      const id = await insertConflict(trx, { ...conflict, sinceMs: clock.now, says: [] }, clock.now);
      if (id === null) throw new Error("the conflict was to be opened");
      return id;
    });
  }

  async task(): Promise<CleaningTaskView> {
    const body = { bedId: this.bed(), kind: "routine", priority: "routine" };
    return (await this.north.send("POST", "cleaning-tasks", body, this.key())).body as CleaningTaskView;
  }
}
