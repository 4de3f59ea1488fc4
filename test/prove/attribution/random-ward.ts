/** What happens in the ward, by chance: done over HTTP, and told to the grid, which says how each has to be answered. */
import { randomUUID } from "node:crypto";
import type { BookingView, RequestView } from "../../../contracts/wire/booking.ts";
import type { StayList } from "../../../contracts/wire/encounters.ts";
import { START_MS } from "../../cloud/records.ts";
import { below } from "../salvage/seeded.ts";
import type { MinuteGrid } from "./minute-grid.ts";
import type { Answer, ProofWard } from "./proof-ward.ts";

export const MINUTE_MS = 60_000;
const atOf = (minute: number) => new Date(START_MS + minute * MINUTE_MS).toISOString();
const minuteOf = (at: string) => (Date.parse(at) - START_MS) / MINUTE_MS;
const REASON = "seen at the bed";

type Patient = { encounterId: string; booking: BookingView | null };
type KnownStay = { stayId: string; bed: string; from: number; to: number | null; version: number };

export type RandomWardParts = {
  readonly ward: ProofWard;
  readonly grid: MinuteGrid;
  readonly random: () => number;
  readonly beds: readonly string[];
  readonly devices: readonly string[];
};

export class RandomWard {
  readonly patients: Patient[] = [];
  readonly misses: string[] = [];
  readonly done: Record<string, number> = {};
  readonly #parts: RandomWardParts;

  constructor(parts: RandomWardParts) {
    this.#parts = parts;
  }

  /** One thing happens at the minute, or is corrected then. */
  async happen(minute: number): Promise<void> {
    const what = below(this.#parts.random, 20);
    if (what < 6) await this.#admit(minute);
    else if (what < 9) await this.#discharge(minute);
    else if (what < 12) await this.#correct(minute);
    else if (what < 14) await this.#swap(minute);
    else if (what < 15) await this.#merge();
    else await this.#place(minute);
  }

  async staysOf({ encounterId }: Patient): Promise<KnownStay[]> {
    const { body } = await this.#parts.ward.send("GET", `encounters/${encounterId}/stays`);
    return (body as StayList).stays.map(({ stayId, bedId, from, to, version }) => ({
      stayId,
      bed: bedId,
      from: minuteOf(from),
      to: to === null ? null : minuteOf(to),
      version,
    }));
  }

  async #admit(minute: number): Promise<void> {
    const { ward, grid, beds, random } = this.#parts;
    const free = beds.filter((bed) => grid.ownerAt(bed, minute) === null);
    const bedId = free[below(random, free.length)];
    if (bedId === undefined) return;
    await ward.freshen();
    const from = { kind: "place", label: "Roadside", latitude: 51.5, longitude: 0 };
    const need = { levelOfCare: "intensive", from };
    const ask = { need, urgency: "emergency", clinicalPriority: 1 };
    const request = this.#taken("admit", await this.#post("requests", ask)) as RequestView;
    const { requestId, encounterId } = request;
    const held = this.#taken("admit", await this.#post("bookings", { requestId, bedId })) as BookingView;
    const booking = await this.#event(held, "admit");
    this.patients.push({ encounterId, booking });
    if (!grid.lie(encounterId, bedId, { from: minute, to: null }))
      this.misses.push(`minute ${minute}: ${bedId} was somebody's by the model, and was given away`);
    this.#count("admit");
  }

