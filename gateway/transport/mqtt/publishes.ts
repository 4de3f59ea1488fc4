/**
 * One device's publishes of QoS 0 and 1. Its readings go to the ingest, its status to whoever has subscribed, and each is
 * acknowledged once that is done, in the order in which it came.
 */
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { Kept } from "../../ingest/raw-message.ts";
import type { Moment } from "../../moment.ts";
import { ACK_BYTES, AckQueue } from "./ack-queue.ts";
import type { Refusal } from "./broker-counters.ts";
import { textAt } from "./connect-frame.ts";
import type { Hall } from "./hall.ts";
import { partOf } from "./inbox.ts";
import { UNTOLD_MAX } from "./limits.ts";
import { isAt, type PublishFrame } from "./publish-frame.ts";
import { type DeviceTopics, statusTopic, topicKindOf } from "./topics.ts";

/** The connection that they came over. */
export type Publisher = {
  /** There is something to acknowledge, or to read on. */
  owe(): void;
  /** Nothing more of it is acknowledged; what was not, comes again. */
  close(): void;
  end(refusal: Refusal, detail: string): void;
};

export class Publishes {
  readonly deviceId: DeviceId;
  /** Whether this device would be told what it says itself; nobody else can be. */
  isSubscribed = false;
  readonly #hall: Hall;
  readonly #publisher: Publisher;
  readonly #topics: DeviceTopics;
  readonly #readings: Buffer;
  readonly #acks = new AckQueue();
  readonly #kept: Kept = (error) => this.#hearKept(error);
  #untold = 0;

  constructor(hall: Hall, publisher: Publisher, deviceId: DeviceId, topics: DeviceTopics) {
    this.#hall = hall;
    this.#publisher = publisher;
    this.deviceId = deviceId;
    this.#topics = topics;
    this.#readings = Buffer.from(topics.readings);
  }

  /** Whether as much is under way as may be. */
  get mustWait(): boolean {
    return this.#acks.isFull || this.#untold >= UNTOLD_MAX;
  }

  take(frame: PublishFrame, bytes: Buffer, end: number, now: Moment): void {
    if (frame.qos === 0) this.#hall.tally.qos0 += 1;
    else this.#hall.tally.qos1 += 1;
    if (!isAt(bytes, frame.topicStart, frame.topicEnd, this.#readings)) this.#takeOther(frame, bytes, end);
    else this.#takeReading(frame, partOf(bytes, frame.payloadStart, end), now);
  }

  /** What is due now, in one piece. */
  takeAcks(): Buffer | null {
    const acks = this.#acks.take();
    if (acks !== null) this.#hall.tally.acknowledged += acks.length / ACK_BYTES;
    return acks;
  }

  #takeReading(frame: PublishFrame, payload: Buffer, received: Moment): void {
    const { ingest } = this.#hall;
    const { qos, packetId, isRepeat } = frame;
    const body = { kind: "mqtt" as const, payload, packetId: qos === 0 ? null : packetId, isRepeat };
    const message = { deviceId: this.deviceId, received, body };
    if (this.isSubscribed) {
      const number = this.#acks.add(packetId);
      this.#untold += 1;
      const told = Buffer.from(payload);
      ingest.take(message, (error) => {
        if (error !== null) this.#publisher.close();
        else this.#tell(number, this.#topics.readings, frame, told, false);
      });
      return;
    }
    if (qos === 0) {
      ingest.take(message, ignore);
      return;
    }
    this.#acks.addTaken(packetId);
    ingest.take(message, this.#kept);
  }

  #takeOther(frame: PublishFrame, bytes: Buffer, end: number): void {
    const topic = textAt(bytes, frame.topicStart, frame.topicEnd);
    const kind = topic === null ? "foreign" : topicKindOf(this.deviceId, this.#topics, topic);
    if (topic === null || kind === "foreign") {
      const expected = `expected ${this.#topics.readings} or ${statusTopic(this.deviceId)}`;
      this.#publisher.end("foreign-topic", `${expected}, got another topic; the connection was closed`);
      return;
    }
    const number = this.#acks.add(frame.packetId);
    // Nobody can have subscribed to what a maker's device says of itself.
    if (kind === "own-area") {
      this.#isDone(number);
      return;
    }
    this.#untold += 1;
    const payload = Buffer.from(bytes.subarray(frame.payloadStart, end));
    this.#tell(number, topic, frame, payload, frame.isRetained);
  }

  /** Tells whoever has subscribed, and owes the acknowledgement from then on. */
  #tell(number: number, topic: string, { qos }: PublishFrame, payload: Buffer, retain: boolean): void {
    const packet = { cmd: "publish" as const, topic, payload, qos: qos as 0 | 1, retain, dup: false };
    this.#hall.tell(packet, (error) => {
      this.#untold -= 1;
      if (error) this.#publisher.close();
      else this.#isDone(number);
    });
  }

  #hearKept(error: Error | null): void {
    // Not kept, so not acknowledged: the device sends it again.
    if (error !== null) {
      this.#publisher.close();
      return;
    }
    this.#acks.kept();
    this.#publisher.owe();
  }

  #isDone(number: number): void {
    this.#acks.done(number);
    this.#publisher.owe();
  }
}

const ignore = () => undefined;
