/** Beds of the proof's own: each statement takes new ones, so that all of them may be looked at at once. */

import {
  answerFrame,
  CONNACK,
  type ConnectParts,
  connectFrame,
  PUBACK,
  PUBCOMP,
  PUBREC,
  PUBREL,
  type PublishParts,
  publishFrame,
  SUBACK,
  subscribeFrame,
} from "./frames.ts";
import { RawClient } from "./raw-client.ts";

export const BEDS_MAX = 500;
/** Of a broker that is well, on a machine that is busy. */
const ANSWER_MS_MAX = 5_000;
export const bedId = (n: number) => `bed-${n}`;
export const keyOf = (deviceId: string) => `key-of-${deviceId}`;

export type JoinParts = Partial<ConnectParts>;
export type Joined = { readonly client: RawClient; readonly isSessionPresent: boolean };

export class Bed {
  readonly id: string;
  readonly #port: number;
  readonly #answerMsMax: number;

  constructor(id: string, port: number, answerMsMax: number) {
    this.id = id;
    this.#port = port;
    this.#answerMsMax = answerMsMax;
  }

  get key(): string {
    return keyOf(this.id);
  }
  get status(): string {
    return `devices/${this.id}/status`;
  }
  get readings(): string {
    return `devices/${this.id}/readings`;
  }
  below(rest: string): string {
    return `devices/${this.id}/${rest}`;
  }

  connect(parts: JoinParts = {}): Buffer {
    return connectFrame({ clientId: this.id, key: this.key, ...parts });
  }

  line(): Promise<RawClient> {
    return RawClient.open(this.#port, this.#answerMsMax);
  }

  /** Connects, and has to be accepted. */
  async join(parts: JoinParts = {}): Promise<Joined> {
    const client = await this.line();
    client.send(this.connect(parts));
    const { body } = await client.next(CONNACK);
    if (body[1] !== 0) throw new Error(`expected to be accepted, got return code ${body[1]}`);
    return { client, isSessionPresent: body[0] === 1 };
  }

  /** Connects and subscribes to its status. */
  async listen(qos: number, parts: JoinParts = {}): Promise<RawClient> {
    const { client } = await this.join(parts);
    await client.ask(SUBACK, subscribeFrame(1, [this.status, qos]));
    return client;
  }

  /** Publishes to its status and waits until the broker has it. */
  async tell(client: RawClient, parts: Partial<PublishParts> & { readonly text: string }): Promise<void> {
    const { qos = 0, id = 1 } = parts;
    const frame = publishFrame({ topic: this.status, ...parts });
    if (qos === 0) client.send(frame);
    if (qos === 1) await client.ask(PUBACK, frame);
    if (qos === 2) {
      await client.ask(PUBREC, frame);
      await client.ask(PUBCOMP, answerFrame(PUBREL, id));
    }
  }
}

type Doors = { readonly ports: { readonly tcp: number; readonly webSocket: number } };
type BenchOptions = { readonly answerMsMax?: number; readonly taken?: { count: number } };

export class Bench {
  readonly #doors: Doors;
  readonly #answerMsMax: number;
  readonly #taken: { count: number };

  constructor(doors: Doors, { answerMsMax = ANSWER_MS_MAX, taken = { count: 0 } }: BenchOptions = {}) {
    this.#doors = doors;
    this.#answerMsMax = answerMsMax;
    this.#taken = taken;
  }

  get webSocketPort(): number {
    return this.#doors.ports.webSocket;
  }

  /** Beds of the same broker, by way of another port. */
  by(tcp: number, answerMsMax: number): Bench {
    const ports = { tcp, webSocket: this.webSocketPort };
    return new Bench({ ports }, { answerMsMax, taken: this.#taken });
  }

  bed(): Bed {
    this.#taken.count += 1;
    if (this.#taken.count > BEDS_MAX) throw new Error(`expected at most ${BEDS_MAX} beds; raise BEDS_MAX`);
    return new Bed(bedId(this.#taken.count), this.#doors.ports.tcp, this.#answerMsMax);
  }
}
