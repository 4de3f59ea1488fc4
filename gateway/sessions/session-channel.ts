/**
 * The way from the broker to the thread that keeps its sessions. Calls go in order; those that come while one group is
 * being written make up the next, so that a ward that reconnects at once costs a few transactions and not thousands.
 */
import type { SessionCall, SessionMethod, SessionStore } from "./session-store.ts";

/** Calls a method of the `SessionStore` where it lives; its arguments and its answer are cloned on the way. */
export type SessionChannel = { call(method: string, args: readonly unknown[]): Promise<unknown> };

type Waiting = { readonly call: SessionCall; readonly answered: PromiseWithResolvers<unknown> };

const CALLS_A_GROUP_MAX = 256;

export class SessionCalls {
  readonly #channel: SessionChannel;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(channel: SessionChannel) {
    this.#channel = channel;
  }

  /** Settles once it is on disk. */
  call<Method extends SessionMethod>(
    method: Method,
    ...args: Parameters<SessionStore[Method]>
  ): Promise<ReturnType<SessionStore[Method]>> {
    const answered = Promise.withResolvers<unknown>();
    this.#waiting.push({ call: { method, args }, answered });
    if (!this.#isWriting) void this.#write();
    return answered.promise as Promise<ReturnType<SessionStore[Method]>>;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, CALLS_A_GROUP_MAX);
      try {
        const answers = (await this.#channel.call("run", [group.map(({ call }) => call)])) as unknown[];
        for (const [index, { answered }] of group.entries()) answered.resolve(answers[index]);
      } catch (error) {
        for (const { answered } of group) answered.reject(error);
      }
    }
    this.#isWriting = false;
  }
}
