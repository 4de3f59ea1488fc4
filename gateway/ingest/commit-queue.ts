/**
 * Group commit, first in, first out. While one group is being committed the next one gathers; there is no timer, so a
 * lone message is committed at once and a flood in groups as large as the disk makes them.
 */
export class CommitQueue<Item> {
  readonly #commit: (items: readonly Item[]) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #itemsMax: number;
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #scheduled = false;
  #failed: unknown = undefined;

  /**
   * `commit` returns once the items are on disk. If it throws, nothing that it was given may be acknowledged, now or
   * later: the queue stays closed and `onFailure` is told, to end the process.
   */
  constructor(parts: {
    commit: (items: readonly Item[]) => void;
    onFailure: (error: unknown) => void;
    itemsMax: number;
  }) {
    this.#commit = parts.commit;
    this.#onFailure = parts.onFailure;
    this.#itemsMax = parts.itemsMax;
  }

  get depth(): number {
    return this.#waiting.length;
  }

  submit(item: Item): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // After the events of this turn of the loop: what one read of a socket brought goes into one commit.
      setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const group = this.#waiting.slice(0, this.#itemsMax);
    this.#waiting = this.#waiting.slice(this.#itemsMax);
    try {
      this.#commit(group.map((waiting) => waiting.item));
    } catch (error) {
      this.#failed = error;
      for (const waiting of [...group, ...this.#waiting]) waiting.reject(error);
      this.#waiting = [];
      this.#onFailure(error);
      return;
    }
    for (const waiting of group) waiting.resolve();
    this.#scheduled = this.#waiting.length > 0;
    if (this.#scheduled) setImmediate(() => this.#flush());
  }
}
