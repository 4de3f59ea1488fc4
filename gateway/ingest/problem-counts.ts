/** How often each thing went wrong, when last, and how it read then. */
export type ProblemCount = {
  readonly reason: string;
  readonly count: number;
  readonly lastAtMs: number;
  readonly detail: string;
};

/** More kinds than a gateway has reasons; past it, new ones are counted together. */
const KINDS_MAX = 64;

export class ProblemCounts {
  readonly #counts = new Map<string, ProblemCount>();

  count(reason: string, detail: string, atMs: number): void {
    const known = this.#counts.has(reason) || this.#counts.size < KINDS_MAX;
    const kind = known ? reason : "other";
    this.#counts.set(kind, {
      reason: kind,
      count: (this.#counts.get(kind)?.count ?? 0) + 1,
      lastAtMs: atMs,
      detail,
    });
  }

  list(): ProblemCount[] {
    return [...this.#counts.values()];
  }
}
