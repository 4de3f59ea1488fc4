/**
 * The newest stamps and values of one series, by which a repetition is known. A stamp is the device's own time in ms, or
 * minus the packet id of its message where it told no time; two values of one stamp are two readings, since a report on
 * change may meet the periodic one. What left the ring is not remembered: sent again, it counts again.
 */
const ENTRIES_FIRST = 8;

export class RepeatRing {
  #stamps = new Float64Array(ENTRIES_FIRST);
  #values = new Float64Array(ENTRIES_FIRST);
  #count = 0;
  #next = 0;
  /** Of the stamps that are times: the newest of all, the last noted, and the newest before time last went back. */
  #newestStamp = Number.NEGATIVE_INFINITY;
  #lastStamp = Number.NEGATIVE_INFINITY;
  #newestBefore = Number.NEGATIVE_INFINITY;

  /** Entries in use; never more than the ring was allowed to hold when it last grew. */
  get count(): number {
    return this.#count;
  }

  has(stamp: number, value: number): boolean {
    // What is newer than all before needs no search; a device that tells the time says little else.
    if (stamp > this.#newestStamp && stamp >= 0) return false;
    const stamps = this.#stamps;
    // Since time last went back stamps only grow: behind a smaller one there is none like it.
    const isAmongGrowing = stamp > this.#newestBefore && stamp >= 0;
    for (let back = 1; back <= this.#count; back++) {
      let index = this.#next - back;
      if (index < 0) index += stamps.length;
      const noted = stamps[index] as number;
      if (noted === stamp && this.#values[index] === value) return true;
      if (isAmongGrowing && noted >= 0 && noted < stamp) return false;
    }
    return false;
  }

  /** Forgets the oldest where `entriesMax` are known. */
  note(stamp: number, value: number, entriesMax: number): void {
    if (this.#count === this.#stamps.length && this.#count < entriesMax) this.#grow(entriesMax);
    this.#stamps[this.#next] = stamp;
    this.#values[this.#next] = value;
    this.#next = this.#next + 1 === this.#stamps.length ? 0 : this.#next + 1;
    if (this.#count < this.#stamps.length) this.#count += 1;
    if (stamp < 0) return;
    if (stamp < this.#lastStamp) this.#newestBefore = this.#newestStamp;
    this.#lastStamp = stamp;
    if (stamp > this.#newestStamp) this.#newestStamp = stamp;
  }

  /** Only a full ring grows: its oldest entry stands at `next`. */
  #grow(entriesMax: number): void {
    const length = Math.min(entriesMax, this.#stamps.length * 2);
    const inOrder = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(length);
      wider.set(old.subarray(this.#next));
      wider.set(old.subarray(0, this.#next), old.length - this.#next);
      return wider;
    };
    [this.#stamps, this.#values] = [inOrder(this.#stamps), inOrder(this.#values)];
    this.#next = this.#count;
  }
}
