/**
 * One of the people who want the same few beds: asks, holds, renews, confirms, admits, discharges, gives up half way,
 * loses patience with an answer and asks again under the same key. It remembers the last definite answer of each booking.
 */
import { setTimeout as sleep } from "node:timers/promises";

export type Known = { readonly state: string; readonly version: number; readonly fencingToken: number };
type Booking = Known & {
  readonly bookingId: string;
  readonly requestId: string;
  readonly encounterId: string;
  readonly bedId: string;
};
type Answer = { readonly status: number; readonly body: Record<string, unknown> };

export type Counts = {
  attempts: number;
  aborted: number;
  retried: number;
  heldUp: number;
  byCode: Map<string, number>;
};
export type ClientParts = {
  readonly name: string;
  readonly urls: readonly string[];
  readonly cookie: string;
  readonly bedIds: readonly string[];
  readonly chance: () => number;
  readonly counts: Counts;
  /** False: enough attempts were made. */
  goOn(): boolean;
};

const RETRY_MS = 50;
/** For how long a copy of a request is held up on its way, and how many of them are. */
const HELD_UP_MS_MAX = 400;
const HELD_UP = 0.03;
const ANSWER_MS_MAX = 30_000;
/** What is left undecided after so many repetitions is a miss of its own. */
const TRIES_MAX = 200;

export class Client {
  readonly #parts: ClientParts;
  readonly known = new Map<string, Known>();
  readonly unexplained: string[] = [];
  readonly #heldUp = new Set<Promise<void>>();
  #keys = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    let requestId: string | null = null;
    while (this.#parts.goOn()) {
      requestId ??= await this.#ask();
      if (requestId === null) continue;
      const held = await this.#hold(requestId);
      if (held === "ended") requestId = null;
      // What was left half way keeps the request from another bed until its time is over.
      else if (held !== "refused") await this.#carryOn(held);
    }
    await Promise.all(this.#heldUp);
  }

