/**
 * What stands between one connection and aedes. It takes whole frames off the stream, within bounds, carries the device's
 * publishes of QoS 0 and 1 itself, and hands everything else to aedes through a line of its own.
 *
 *   socket ─▶ frames ─┬─ PUBLISH, QoS 0 and 1 ─▶ ingest (readings), aedes' subscribers (status) ─▶ PUBACK, in order
 *                     └─ CONNECT and all others ─▶ line ─▶ aedes ─▶ line ─▶ socket
 */
import type { Duplex } from "node:stream";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { Moment } from "../../moment.ts";
import { AedesLine, type LineOwner } from "./aedes-line.ts";
import type { DoorName, Refusal } from "./broker-counters.ts";
import { fromConnack } from "./connack-first.ts";
import { readConnect } from "./connect-frame.ts";
import { isFilterFrame } from "./filter-frame.ts";
import { CONNECT, DISCONNECT, kindOf, mayFollow, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from "./frame-rules.ts";
import { bodyStart, FrameScanner } from "./frame-scanner.ts";
import type { Visitor } from "./gate.ts";
import type { Guest, Hall } from "./hall.ts";
import { CONNECT_BYTES_MAX, FRAME_BYTES_MAX, KEEP_ALIVE_GRACE, UNSENT_BYTES_MAX } from "./limits.ts";
import type { Arrival } from "./listeners.ts";
import { type PublishFrame, qosOf, readPublish } from "./publish-frame.ts";
import { type Publisher, Publishes } from "./publishes.ts";
import type { DeviceTopics } from "./topics.ts";

/** Why the stream is not read at the moment; any of them is enough. */
const AWAITS_CONNACK = 1;
const AWAITS_ACKS = 2;
const AWAITS_ROOM = 4;
const AWAITS_LINE = 8;
/** Nothing that comes now counts any more. */
const HAS_ENDED = 16;

const CONNACK_OTHER_VERSION = Buffer.of(0x20, 2, 0, 1);
const CONNACK_ID_REJECTED = Buffer.of(0x20, 2, 0, 2);
const NO_ID = "its client id is empty, and it asks for a session that lasts; give it its device id";

export class Front implements Guest, LineOwner, Publisher {
  readonly certificateName: string | null;
  /** Of its CONNECT; null without a will. */
  willTopic: string | null = null;
  readonly #hall: Hall;
  readonly #handToAedes: (line: AedesLine<Front>) => void;
  readonly #stream: Duplex;
  readonly #visitor: Visitor;
  readonly #scanner = new FrameScanner(CONNECT_BYTES_MAX);
  #line: AedesLine<Front> | null = null;
  #publishes: Publishes | null = null;
  #holds = 0;
  #heldBytes = 0;
  #hasBegun = false;
  /** Its CONNECT; nothing may be said before. */
  #hasAnswered = false;
  #isReady = false;
  #isDue = false;
  #isClosed = false;
  #keepAliveMs = 0;
  #heardMonoMs = 0;

  constructor(
    hall: Hall,
    { stream, visitor, certificateName }: Arrival,
    handToAedes: (line: AedesLine<Front>) => void,
  ) {
    this.#hall = hall;
    this.#handToAedes = handToAedes;
    this.#stream = stream;
    this.#visitor = visitor;
    this.certificateName = certificateName;
    hall.enter(this);
    stream.on("data", (chunk: Buffer) => this.#hear(chunk));
    for (const name of ["error", "end", "close"]) stream.on(name, () => this.close());
  }

  get deviceId(): DeviceId | null {
    return this.#publishes?.deviceId ?? null;
  }

  get door(): DoorName {
    return this.#visitor.door;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isPaused(): boolean {
    return (this.#holds & (AWAITS_ACKS | AWAITS_ROOM | AWAITS_LINE)) !== 0;
  }

  /** The CONNECT that was handed on is this device's. */
  admit(deviceId: DeviceId, topics: DeviceTopics): void {
    this.#publishes = new Publishes(this.#hall, this, deviceId, topics);
  }

  /** Whether this device would be told what it says itself. */
  noteSubscribed(isSubscribed: boolean): void {
    if (this.#publishes !== null) this.#publishes.isSubscribed = isSubscribed;
  }

  /** CONNACK has been sent. */
  accept(): void {
    this.#visitor.accept();
    this.#scanner.allow(FRAME_BYTES_MAX);
    this.#release(AWAITS_CONNACK);
  }

  /** What its session had kept for it is sent: from now on it may not read more slowly than it is told. */
  ready(): void {
    this.#isReady = true;
  }

  refuse(refusal: Refusal): void {
    this.#hall.tally.refused[refusal] += 1;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#hall.hold(-this.#heldBytes);
    this.#hall.leave(this);
    this.#stream.destroy();
    this.#line?.destroy();
  }

  sweep(nowMonoMs: number): void {
    // Who is not listened to cannot be heard.
    if (this.#keepAliveMs === 0 || this.#holds !== 0 || this.#publishes === null) return;
    const silentMs = nowMonoMs - this.#heardMonoMs;
    if (silentMs <= this.#keepAliveMs) return;
    this.end("keep-alive", `silent for ${silentMs} ms, longer than its keep-alive allows`);
  }

  roomIsThere(): void {
    this.#release(AWAITS_ROOM);
  }

  acknowledge(): void {
    this.#isDue = false;
    const publishes = this.#publishes;
    if (publishes === null || this.#isClosed) return;
    const acks = publishes.takeAcks();
    if (acks !== null) {
      // Straight to the socket, unless aedes has begun to say something.
      if (this.#line?.writableLength === 0) this.#send(acks);
      else this.#line?.write(acks);
    }
    if (!publishes.mustWait) this.#release(AWAITS_ACKS);
  }

  lineHasRoom(): void {
    if ((this.#holds & AWAITS_LINE) !== 0) process.nextTick(() => this.#release(AWAITS_LINE));
  }

  lineSays(bytes: Buffer, done: () => void): void {
    const said = this.#hasAnswered ? bytes : fromConnack(bytes);
    if (said === null) {
      done();
      return;
    }
    this.#hasAnswered = true;
    this.#send(said);
    // A session that had kept much is emptied as fast as the device reads; nobody else waits for that.
    if (this.#isReady || !this.#stream.writableNeedDrain || this.#isClosed) done();
    else this.#stream.once("drain", done);
  }

  lineIsGone(): void {
    this.close();
  }

  #send(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#stream.write(bytes);
    if (!this.#isReady || this.#stream.writableLength <= UNSENT_BYTES_MAX) return;
    this.end(
      "slow-subscriber",
      `does not read what it is sent; past ${UNSENT_BYTES_MAX} bytes it was cut off`,
    );
  }

  #hear(chunk: Buffer) {
    if (this.#isClosed) return;
    this.#hall.tally.bytesIn += chunk.length;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      // Told from the first byte, since what follows may be no length.
      if (kindOf(chunk[0] ?? 0) !== CONNECT) return this.#breaks("something else than CONNECT came first");
    }
    this.#scanner.give(chunk);
    this.#work();
    this.#scanner.keep();
  }

  #work() {
    const now = this.#hall.clock.now();
    while (this.#holds === 0 && !this.#isClosed) {
      const taken = this.#scanner.take();
      if (taken === "need-more") break;
      if (taken === "too-long") return this.end("frame-too-long", "a frame is longer than it may be");
      if (taken === "bad-length") return this.#breaks("a frame's length takes more than four bytes");
      this.#heardMonoMs = now.monoMs;
      this.#take(now);
    }
    const heldBytes = this.#scanner.heldBytes;
    const isHeld = this.#isClosed || this.#hall.hold(heldBytes - this.#heldBytes);
    this.#heldBytes = heldBytes;
    if (!isHeld) this.end("held-bytes-full", "too much waits to be read or to be whole over all connections");
  }

  #take(now: Moment) {
    const { bytes, start, end } = this.#scanner;
    const header = bytes[start] ?? 0;
    if (this.#line === null) return this.#connect(bytes, start, end);
    if (kindOf(header) === PUBLISH) {
      const frame = readPublish(bytes, start, end);
      if (frame === null) return this.#breaks("a PUBLISH that breaks the protocol");
      if (qosOf(header) !== 2) return this.#publish(frame, bytes, end, now);
      this.#hall.tally.qos2 += 1;
    } else if (!mayFollow(header, end - bodyStart(bytes, start))) {
      return this.#breaks(`a frame that no client may send here, of kind ${kindOf(header)}`);
    }
    const kind = kindOf(header);
    if ((kind === SUBSCRIBE || kind === UNSUBSCRIBE) && !isFilterFrame(bytes, start, end)) {
      return this.#breaks("a SUBSCRIBE or UNSUBSCRIBE that breaks the protocol, or has too many filters");
    }
    if (kind === DISCONNECT) this.#hold(HAS_ENDED);
    if (!this.#line.push(Buffer.from(bytes.subarray(start, end)))) this.#hold(AWAITS_LINE);
    if (kind === PUBLISH) this.#waitWhileFull();
  }

  #connect(bytes: Buffer, start: number, end: number) {
    const read = readConnect(bytes, start, end);
    if (read.kind === "broken") return this.#breaks(`a CONNECT with ${read.what}`);
    if (read.kind === "other-version") {
      return this.#turnAway(CONNACK_OTHER_VERSION, "another version of MQTT than 3.1.1 and 3.1");
    }
    if (read.clientId === "" && !read.isCleanSession) return this.#turnAway(CONNACK_ID_REJECTED, NO_ID);
    this.#keepAliveMs = read.keepAliveS * 1_000 * KEEP_ALIVE_GRACE;
    this.willTopic = read.willTopic;
    this.#hold(AWAITS_CONNACK);
    this.#line = new AedesLine<Front>(this);
    this.#handToAedes(this.#line);
    this.#line.push(read.handedOn);
  }

  #publish(frame: PublishFrame, bytes: Buffer, end: number, now: Moment) {
    const publishes = this.#publishes;
    if (publishes === null) return this.#breaks("a PUBLISH of somebody who is no device");
    publishes.take(frame, bytes, end, now);
    if (publishes.mustWait) this.#hold(AWAITS_ACKS);
    this.#waitWhileFull();
  }

  #waitWhileFull() {
    if (!this.#hall.ingest.isFull) return;
    this.#hold(AWAITS_ROOM);
    this.#hall.wantsRoom(this);
  }

  owe(): void {
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    this.#hall.owes(this);
  }

  #hold(reason: number): void {
    if (this.#holds === 0) this.#stream.pause();
    this.#holds |= reason;
  }

  #release(reason: number): void {
    if ((this.#holds & reason) === 0 || this.#isClosed) return;
    this.#holds &= ~reason;
    if (this.#holds !== 0) return;
    this.#heardMonoMs = this.#hall.clock.now().monoMs;
    this.#work();
    if (this.#holds === 0 && !this.#isClosed) this.#stream.resume();
  }

  #breaks(what: string): void {
    this.end("broken-frame", what);
  }

  end(refusal: Refusal, detail: string): void {
    if (this.#isClosed) return;
    this.refuse(refusal);
    const reason = refusal === "foreign-topic" || refusal === "slow-subscriber" ? refusal : "mqtt-error";
    this.#hall.problemsOf(this.deviceId).count(reason, detail, this.#hall.clock.now().atMs);
    this.close();
  }

  /** Answers why, and leaves it to the other side to go; the gate sees to it that it does. */
  #turnAway(connack: Buffer, detail: string): void {
    this.refuse("not-authorized");
    this.#hall.problemsOf(null).count("mqtt-error", detail, this.#hall.clock.now().atMs);
    this.#hold(HAS_ENDED);
    this.#stream.end(connack);
  }
}
