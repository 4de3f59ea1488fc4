/** One browser on the live socket. */
import type { PersonCaller, Scope } from "../access/scope.ts";

/** What a socket may hold back before its client is cut off; it then resumes and gets the newest state, not the backlog. */
export const BUFFERED_BYTES_MAX = 1024 * 1024;
/** A client that does not read cannot read the close frame either. */
const CLOSE_MS_MAX = 2_000;

/** Close codes of RFC 6455. */
const GOING_AWAY = 1001;
const POLICY_VIOLATION = 1008;
const TRY_AGAIN_LATER = 1013;

/** The part of a WebSocket that is used here. */
export type LiveSocket = {
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
  send(text: string, sent?: () => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "pong" | "close", listener: () => void): unknown;
};

export type LiveClientOptions = {
  readonly socket: LiveSocket;
  readonly caller: PersonCaller;
  readonly scope: Scope;
};

export class LiveClient {
  readonly #socket: LiveSocket;
  readonly sessionSha256: string;
  readonly scope: Scope;
  /** A first message may be larger than the limit by itself; it does not count against it while it is on its way. */
  #greetingBytes = 0;
  #answered = true;

  constructor({ socket, caller, scope }: LiveClientOptions) {
    this.#socket = socket;
    this.sessionSha256 = caller.sessionSha256;
    this.scope = scope;
    socket.on("pong", () => {
      this.#answered = true;
    });
  }

  greet(text: string): void {
    this.#greetingBytes += Buffer.byteLength(text);
    this.#socket.send(text, () => {
      this.#greetingBytes = 0;
    });
  }

  send(text: string): void {
    if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX + this.#greetingBytes)
      this.#close(TRY_AGAIN_LATER, "too slow");
    else this.#socket.send(text);
  }

  /** Cut off where the ping before went unanswered. */
  ping(): void {
    const answered = this.#answered;
    this.#answered = false;
    if (answered) this.#socket.ping();
    else this.#socket.terminate();
  }

  endOfSession(): void {
    this.#close(POLICY_VIOLATION, "session ended");
  }

  serviceStops(): void {
    this.#close(GOING_AWAY, "service stops");
  }

  refuse(): void {
    this.#close(TRY_AGAIN_LATER, "too many clients");
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_MS_MAX);
    cut.unref();
    this.#socket.on("close", () => clearTimeout(cut));
  }
}