  async #ask(encounterId?: string): Promise<string | null> {
    const urgency = this.#roll(0.2) ? "emergency" : "urgent";
    const from = { kind: "place", label: "Proof", latitude: 51, longitude: 0 };
    const body = {
      need: { levelOfCare: "intensive", from },
      urgency,
      clinicalPriority: 3,
      ...(encounterId === undefined ? {} : { encounterId }),
    };
    const { status, body: made } = await this.#certain("requests", body, { "idempotency-key": this.#key() });
    return status === 201 ? String(made.requestId) : null;
  }

  async #hold(requestId: string): Promise<Booking | "refused" | "ended"> {
    const { bedIds, counts } = this.#parts;
    const bedId = bedIds[Math.floor(this.#parts.chance() * bedIds.length)];
    counts.attempts += 1;
    const answer = await this.#certain("bookings", { requestId, bedId }, { "idempotency-key": this.#key() });
    if (answer.status === 201) return this.#note(answer.body);
    return answer.body.code === "REQUEST_ENDED" ? "ended" : "refused";
  }

  async #carryOn(held: Booking): Promise<void> {
    let booking = held;
    const step = async (event: string, fields: object = {}) => {
      const next = await this.#event(booking, event, fields);
      if (next !== null) booking = next;
      return next !== null;
    };
    if (this.#roll(0.3)) await sleep(this.#parts.chance() * 600);
    if (this.#roll(0.3)) await step("renew");
    if (this.#roll(0.3)) {
      if ((await step("release")) && this.#roll(0.3)) await step("undo");
      if (booking.state !== "held") return;
    }
    if (this.#roll(0.15)) return;
    if (!(await step("request"))) return;
    if (this.#roll(0.3)) {
      await step("cancel");
      return;
    }
    await step("assign");
    if (!(await step("admit"))) return void (await step("cancel"));
    if (this.#roll(0.3)) await this.#wantSecondBed(booking);
    await step("discharge");
  }

  /** The same patient, another bed: that one is never theirs as long as they have the first. */
  async #wantSecondBed({ encounterId }: Booking): Promise<void> {
    const requestId = await this.#ask(encounterId);
    if (requestId === null) return;
    const other = await this.#hold(requestId);
    if (typeof other === "object") {
      const requested = await this.#event(other, "request", {});
      const admitted = requested === null ? null : await this.#event(requested, "admit", {});
      if (admitted !== null) await this.#event(admitted, "discharge", {});
      else if (requested !== null) await this.#event(requested, "cancel", {});
      else await this.#event(other, "release", {});
    }
    await this.#drop(requestId);
  }

  /** So that those who wait do not grow without end; one that still has a bed is left to lapse. */
  async #drop(requestId: string): Promise<void> {
    const { body } = await this.#certain(`requests/${requestId}`, null, {});
    if (body.state !== "open") return;
    await this.#certain(`requests/${requestId}/cancel`, {}, { "if-match": `"${body.version}"` });
  }

  /** Null: it was refused. An answer that was lost is looked up: the version says whether it was done. */
  async #event(booking: Booking, event: string, fields: object): Promise<Booking | null> {
    this.#parts.counts.attempts += 1;
    const { bookingId, version, fencingToken } = booking;
    const body = { event, fencingToken, ...fields };
    const answer = await this.#certain(`bookings/${bookingId}/events`, body, { "if-match": `"${version}"` });
    if (answer.status === 200) return this.#note(answer.body);
    const now = await this.#certain(`bookings/${bookingId}`, null, {});
    if (now.status !== 200) return null;
    const read = this.#note(now.body);
    // A lost answer's repetition is refused as stale, although it was this client that moved on.
    return answer.status === 412 && read.version === version + 1 && isLive(read.state) ? read : null;
  }

  #note(body: Record<string, unknown>): Booking {
    const booking = body as unknown as Booking;
    const { state, version, fencingToken } = booking;
    // What is called lapsed by its time alone is still stored as a hold.
    this.known.set(booking.bookingId, { state, version, fencingToken });
    return booking;
  }

  /** Asks until there is an answer that says what was done; sometimes gives up on one half way, and asks again. */
  async #certain(path: string, body: object | null, headers: Record<string, string>): Promise<Answer> {
    const { urls, counts, chance } = this.#parts;
    let last = "";
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const url = urls[Math.floor(chance() * urls.length)] ?? "";
      const impatient = this.#roll(0.05);
      const patienceMs = impatient ? 1 + chance() * 15 : ANSWER_MS_MAX;
      try {
        const answer = await this.#send(url, path, body, headers, patienceMs);
        const code = typeof answer.body.code === "string" ? answer.body.code : String(answer.status);
        counts.byCode.set(code, (counts.byCode.get(code) ?? 0) + 1);
        if (answer.status < 500) {
          if ("idempotency-key" in headers && this.#roll(HELD_UP)) this.#comesLate(path, body, headers);
          return answer;
        }
        last = JSON.stringify(answer.body);
        if (answer.status === 500) this.unexplained.push(`${path}: ${JSON.stringify(answer.body)}`);
      } catch (error) {
        if (!impatient) last = String(error);
        counts.aborted += 1;
      }
      counts.retried += 1;
      await sleep(RETRY_MS);
    }
    throw new Error(`${this.#parts.name} was to get an answer of ${path}; the last was ${last}`);
  }

  /** A try of which the client has given up all hope arrives behind the answer to another one. */
  #comesLate(path: string, body: object | null, headers: Record<string, string>): void {
    const { urls, counts, chance } = this.#parts;
    const url = urls[Math.floor(chance() * urls.length)] ?? "";
    const sending = sleep(chance() * HELD_UP_MS_MAX)
      .then(() => this.#send(url, path, body, headers, ANSWER_MS_MAX))
      .then(
        ({ status, body: said }) => {
          if (status === 500) this.unexplained.push(`${path}, late: ${JSON.stringify(said)}`);
        },
        // Its connection may be one of those that are killed.
        () => undefined,
      )
      .finally(() => this.#heldUp.delete(sending));
    this.#heldUp.add(sending);
    counts.heldUp += 1;
  }

  async #send(
    url: string,
    path: string,
    body: object | null,
    headers: Record<string, string>,
    patienceMs: number,
  ): Promise<Answer> {
    const { cookie } = this.#parts;
    const reply = await fetch(`${url}/api/v1/${path}`, {
      method: body === null ? "GET" : "POST",
      headers: {
        cookie,
        origin: url,
        // A client's clock that is an hour off decides nothing.
        date: new Date(Date.now() + 3_600_000).toUTCString(),
        ...(body === null ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(Math.ceil(patienceMs)),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  }

  #key(): string {
    this.#keys += 1;
    return `${this.#parts.name}-${this.#keys}`;
  }

  #roll(probability: number): boolean {
    return this.#parts.chance() < probability;
  }
}

const isLive = (state: string) =>
  ["held", "requested", "reserved", "assigned", "arrived", "admitted", "on-leave"].includes(state);
