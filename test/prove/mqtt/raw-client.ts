/** A client in bytes. What the broker says is waited for frame by frame; what it does not say shows behind a ping. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  answerFrame,
  type Frame,
  idOf,
  PING_FRAME,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  type Published,
  readPublished,
  takeFrame,
  UNSUBACK,
  unsubscribeFrame,
} from "./frames.ts";

export class RawClient {
  readonly #socket: Socket;
  readonly #frames: Frame[] = [];
  #rest = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => undefined;

  readonly #answerMsMax: number;

  static async open(port: number, answerMsMax: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    const client = new RawClient(socket, answerMsMax);
    await once(socket, "connect");
    return client;
  }

  private constructor(socket: Socket, answerMsMax: number) {
    this.#answerMsMax = answerMsMax;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      this.#rest = Buffer.concat([this.#rest, bytes]);
      for (let taken = takeFrame(this.#rest); taken !== null; taken = takeFrame(this.#rest)) {
        this.#frames.push(taken.frame);
        this.#rest = taken.rest as Buffer<ArrayBuffer>;
      }
      this.#wake();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  send(...frames: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  /** The next frame, which has to be of this kind. */
  async next(kind: number): Promise<Frame> {
    await this.#until(() => this.#frames.length > 0 || this.#isClosed, `a frame of kind ${kind}`);
    const frame = this.#frames.shift();
    if (frame === undefined) throw new Error(`expected a frame of kind ${kind}, but the line was closed`);
    if (frame.kind !== kind) throw new Error(`expected a frame of kind ${kind}, got one of ${frame.kind}`);
    return frame;
  }

  /** The first frame of this kind, whatever came before it; that stays for later. */
  async first(kind: number): Promise<Frame> {
    const isHere = () => this.#frames.some((frame) => frame.kind === kind);
    await this.#until(() => isHere() || this.#isClosed, `a frame of kind ${kind}`);
    const index = this.#frames.findIndex((frame) => frame.kind === kind);
    const [frame] = index < 0 ? [] : this.#frames.splice(index, 1);
    if (frame === undefined) throw new Error(`expected a frame of kind ${kind}, but the line was closed`);
    return frame;
  }

  async message(): Promise<Published> {
    return readPublished(await this.first(PUBLISH));
  }

  async messages(count: number): Promise<Published[]> {
    const heard: Published[] = [];
    while (heard.length < count) heard.push(await this.message());
    return heard;
  }

  /** Takes the next message and answers it to the end. */
  async receive(): Promise<Published> {
    const message = await this.message();
    if (message.qos === 1) this.send(answerFrame(PUBACK, message.id));
    if (message.qos === 2) {
      this.send(answerFrame(PUBREC, message.id));
      await this.first(PUBREL);
      this.send(answerFrame(PUBCOMP, message.id));
    }
    return message;
  }

  /** An exchange in which the broker answers once: the answer's packet id. */
  async ask(kind: number, ...frames: readonly Buffer[]): Promise<number> {
    this.send(...frames);
    return idOf(await this.first(kind));
  }

  /** All that the broker had to say up to now. */
  async quiet(): Promise<readonly Frame[]> {
    this.send(PING_FRAME);
    await this.first(PINGRESP);
    return this.#frames.splice(0);
  }

  /**
   * All that the broker had to say up to now, also of what a session had kept: that goes to the disk and back in several
   * steps, so the broker is asked several times for
   * what takes the same way, as an UNSUBSCRIBE does in a session that lasts.
   */
  async said(): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    for (let step = 0; step < 4; step++) {
      await this.ask(UNSUBACK, unsubscribeFrame(0xfff0 + step, "nobody/subscribed"));
      frames.push(...(await this.quiet()));
    }
    return frames;
  }

  /** Messages among them. */
  async heard(): Promise<readonly Published[]> {
    return (await this.said()).filter(({ kind }) => kind === PUBLISH).map(readPublished);
  }

  /** Waits until the broker closes the line; returns what it said before. */
  async closed(withinMs = this.#answerMsMax): Promise<readonly Frame[]> {
    await this.#until(() => this.#isClosed, "the line to be closed", withinMs);
    return this.#frames.splice(0);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Without a DISCONNECT. */
  async drop(): Promise<void> {
    this.#socket.destroy();
    await this.closed();
  }

  async #until(holds: () => boolean, what: string, withinMs = this.#answerMsMax): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (!holds()) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`expected ${what} within ${withinMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
