/**
 * What a store said yes to, on its way to the cursors.
 *
 *   accepted ──it keeps what it acknowledges, or: 30 s, same process──▶ settled: the cursor moves
 *       └────────────────── another process ──────────────────────────▶ lost: read again from the cursor
 *
 * Some stores say yes before they have it on disk, and lose the last seconds of it when they are killed. What such a one
 * accepted is settled only once its process has lived on for a while. And cursors need not move with every chunk: what is
 * brought a second time changes nothing.
 */
import type { CursorMove } from "./cursors.ts";
import { laneName } from "./plan-chunk.ts";

export type StoreProcess = {
  /** How long after its yes the store may still lose something. */
  readonly settleAfterMs: number;
  /** Another answer for another process; null: the store does not tell. */
  current(signal: AbortSignal): Promise<string | null>;
};

const CURSORS_EVERY_MS = 500;

type Accepted = { readonly atMs: number; readonly moves: readonly CursorMove[] };

export class Settling {
  readonly #process: StoreProcess | null;
  readonly #lookEveryMs: number;
  #accepted: Accepted[] = [];
  #untold: CursorMove[] = [];
  #known: string | null = null;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Null: what the store acknowledges is on its disk. */
  constructor(process: StoreProcess | null) {
    this.#process = process;
    this.#lookEveryMs = process === null ? CURSORS_EVERY_MS : process.settleAfterMs / 4;
  }

  get isEmpty(): boolean {
    return this.#accepted.length === 0;
  }

  /** `nowMs` of a clock that only goes forward. */
  accept(moves: readonly CursorMove[], nowMs: number): void {
    this.#accepted.push({ atMs: nowMs, moves });
    if (this.#process !== null) this.#untold.push(...moves);
  }

  /** What it accepted since this was asked last, where that is not settled at once. */
  takeAccepted(): readonly CursorMove[] {
    const untold = joined(this.#untold);
    this.#untold = [];
    return untold;
  }

  /** Before the first of anything is sent, and then now and then, so that no process goes by unseen. */
  isLookDue(nowMs: number): boolean {
    return nowMs - this.#lookedAtMs >= this.#lookEveryMs;
  }

  /** True: it is another process than that which accepted, and everything is to be read again from the cursors. */
  async hasLost(nowMs: number, signal: AbortSignal): Promise<boolean> {
    const known = this.#known;
    const current = this.#process === null ? null : await this.#process.current(signal);
    // It tells usually, and does not answer just now: nothing is settled by this look.
    if (current === null && known !== null) return false;
    this.#lookedAtMs = nowMs;
    this.#known = current;
    return current !== known && this.#forget();
  }

  /** After a connection that broke: true where everything is to be read again, since the store does not tell who it is. */
  hasLostUnseen(): boolean {
    return this.#process !== null && this.#known === null && this.#forget();
  }

  /** What the cursors do now; to be asked only after `hasLost` said no. */
  takeSettled(): readonly CursorMove[] {
    // By the last look: the process may have changed since.
    const limitMs = this.#lookedAtMs - (this.#process?.settleAfterMs ?? 0);
    const isSettled = ({ atMs }: Accepted) => this.#process === null || atMs <= limitMs;
    const settled = this.#accepted.filter(isSettled);
    this.#accepted = this.#accepted.slice(settled.length);
    return joined(settled.flatMap(({ moves }) => moves));
  }

  clear(): void {
    this.#accepted = [];
    this.#untold = [];
  }

  /** True where there was something to forget. */
  #forget(): boolean {
    const had = this.#accepted.length > 0;
    this.clear();
    return had;
  }
}

/** Of each lane one move, from where its first one began to where its last one ended. */
function joined(moves: readonly CursorMove[]): CursorMove[] {
  const ofLanes = new Map<string, CursorMove>();
  for (const move of moves) {
    const before = ofLanes.get(laneName(move));
    ofLanes.set(laneName(move), before === undefined ? move : { ...move, fromSeq: before.fromSeq });
  }
  return [...ofLanes.values()];
}
