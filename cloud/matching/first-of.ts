/** The first few of many, in order, without putting all of them in order. */
export class FirstOf<Item> {
  readonly #countMax: number;
  readonly #compare: (left: Item, right: Item) => number;
  readonly #first: Item[] = [];

  constructor(countMax: number, compare: (left: Item, right: Item) => number) {
    this.#countMax = countMax;
    this.#compare = compare;
  }

  get items(): readonly Item[] {
    return this.#first;
  }

  /** Of equal ones, those that came first stand first. */
  add(item: Item): void {
    const first = this.#first;
    const last = first.at(-1);
    if (first.length >= this.#countMax && (last === undefined || this.#compare(item, last) >= 0)) return;
    let place = first.length;
    while (place > 0 && this.#compare(item, first[place - 1] as Item) < 0) place -= 1;
    first.splice(place, 0, item);
    if (first.length > this.#countMax) first.pop();
  }
}
