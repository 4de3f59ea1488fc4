/**
 * Some stores say yes before they have it on disk, and lose the last seconds of it when they are killed. What such a
 * store accepted is settled only once its process has lived on for a while; until then its cursor stays, and if the
 * process has changed, everything since is brought again.
 *
 *   accepted ──30 s, same process──▶ settled: the cursor moves
 *       └────── another process ────▶ lost: read again from the cursor
 */
import type { CursorMove } from "./cursors.ts";

export type StoreProcess = {
  /** How long after its yes the store may still lose something. */
  readonly settleAfterMs: number;
  /** Another answer for another process; null: the store does not tell. */
  current(signal: AbortSignal): Promise<string | null>;
};

type Accepted = { readonly atMs: number; readonly moves: readonly CursorMove[] };

export class Settling {
  readonly #process: StoreProcess;
  #accepted: Accepted[] = [];
  #known: string | null = null;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(process: StoreProcess) {
    this.#process = process;
  }

  get isEmpty(): boolean {
    return this.#accepted.length === 0;
  }

  /** `nowMs` of a clock that only goes forward. */
  accept(moves: readonly CursorMove[], nowMs: number): void {
    this.#accepted.push({ atMs: nowMs, moves });
  }

  /** True: it is another process than that which accepted; nothing of it is settled any more. */
  async hasChanged(nowMs: number, signal: AbortSignal): Promise<boolean> {
    const current = await this.#process.current(signal);
    const known = this.#known;
    // It tells usually, and does not answer just now: nothing is settled by this look.
    if (current === null && known !== null) return false;
    this.#lookedAtMs = nowMs;
    this.#known = current;
    return current !== known && this.#forget();
  }

  /** Before the first of anything is sent, and then now and then, so that no process goes by unseen. */
  isLookDue(nowMs: number): boolean {
    return nowMs - this.#lookedAtMs >= this.#process.settleAfterMs / 4;
  }

  /** Oldest first. What they moved is settled; to be asked only after `hasChanged` said no. */
  takeSettled(nowMs: number): readonly (readonly CursorMove[])[] {
    // Since a change may have happened just after the last look, only what was old by then counts.
    const limitMs = Math.min(nowMs, this.#lookedAtMs) - this.#process.settleAfterMs;
    const settled = this.#accepted.filter(({ atMs }) => atMs <= limitMs);
    this.#accepted = this.#accepted.slice(settled.length);
    return settled.map(({ moves }) => moves);
  }

  /** True where there was something to forget. */
  #forget(): boolean {
    const had = this.#accepted.length > 0;
    this.#accepted = [];
    return had;
  }

  /** After a connection that broke, to a store that does not tell which process it is. */
  lose(): boolean {
    return this.#known === null && this.#forget();
  }

  clear(): void {
    this.#accepted = [];
  }
}
