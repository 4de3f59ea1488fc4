/**
 * Reads from units on an RTU line. A reply names no request, so order is kept by time: the line is still before a request
 * goes out, and after a silence or noise it is listened to until it is still again. How long a unit that did not answer
 * must then be left alone is LATE_REPLY_MS; the schedule sees to it.
 */
import { type ReadRequest, requestBody } from "../../../devices/modbus/read-request.ts";
import { rtuReplyBytes, rtuRequest, scanRtu } from "../../../devices/modbus/rtu-frame.ts";
import type { Clock } from "../../moment.ts";
import type { ByteLine } from "../line/byte-line.ts";
import { pauseAtLeast } from "../pause.ts";
import { type Answer, type ModbusMaster, noReply, noteOddity, type Problem, wordsFor } from "./answer.ts";
import { Inbox } from "./inbox.ts";

/** From the end of the request to the beginning of the reply; a serial device server on the way included. */
const REPLY_BEGINS_MS_MAX = 400;
/** A reply that has not come in time may still come for so long; nothing that answers at all takes two seconds. */
export const LATE_REPLY_MS = 1_600;
/** After noise the line counts as still when nothing has come for this long … */
const STILL_AFTER_MS = 30;
/** … and is taken as it is, unanswered, when it does not become still within this. */
const DRAIN_MS_MAX = 500;
/** Start, eight data, parity or second stop, stop. */
const BITS_PER_BYTE = 11;
/** Between two frames: 3.5 characters, and above 19,200 baud 1.75 ms (Modbus over serial line 1.02, 2.5.1.1). */
const PAUSE_CHARACTERS = 3.5;
const PAUSE_MS_MIN = 1.75;

export class RtuMaster implements ModbusMaster {
  readonly #line: ByteLine;
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  readonly #byteMs: number;
  readonly #pauseMs: number;
  #needsDrain = true;

  constructor(line: ByteLine, baudRate: number, clock: Clock) {
    this.#line = line;
    this.#inbox = new Inbox(line, clock);
    this.#clock = clock;
    this.#byteMs = (BITS_PER_BYTE * 1_000) / baudRate;
    this.#pauseMs = Math.max(PAUSE_MS_MIN, PAUSE_CHARACTERS * this.#byteMs);
  }

  async ask(request: ReadRequest): Promise<Answer> {
    const oddities: Problem[] = [];
    const odd = (reason: string, what: string) =>
      noteOddity(oddities, { reason, detail: `${wordsFor(request)}: ${what} was passed over` });
    await this.#becomeStill();
    const unasked = this.#inbox.discard();
    if (unasked > 0) odd("unasked-bytes", `${unasked} bytes that came before the request`);
    const outcome = await this.#replyTo(request, odd);
    const left = this.#inbox.discard();
    if (left > 0) odd("unasked-bytes", `${left} bytes that are no reply`);
    this.#needsDrain = outcome.kind === "silent" || oddities.length > 0;
    return { outcome, oddities };
  }

  async #becomeStill(): Promise<void> {
    const wantedMs = this.#needsDrain ? STILL_AFTER_MS : this.#pauseMs;
    const giveUpMonoMs = this.#clock.now().monoMs + DRAIN_MS_MAX;
    while (this.#inbox.lostWhy === null && this.#inbox.quietMs < wantedMs) {
      if (this.#clock.now().monoMs >= giveUpMonoMs) return;
      await pauseAtLeast(wantedMs - this.#inbox.quietMs);
    }
  }

  async #replyTo(
    request: ReadRequest,
    odd: (reason: string, what: string) => void,
  ): Promise<Answer["outcome"]> {
    const wireBytes = requestBody(request).length + 2 + rtuReplyBytes(request);
    const withinMs = REPLY_BEGINS_MS_MAX + wireBytes * this.#byteMs;
    const untilMonoMs = this.#clock.now().monoMs + withinMs;
    this.#line.write(rtuRequest(request));
    for (;;) {
      const scan = scanRtu(request, this.#inbox.bytes);
      this.#inbox.keep(scan.rest);
      switch (scan.kind) {
        case "reply":
          return { kind: "words", words: scan.words };
        case "exception":
          return { kind: "exception", code: scan.code };
        case "foreign":
          odd("foreign-reply", `a frame of unit ${scan.unit}, function ${scan.functionCode},`);
          continue;
        case "corrupt":
          odd("corrupt-reply", scan.detail);
          continue;
        case "need-more":
          if (this.#inbox.lostWhy !== null) return { kind: "lost", why: this.#inbox.lostWhy };
          if ((await this.#inbox.more(untilMonoMs)) === "timeout") return noReply(request, withinMs);
      }
    }
  }
}
