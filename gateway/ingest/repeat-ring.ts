/**
 * The newest stamps and values of one series, by which a repetition is known. A stamp is the device's own time in ms, or
 * minus the packet id of its message where it told no time; two values of one stamp are two readings, since a report on
 * change may meet the periodic one. What left the ring is not remembered: sent again, it counts again. A packet id is used
 * again and again, so it names the newest message that had it, and for ten minutes.
 */
const ENTRIES_FIRST = 8;
export const PACKET_ID_KNOWN_MS = 10 * 60_000;

export class RepeatRing {
  #stamps = new Float64Array(ENTRIES_FIRST);
  #values = new Float64Array(ENTRIES_FIRST);
  /** When each came; null: no packet id was noted yet, and nobody asks. */
  #atMs: Float64Array<ArrayBuffer> | null = null;
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

  has(stamp: number, value: number, nowMs: number): boolean {
    if (stamp < 0) return this.#hasPacketId(stamp, value, nowMs);
    // What is newer than all before needs no search; a device that tells the time says little else.
    if (stamp > this.#newestStamp) return false;
    const stamps = this.#stamps;
    // Since time last went back stamps only grow: behind a smaller one there is none like it.
    const isAmongGrowing = stamp > this.#newestBefore;
    for (let back = 1; back <= this.#count; back++) {
      let index = this.#next - back;
      if (index < 0) index += stamps.length;
      const noted = stamps[index] as number;
      if (noted === stamp && this.#values[index] === value) return true;
      if (isAmongGrowing && noted >= 0 && noted < stamp) return false;
    }
    return false;
  }

  #hasPacketId(stamp: number, value: number, nowMs: number): boolean {
    const atMs = this.#atMs;
    if (atMs === null) return false;
    let isOfNewest = false;
    for (let back = 1; back <= this.#count; back++) {
      let index = this.#next - back;
      if (index < 0) index += atMs.length;
      // A clock that was set makes what came before it as little known as what is old.
      if (Math.abs(nowMs - (atMs[index] as number)) > PACKET_ID_KNOWN_MS) return false;
      const isSame = this.#stamps[index] === stamp;
      if (isSame && this.#values[index] === value) return true;
      // The message before the newest of this id was acknowledged, or its id were not free again.
      if (isOfNewest && !isSame) return false;
      isOfNewest = isSame;
    }
    return false;
  }

  /** Forgets the oldest where `entriesMax` are known. */
  note(stamp: number, value: number, entriesMax: number, atMs: number): void {
    if (this.#count === this.#stamps.length && this.#count < entriesMax) this.#grow(entriesMax);
    this.#stamps[this.#next] = stamp;
    this.#values[this.#next] = value;
    if (stamp < 0) this.#atMs ??= new Float64Array(this.#stamps.length);
    if (this.#atMs !== null) this.#atMs[this.#next] = atMs;
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
    if (this.#atMs !== null) this.#atMs = inOrder(this.#atMs);
    this.#next = this.#count;
  }
}
