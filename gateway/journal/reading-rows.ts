/** Readings of one lane, packed into one buffer, so that a group of them crosses threads as it lies. */

const NUMBERS = 4;
const INTEGERS = 2;
const BYTES_PER_ROW = NUMBERS * 8 + INTEGERS * 4;

/** Rows where they lie; there may be room for more in `buffer`. */
export type PackedRows = { readonly count: number; readonly buffer: ArrayBuffer | SharedArrayBuffer };
/** One for all: it is never handed over. */
export const NO_ROWS: PackedRows = { count: 0, buffer: new ArrayBuffer(0) };

/** What is handed over of them. */
export function buffersOf(...lanes: readonly PackedRows[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const { count, buffer } of lanes) if (count > 0 && buffer instanceof ArrayBuffer) buffers.push(buffer);
  return buffers;
}

export type ReadingRow = {
  /** Number of its series in this journal. */
  readonly series: number;
  readonly receivedAtMs: number;
  readonly observedAtMs: number;
  /** By which a repetition is known: the device's own time in ms, or minus its MQTT packet id; NaN: neither. */
  readonly stamp: number;
  readonly value: number;
  /** See contracts/wire/reading-columns.ts. */
  readonly flags: number;
};

const CAPACITY_MIN = 64;

/** Grows by doubling; both ways to get at what is there begin anew. */
export class ReadingRows {
  #buffer: ArrayBuffer;
  #capacity: number;
  #count = 0;
  #numbers: Float64Array;
  #integers: Int32Array;

  constructor(capacity = 256) {
    this.#buffer = new ArrayBuffer(capacity * BYTES_PER_ROW);
    this.#capacity = capacity;
    [this.#numbers, this.#integers] = views(this.#buffer, capacity);
  }

  get count(): number {
    return this.#count;
  }

  push(
    series: number,
    receivedAtMs: number,
    observedAtMs: number,
    stamp: number,
    value: number,
    flags: number,
  ): void {
    if (this.#count === this.#capacity) this.#grow();
    const n = this.#count * NUMBERS;
    this.#numbers[n] = receivedAtMs;
    this.#numbers[n + 1] = observedAtMs;
    this.#numbers[n + 2] = stamp;
    this.#numbers[n + 3] = value;
    const i = this.#count * INTEGERS;
    this.#integers[i] = series;
    this.#integers[i + 1] = flags;
    this.#count += 1;
  }

  /** A copy of its own. */
  take(): PackedRows {
    return copyOf(this.lend());
  }

  /** Where they lie: until the next `push` they stay as they are. A buffer for each small group costs more than its rows. */
  lend(): PackedRows {
    const [count, buffer] = [this.#count, this.#buffer];
    // Most groups have nothing for one of the lanes.
    if (count === 0) return NO_ROWS;
    this.#count = 0;
    // After a flood it becomes small again step by step.
    if (count < this.#capacity / 4 && this.#capacity > CAPACITY_MIN) this.#resize(this.#capacity >> 1);
    return { count, buffer };
  }

  #grow(): void {
    const [numbers, integers] = [this.#numbers, this.#integers];
    this.#resize(this.#capacity * 2);
    this.#numbers.set(numbers);
    this.#integers.set(integers);
  }

  #resize(capacity: number): void {
    this.#buffer = new ArrayBuffer(capacity * BYTES_PER_ROW);
    this.#capacity = capacity;
    [this.#numbers, this.#integers] = views(this.#buffer, capacity);
  }
}

/** Just as large as its rows. */
export function copyOf({ count, buffer }: PackedRows): PackedRows {
  if (count === 0) return NO_ROWS;
  const copy = new ArrayBuffer(count * BYTES_PER_ROW);
  const [numbers, integers] = views(buffer, capacityOf(buffer));
  const [ownNumbers, ownIntegers] = views(copy, count);
  ownNumbers.set(numbers.subarray(0, count * NUMBERS));
  ownIntegers.set(integers.subarray(0, count * INTEGERS));
  return { count, buffer: copy };
}

/** Room for so many rows in memory that both threads see, filled again and again. */
export class RowsRoom {
  readonly #memory: SharedArrayBuffer;
  readonly #numbers: Float64Array;
  readonly #integers: Int32Array;
  /** Whose rows came last, and its views: most come from the same one again and again. */
  #source: PackedRows["buffer"] = NO_ROWS.buffer;
  #sourceNumbers: Float64Array = new Float64Array();
  #sourceIntegers: Int32Array = new Int32Array();

  static memoryFor(rows: number): SharedArrayBuffer {
    return new SharedArrayBuffer(rows * BYTES_PER_ROW);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#memory = memory;
    [this.#numbers, this.#integers] = views(memory, capacityOf(memory));
  }

  /** Behind the first `at`; there has to be room. */
  write({ count, buffer }: PackedRows, at: number): void {
    if (count === 0) return;
    if (buffer !== this.#source) {
      this.#source = buffer;
      [this.#sourceNumbers, this.#sourceIntegers] = views(buffer, capacityOf(buffer));
    }
    const [numbers, integers] = [this.#numbers, this.#integers];
    const [sourceNumbers, sourceIntegers] = [this.#sourceNumbers, this.#sourceIntegers];
    for (let n = 0; n < count * NUMBERS; n++) numbers[at * NUMBERS + n] = sourceNumbers[n] as number;
    for (let n = 0; n < count * INTEGERS; n++) integers[at * INTEGERS + n] = sourceIntegers[n] as number;
  }

  /** Where they lie: they stay as they are only until somebody writes here again. */
  read(count: number): PackedRows {
    return { count, buffer: this.#memory };
  }
}

/** Reads packed rows where they lie. `row` is the same object each time, filled anew. */
export function forEachRow(
  { count, buffer }: PackedRows,
  visit: (row: ReadingRow, index: number) => void,
): void {
  const [numbers, integers] = views(buffer, capacityOf(buffer));
  const row = { series: 0, receivedAtMs: 0, observedAtMs: 0, stamp: 0, value: 0, flags: 0 };
  for (let index = 0; index < count; index++) {
    const n = index * NUMBERS;
    row.receivedAtMs = numbers[n] as number;
    row.observedAtMs = numbers[n + 1] as number;
    row.stamp = numbers[n + 2] as number;
    row.value = numbers[n + 3] as number;
    row.series = integers[index * INTEGERS] as number;
    row.flags = integers[index * INTEGERS + 1] as number;
    visit(row, index);
  }
}

const capacityOf = ({ byteLength }: PackedRows["buffer"]) => Math.floor(byteLength / BYTES_PER_ROW);

function views(buffer: PackedRows["buffer"], capacity: number): [Float64Array, Int32Array] {
  return [
    new Float64Array(buffer, 0, capacity * NUMBERS),
    new Int32Array(buffer, capacity * NUMBERS * 8, capacity * INTEGERS),
  ];
}
