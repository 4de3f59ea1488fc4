import type { JournalGroup } from "./journal-port.ts";

type Parts = {
  /** All of them or none; false: the disk is full. */
  readonly append: (groups: readonly JournalGroup[]) => boolean;
  /** The oldest `count` are on disk. */
  readonly onKept: (count: number) => void;
};

/**
 * Groups on their way to the disk, in order. Those that came together go in one transaction. While the disk is full
 * they wait, and then go one by one: room for the oldest is the first to be found.
 */
export class AppendQueue {
  readonly #parts: Parts;
  readonly #waiting: JournalGroup[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** True while some wait for room on the disk. */
  get isStalled(): boolean {
    return this.#waiting.length > 0;
  }

  add(groups: readonly JournalGroup[]): void {
    if (this.isStalled) {
      this.#waiting.push(...groups);
      return;
    }
    if (this.#parts.append(groups)) this.#parts.onKept(groups.length);
    else this.#waiting.push(...groups);
  }

  retry(): void {
    for (;;) {
      const oldest = this.#waiting[0];
      if (oldest === undefined || !this.#parts.append([oldest])) return;
      this.#waiting.shift();
      this.#parts.onKept(1);
    }
  }
}
