import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { SeriesBook } from "./series-book.ts";

/** The series of one batch, each once, in the order in which they are first used. */
export class SeriesPlaces {
  readonly #book: SeriesBook;
  readonly #places = new Map<number, number>();
  readonly facts: SeriesFacts[] = [];

  constructor(book: SeriesBook) {
    this.#book = book;
  }

  of(id: number): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const facts = this.#book.factsOf(id);
    if (facts === undefined) throw new Error(`expected a known series, got number ${id}`);
    const place = this.facts.push(facts) - 1;
    this.#places.set(id, place);
    return place;
  }
}
