/**
 * Reads from the units behind one Modbus TCP connection. Each request has a transaction id of its own, so a late or
 * swapped reply is known and dropped; only where the frames themselves are out of step is the connection given up.
 */
import type { ReadRequest } from "../../../devices/modbus/read-request.ts";
import { scanTcp, tcpRequest } from "../../../devices/modbus/tcp-frame.ts";
import type { Clock } from "../../moment.ts";
import type { ByteLine } from "../line/byte-line.ts";
import { type Answer, type ModbusMaster, noReply, noteOddity, type Problem, wordsFor } from "./answer.ts";
import { Inbox } from "./inbox.ts";

export const REPLY_MS_MAX = 1_000;

export class TcpMaster implements ModbusMaster {
  readonly #line: ByteLine;
  readonly #inbox: Inbox;
  readonly #clock: Clock;
  #transaction = 0;

  constructor(line: ByteLine, clock: Clock) {
    this.#line = line;
    this.#inbox = new Inbox(line, clock);
    this.#clock = clock;
  }

  async ask(request: ReadRequest): Promise<Answer> {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const oddities: Problem[] = [];
    const untilMonoMs = this.#clock.now().monoMs + REPLY_MS_MAX;
    this.#line.write(tcpRequest(this.#transaction, request));
    for (;;) {
      const scan = scanTcp(this.#transaction, request, this.#inbox.bytes);
      if (scan.kind === "out-of-step")
        return { outcome: { kind: "lost", why: `the frames are out of step: ${scan.detail}` }, oddities };
      this.#inbox.keep(scan.rest);
      switch (scan.kind) {
        case "reply":
          return { outcome: { kind: "words", words: scan.words }, oddities };
        case "exception":
          return { outcome: { kind: "exception", code: scan.code }, oddities };
        case "wrong": {
          const detail = `${wordsFor(request)}: got ${scan.detail}`;
          return { outcome: { kind: "silent", problem: { reason: "foreign-reply", detail } }, oddities };
        }
        case "foreign":
          noteOddity(oddities, {
            reason: "foreign-reply",
            detail: `${wordsFor(request)}: a reply with ${scan.detail}, was passed over`,
          });
          continue;
        case "need-more": {
          const why = this.#inbox.lostWhy;
          if (why !== null) return { outcome: { kind: "lost", why }, oddities };
          if ((await this.#inbox.more(untilMonoMs)) === "timeout")
            return { outcome: noReply(request, REPLY_MS_MAX), oddities };
        }
      }
    }
  }
}
