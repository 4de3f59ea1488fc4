/** The journal's pages as its last commit left them: those of the log over those of the file. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { PAGE_BYTES, readWal, type Wal } from "./wal-frames.ts";

export class PageImage {
  readonly wal: Wal;
  readonly #descriptor: number;
  readonly #overlay = new Map<number, { readonly index: number; readonly bytes: Buffer }>();
  readonly count: number;

  constructor(file: string) {
    this.wal = readWal(`${file}-wal`);
    this.#descriptor = openSync(file, "r");
    const lastCommit = this.wal.frames.findLast((frame) => frame.isCommit)?.index ?? -1;
    for (const { index, page, bytes } of this.wal.frames) {
      // What no commit stands behind never happened, unless that commit is what is damaged.
      if (index > lastCommit && this.wal.lostIndex < lastCommit) continue;
      this.#overlay.set(page, { index, bytes });
    }
    const inFile = Math.floor(fstatSync(this.#descriptor).size / PAGE_BYTES);
    this.count = [...this.#overlay.keys()].reduce((most, page) => Math.max(most, page), inFile);
  }

  /** Null where there is none. */
  page(number: number): Buffer | null {
    const logged = this.#overlay.get(number);
    if (logged !== undefined) return logged.bytes;
    const bytes = Buffer.allocUnsafe(PAGE_BYTES);
    const read = number < 1 ? 0 : readSync(this.#descriptor, bytes, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES);
    return read === PAGE_BYTES ? bytes : null;
  }

  /** A frame of the log is lost that may have held a newer version of this page. */
  isMaybeStale(number: number): boolean {
    return (this.#overlay.get(number)?.index ?? -1) < this.wal.lostIndex;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