  async #discharge(minute: number): Promise<void> {
    const patient = this.#one(this.patients.filter(({ booking }) => booking !== null));
    if (patient === undefined || patient.booking === null) return;
    const [stay] = (await this.staysOf(patient)).filter(({ to }) => to === null);
    if (stay === undefined || stay.from >= minute) return;
    await this.#event(await this.#bookingOf(patient.booking), "discharge");
    this.#parts.grid.rise(patient.encounterId, stay.bed, { from: minute, to: null });
    patient.booking = null;
    this.#count("discharge");
  }

  async #correct(minute: number): Promise<void> {
    const { grid, random } = this.#parts;
    const patient = this.#one(this.patients);
    const stay = patient === undefined ? undefined : this.#one(await this.staysOf(patient));
    if (patient === undefined || stay === undefined) return;
    const from = Math.max(0, stay.from + below(random, 21) - 10);
    const to = stay.to === null ? null : Math.min(minute, stay.to + below(random, 21) - 10);
    if (from > minute || (to !== null && to <= from)) return;
    const { encounterId } = patient;
    grid.rise(encounterId, stay.bed, stay);
    const fits = grid.lie(encounterId, stay.bed, { from, to });
    if (!fits) grid.lie(encounterId, stay.bed, stay);
    const { stayId } = stay;
    const body = { stayId, from: atOf(from), to: to === null ? null : atOf(to), reason: REASON };
    this.#expect("correct", fits, await this.#post("stays/corrections", body, stay.version));
  }

  /** Whoever was taken for the one was the other, to the end of the stays. */
  async #swap(minute: number): Promise<void> {
    const { grid, random } = this.#parts;
    const isRecent = below(random, 2) === 0;
    const candidates = isRecent ? this.patients.filter(({ booking }) => booking !== null) : this.patients;
    const [one, other] = [this.#one(candidates), this.#one(candidates)];
    if (one === undefined || other === undefined || one.encounterId === other.encounterId) return;
    const at = Math.max(0, minute - below(random, isRecent ? 8 : 40));
    const holds = ({ from, to }: KnownStay) => from <= at && (to === null || at < to);
    const [first, second] = [(await this.staysOf(one)).find(holds), (await this.staysOf(other)).find(holds)];
    const body = { encounterIds: [one.encounterId, other.encounterId], at: atOf(at), reason: REASON };
    let fits = false;
    if (first !== undefined && second !== undefined && (first.to === null) === (second.to === null)) {
      const [tail, otherTail] = [
        { from: at, to: first.to },
        { from: at, to: second.to },
      ];
      grid.rise(one.encounterId, first.bed, tail);
      grid.rise(other.encounterId, second.bed, otherTail);
      const isFirst = grid.lie(one.encounterId, second.bed, otherTail);
      fits = isFirst && grid.lie(other.encounterId, first.bed, tail);
      if (!fits) {
        if (isFirst) grid.rise(one.encounterId, second.bed, otherTail);
        grid.lie(one.encounterId, first.bed, tail);
        grid.lie(other.encounterId, second.bed, otherTail);
      }
    }
    this.#expect("swap", fits, await this.#post("encounters/swap", body));
  }

  async #merge(): Promise<void> {
    const [from, into] = [this.#one(this.patients), this.#one(this.patients)];
    if (from === undefined || into === undefined || from.encounterId === into.encounterId) return;
    const bothWait = from.booking !== null && into.booking !== null;
    const fits = !bothWait && this.#parts.grid.unite(from.encounterId, into.encounterId);
    const body = { from: from.encounterId, into: into.encounterId, reason: REASON };
    this.#expect("merge", fits, await this.#post("encounters/merge", body));
    if (!fits) return;
    into.booking ??= from.booking;
    this.patients.splice(this.patients.indexOf(from), 1);
  }

  async #place(minute: number): Promise<void> {
    const { grid, random, beds, devices } = this.#parts;
    const device = this.#one(devices);
    const from = Math.max(0, minute - below(random, 60));
    const to = below(random, 3) === 0 ? null : Math.min(minute, from + 1 + below(random, 40));
    if (device === undefined || (to !== null && to <= from)) return;
    const bedId = [this.#one(beds), null, undefined][below(random, 3)];
    const body = { deviceId: device, from: atOf(from), reason: REASON };
    const answer = await this.#post("placements", {
      ...body,
      ...(to === null ? {} : { to: atOf(to) }),
      ...(bedId === undefined ? {} : { bedId }),
    });
    if (answer.body.code === "DEVICE_NOT_FOUND") return;
    grid.place(device, bedId, { from, to });
    this.#expect("place", true, answer);
  }

  async #bookingOf({ bookingId }: BookingView): Promise<BookingView> {
    return (await this.#parts.ward.send("GET", `bookings/${bookingId}`)).body as BookingView;
  }

  async #event({ bookingId, fencingToken, version }: BookingView, event: string): Promise<BookingView> {
    const path = `bookings/${bookingId}/events`;
    const answer = await this.#post(path, { event, fencingToken }, version);
    return this.#taken(event, answer) as BookingView;
  }

  async #post(path: string, body: object, version?: number): Promise<Answer> {
    const ifMatch = version === undefined ? {} : { "if-match": `"${version}"` };
    const headers = { "idempotency-key": randomUUID(), ...ifMatch };
    return await this.#parts.ward.send("POST", path, body, headers);
  }

  #taken(what: string, { status, body }: Answer): unknown {
    if (status >= 300) throw new Error(`${what} was to be taken, and is not: ${JSON.stringify(body)}`);
    return body;
  }

  #expect(what: string, isTaken: boolean, { status, body }: Answer): void {
    const asExpected = isTaken ? status === 201 : status === 409;
    if (!asExpected)
      this.misses.push(
        `${what}: by the model it was to be ${isTaken ? "taken" : "refused"}, got ${status} ${body.code ?? ""} ${body.detail ?? ""}`,
      );
    this.#count(isTaken ? what : `${what}-refused`);
  }

  #count(what: string): void {
    this.done[what] = (this.done[what] ?? 0) + 1;
  }

  #one<Item>(items: readonly Item[]): Item | undefined {
    return items[below(this.#parts.random, items.length)];
  }
}
