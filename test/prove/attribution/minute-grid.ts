/**
 * Who lay where, and which device was where, minute by minute: a second telling of the ward that shares no line with the
 * service. A bed's row says of each minute whose it is, a device's row where it was said to be.
 */
export type Seen = { readonly device: string; readonly gatewayBed: string | null; readonly atMinute: number };

/** `to` null: to the end of all minutes. */
type Stretch = { readonly from: number; readonly to: number | null };

const CLEAR = 0;

export class MinuteGrid {
  readonly #minutes: number;
  readonly #beds = new Map<string, Int32Array>();
  /** A bed's name, null for none, undefined where the gateway's word counts. */
  readonly #devices = new Map<string, (string | null | undefined)[]>();
  readonly #ids: (string | null)[] = [null];

  constructor(minutes: number, beds: readonly string[]) {
    this.#minutes = minutes;
    for (const bed of beds) this.#beds.set(bed, new Int32Array(minutes));
  }

  ownerAt(bed: string, minute: number): string | null {
    return this.#ids[this.#row(bed)[minute] ?? CLEAR] ?? null;
  }

  /** False: the bed was somebody's in that stretch, or the patient somewhere else; nothing is written. */
  lie(encounter: string, bed: string, { from, to }: Stretch): boolean {
    const end = to ?? this.#minutes;
    const number = this.#numberOf(encounter);
    for (const row of this.#beds.values())
      for (let minute = from; minute < end; minute++) {
        const there = row[minute];
        if (row === this.#row(bed) ? there !== CLEAR : there === number) return false;
      }
    this.#row(bed).fill(number, from, end);
    return true;
  }

  /** Throws where it was not the patient's throughout. */
  rise(encounter: string, bed: string, { from, to }: Stretch): void {
    const end = to ?? this.#minutes;
    for (let minute = from; minute < end; minute++)
      if (this.ownerAt(bed, minute) !== encounter)
        throw new Error(`minute ${minute} of ${bed} was to be ${encounter}'s, and is not`);
    this.#row(bed).fill(CLEAR, from, end);
  }

  /** False: the two were in two beds in some minute. */
  unite(from: string, into: string): boolean {
    const [gone, stays] = [this.#numberOf(from), this.#numberOf(into)];
    const rows = [...this.#beds.values()];
    for (let minute = 0; minute < this.#minutes; minute++) {
      const here = rows.map((row) => row[minute]);
      if (here.includes(gone) && here.includes(stays)) return false;
    }
    for (const row of rows)
      for (let minute = 0; minute < this.#minutes; minute++) if (row[minute] === gone) row[minute] = stays;
    return true;
  }

  place(device: string, bed: string | null | undefined, { from, to }: Stretch): void {
    const row = this.#devices.get(device) ?? new Array(this.#minutes).fill(undefined);
    this.#devices.set(device, row.fill(bed, from, to ?? this.#minutes));
  }

  ownerOf({ device, gatewayBed, atMinute }: Seen): string | null {
    const minute = Math.floor(atMinute);
    const said = this.#devices.get(device)?.[minute];
    const bed = said === undefined ? gatewayBed : said;
    return bed === null ? null : this.ownerAt(bed, minute);
  }

  #row(bed: string): Int32Array {
    const row = this.#beds.get(bed);
    if (row === undefined) throw new Error(`no bed ${bed} in the grid`);
    return row;
  }

  #numberOf(encounter: string): number {
    const known = this.#ids.indexOf(encounter);
    return known > 0 ? known : this.#ids.push(encounter) - 1;
  }
}
