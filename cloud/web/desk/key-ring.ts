/**
 * Names for wishes: the same wish keeps its Idempotency-Key until it is granted, so that a second click, or a click after
 * an answer was lost, does not do it twice.
 */
export class KeyRing {
  readonly #keys = new Map<string, string>();

  keyOf(wish: unknown): string {
    const text = JSON.stringify(wish);
    const key = this.#keys.get(text) ?? crypto.randomUUID();
    this.#keys.set(text, key);
    return key;
  }

  granted(wish: unknown): void {
    this.#keys.delete(JSON.stringify(wish));
  }
}
