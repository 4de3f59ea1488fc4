/**
 * Where in a msgpack the maps of an array lie that a path of keys leads to, found while the bytes are walked. Where the
 * path is there twice, or something else than flat maps lies in the array, nothing is found. Pure.
 *
 *   looks for a map's key ─▶ the value that comes is the next map on the path ─▶ …  ─▶ or the array ─▶ its maps ─▶ its end
 */

/** An array or map that is being walked: how many values it still waits for. */
export type Open = { left: number; readonly isMap: boolean };

export type FoundItems = {
  /** Of the array, its head included. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Of each item. */
  readonly starts: readonly number[];
};

export class ItemSearch {
  readonly #path: readonly string[];
  /** The maps along the path, the outermost first. */
  readonly #maps: Open[] = [];
  /** In this map the value that comes is the next on the path. */
  #at: Open | null = null;
  #isOver: boolean;
  #array: Open | null = null;
  #count = 0;
  #from = 0;
  #to = 0;
  readonly #starts: number[] = [];

  constructor(path: readonly string[]) {
    this.#path = path;
    this.#isOver = path.length === 0;
  }

  get array(): Open | null {
    return this.#array;
  }

  get found(): FoundItems | null {
    if (this.#isOver || this.#to === 0 || this.#starts.length !== this.#count) return null;
    return { from: this.#from, to: this.#to, starts: this.#starts };
  }

  /** A key of `map` was read. */
  key(map: Open, bytes: Uint8Array, from: number, to: number): void {
    if (this.#isOver) return;
    const place = this.#maps.indexOf(map);
    this.#at = null;
    if (place === -1 || !isText(this.#path[place] ?? "", bytes, from, to)) return;
    // It led on before: which of the two counts is not said here.
    if (place < this.#maps.length - 1 || this.#array !== null) this.#isOver = true;
    else this.#at = map;
  }

  /** An array or map begins inside of `outer`. */
  opens(inner: Open, outer: Open, from: number): void {
    if (this.#isOver) return;
    if (outer === this.#array) {
      if (inner.isMap) this.#starts.push(from);
    } else if (this.#array !== null && this.#to === 0) this.#isOver = true;
    // The outermost; where that is an array, no key of it ever comes.
    else if (this.#maps.length === 0) this.#maps.push(inner);
    else if (outer === this.#at) {
      this.#at = null;
      if (this.#maps.length < this.#path.length && inner.isMap) this.#maps.push(inner);
      else if (this.#maps.length === this.#path.length && !inner.isMap) {
        this.#array = inner;
        this.#count = inner.left;
        this.#from = from;
      }
    }
  }

  /** The array is over. */
  end(to: number): void {
    this.#to = to;
  }
}

function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== text.length) return false;
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}
