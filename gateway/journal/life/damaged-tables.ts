/** The tables of a damaged journal: walked from their roots as far as that goes, or every leaf of the file looked at. */
import { type BtreePage, type Cell, readBtreePage } from "./btree-cells.ts";
import { definitionOf } from "./check-header.ts";
import type { PageImage } from "./page-image.ts";

export type FoundCell = Cell & { readonly isMaybeStale: boolean };

const SCHEMA_ROOT = 1;

export class DamagedTables {
  readonly #image: PageImage;
  readonly #usualRoots: ReadonlyMap<string, number>;
  readonly #roots = new Map<string, number>();
  /** As the file itself defines its tables. */
  readonly definitions = new Set<string>();

  /** `usualRoots`: where this program's tables begin in a new file, should this one not tell. */
  constructor(image: PageImage, usualRoots: ReadonlyMap<string, number> = new Map()) {
    this.#image = image;
    this.#usualRoots = usualRoots;
    for (const { values, isLeftOver } of this.#walk(SCHEMA_ROOT)) {
      const [type, name, , root, sql] = values;
      if (typeof sql === "string" && !isLeftOver) this.definitions.add(definitionOf(sql));
      if (type === "table" && typeof name === "string" && typeof root === "number")
        this.#roots.set(name, root);
    }
  }

  /** What is in the table as its tree stands; rows on pages that cannot be reached are not among them. */
  live(table: string): readonly FoundCell[] {
    const told = this.#roots.get(table);
    const found = told === undefined ? [] : [...this.#walk(told)];
    const usual = this.#usualRoots.get(table);
    return found.length > 0 || usual === undefined ? found : [...this.#walk(usual)];
  }

  /** Every cell of every leaf with row ids, also of pages that are free by now: only for rows that never change. */
  *everyLeafCell(): Iterable<Cell> {
    for (let number = 1; number <= this.#image.count; number++) {
      const page = this.#page(number);
      if (page?.kind === "table-leaf") yield* page.cells;
    }
  }

  *#walk(root: number): Iterable<FoundCell> {
    const seen = new Set<number>();
    const waiting = [root];
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      if (seen.has(number) || number > this.#image.count) continue;
      seen.add(number);
      const page = this.#page(number);
      if (page === null) continue;
      const isMaybeStale = this.#image.isMaybeStale(number);
      for (const cell of page.cells) yield { ...cell, isMaybeStale: isMaybeStale || cell.isLeftOver };
      waiting.push(...page.children);
    }
  }

  #page(number: number): BtreePage | null {
    return readBtreePage(number, (wanted) => this.#image.page(wanted));
  }
}
