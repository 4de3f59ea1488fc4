import { SendError } from "../../../contracts/ui/send-json.ts";

/**
 * Names for wishes: the same wish keeps its Idempotency-Key until it is granted or refused, so that a second click, or a
 * click after an answer was lost, does not do it twice. A refusal holds for its key: the next click is a new wish.
 */
export class KeyRing {
  readonly #keys = new Map<string, string>();

  /** Under the wish's key; throws what `sending` throws. */
  async send<Answer>(wish: unknown, sending: (key: string) => Promise<Answer>): Promise<Answer> {
    const text = JSON.stringify(wish);
    const key = this.#keys.get(text) ?? crypto.randomUUID();
    this.#keys.set(text, key);
    try {
      return await sending(key);
    } catch (error) {
      if (isRefusal(error)) this.#keys.delete(text);
      throw error;
    }
  }

  granted(wish: unknown): void {
    this.#keys.delete(JSON.stringify(wish));
  }
}

const TOO_MANY_REQUESTS = 429;

/** One that holds: what was answered for now only is tried again under the same key. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof SendError) || error.failure.kind !== "refused") return false;
  const { status } = error.failure;
  return status < 500 && status !== TOO_MANY_REQUESTS;
}
