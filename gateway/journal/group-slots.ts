/**
 * Groups of readings on their way to the journal's thread, in memory that both threads see: where each message is a group
 * of its own, thousands a second, a message port costs 30 µs more for each (to pack it, to wake the other loop, to unpack
 * it), and the thread would have to ask for more after each commit.
 *
 *   main:    offer ─▶ behind what lies in the slot that fills, until the thread has taken that one; then in the other
 *   thread:  take ─▶ all that lies in it, as one group ─▶ commit ─▶ done: it may fill again
 *
 * Whoever offers has to call too: the thread is asleep at the slots, or will look at them by itself, or is in its event
 * loop, where only a message reaches it. Each end says what it does before it looks at what the other one said, so that
 * neither misses the other.
 */
import type { JournalGroup, ReadingLane } from "./journal-port.ts";
import { NO_ROWS, RowsRoom } from "./reading-rows.ts";

/** Of a lane, in one slot. A group for which there is no room goes as a message, which then costs little a row. */
const ROWS_MAX = 2_048;
/** Of both lanes: with so many of them a commit takes long enough for whoever comes next to gather meanwhile. */
const FULL_FROM_ROWS = 1_024;

/** Places in the shared numbers; those of a slot behind them. */
const CALLS = 0;
const READER_IS = 1;
const SLOT_AT = [2, 6] as const;
const STATE = 0;
const VITALS_COUNT = 1;
const ENVIRONMENT_COUNT = 2;
const GROUPS = 3;
const PLACES = 10;

/** A slot's state: who may touch its rows. */
const IS_FREE = 0;
const IS_WRITTEN = 1;
const IS_TAKEN = 2;

const IN_ITS_LOOP = 0;
const AT_THE_SLOTS = 1;
const ASLEEP = 2;

type LaneMemory = Readonly<Record<ReadingLane, SharedArrayBuffer>>;
export type SlotMemory = {
  readonly numbers: SharedArrayBuffer;
  readonly rows: readonly [LaneMemory, LaneMemory];
};

export function slotMemory(): SlotMemory {
  const lanes = () => ({ vitals: RowsRoom.memoryFor(ROWS_MAX), environment: RowsRoom.memoryFor(ROWS_MAX) });
  const numbers = new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT);
  return { numbers, rows: [lanes(), lanes()] };
}

type Slot = { readonly at: number; readonly vitals: RowsRoom; readonly environment: RowsRoom };

class Slots {
  protected readonly numbers: Int32Array;
  protected readonly slots: readonly [Slot, Slot];

  constructor({ numbers, rows }: SlotMemory) {
    this.numbers = new Int32Array(numbers);
    const slot = (at: number, { vitals, environment }: LaneMemory): Slot => ({
      at,
      vitals: new RowsRoom(vitals),
      environment: new RowsRoom(environment),
    });
    this.slots = [slot(SLOT_AT[0], rows[0]), slot(SLOT_AT[1], rows[1])];
  }
}

/** The end of whoever appends. */
export class SlotWriter extends Slots {
  #filling = this.slots[0];

  /** True: what is offered now is committed with the next commit. */
  get hasRoom(): boolean {
    // That one is empty, unless the disk is full and the thread has both.
    const slot = this.#isFree(this.#filling) ? this.#filling : this.#other;
    const { at } = slot;
    const rows =
      (this.numbers[at + VITALS_COUNT] as number) + (this.numbers[at + ENVIRONMENT_COUNT] as number);
    return this.#isFree(slot) && rows < FULL_FROM_ROWS;
  }

  /** False: it has to be posted, and nothing may be offered before that is committed. */
  offer({ vitals, environment, newSeries, events, states, quarantined }: JournalGroup): boolean {
    if (newSeries.length + events.length + states.length + quarantined.length > 0) return false;
    const slot = this.#claimed();
    if (slot === null) return false;
    const { numbers } = this;
    const { at } = slot;
    const vitalsCount = numbers[at + VITALS_COUNT] as number;
    const environmentCount = numbers[at + ENVIRONMENT_COUNT] as number;
    const fits = vitalsCount + vitals.count <= ROWS_MAX && environmentCount + environment.count <= ROWS_MAX;
    if (fits) {
      slot.vitals.write(vitals, vitalsCount);
      slot.environment.write(environment, environmentCount);
      numbers[at + VITALS_COUNT] = vitalsCount + vitals.count;
      numbers[at + ENVIRONMENT_COUNT] = environmentCount + environment.count;
      numbers[at + GROUPS] = (numbers[at + GROUPS] as number) + 1;
    }
    Atomics.store(numbers, at + STATE, IS_FREE);
    return fits;
  }

  /** After something was offered or posted. False: the thread is in its event loop, and hears of it by a message only. */
  call(): boolean {
    Atomics.add(this.numbers, CALLS, 1);
    const reader = Atomics.load(this.numbers, READER_IS);
    if (reader === ASLEEP) Atomics.notify(this.numbers, CALLS);
    return reader !== IN_ITS_LOOP;
  }

  get #other(): Slot {
    return this.#filling === this.slots[0] ? this.slots[1] : this.slots[0];
  }

  #isFree({ at }: Slot): boolean {
    return Atomics.load(this.numbers, at + STATE) === IS_FREE;
  }

  /** Null: the thread has both. */
  #claimed(): Slot | null {
    if (this.#claim(this.#filling)) return this.#filling;
    const other = this.#other;
    if (!this.#claim(other)) return null;
    this.#filling = other;
    return other;
  }

  #claim({ at }: Slot): boolean {
    return Atomics.compareExchange(this.numbers, at + STATE, IS_FREE, IS_WRITTEN) === IS_FREE;
  }
}

/** What lay in a slot: so many groups, as one. */
export type Offered = { readonly group: JournalGroup; readonly groups: number };

/** The thread's end. */
export class SlotReader extends Slots {
  readonly #taken: Slot[] = [];
  #callsHeard = 0;

  /** All that was offered, oldest first; its rows stay as they are until `done`. Null: nothing, or it is being written. */
  take(): Offered | null {
    this.#callsHeard = Atomics.load(this.numbers, CALLS);
    // What is offered goes on in one slot until that is taken: never is there something in both that is not.
    const slot = this.slots.find((one) => this.#claim(one));
    if (slot === undefined) return null;
    this.#taken.push(slot);
    const { at, vitals, environment } = slot;
    const group = {
      ...READINGS_ONLY,
      vitals: vitals.read(this.numbers[at + VITALS_COUNT] as number),
      environment: environment.read(this.numbers[at + ENVIRONMENT_COUNT] as number),
    };
    return { group, groups: this.numbers[at + GROUPS] as number };
  }

  /** Whether `take` would find something. */
  get hasOffered(): boolean {
    return this.slots.some((slot) => this.#isOffered(slot));
  }

  /** What was taken first is committed. */
  done(): void {
    const slot = this.#taken.shift();
    if (slot === undefined) throw new Error("expected something taken to be done with, nothing is");
    this.numbers.fill(0, slot.at + VITALS_COUNT, slot.at + GROUPS + 1);
    Atomics.store(this.numbers, slot.at + STATE, IS_FREE);
  }

  /** From now on it looks here by itself, and need not be told by a message. */
  come(): void {
    Atomics.store(this.numbers, READER_IS, AT_THE_SLOTS);
  }

  /** To its event loop. It has to look once more afterwards: who offered a moment ago still took it for here. */
  leave(): void {
    Atomics.store(this.numbers, READER_IS, IN_ITS_LOOP);
  }

  /** Until something is offered or posted that came after the last `take`, or so long; the whole thread stands still. */
  sleep(ms: number): void {
    Atomics.store(this.numbers, READER_IS, ASLEEP);
    Atomics.wait(this.numbers, CALLS, this.#callsHeard, ms);
    Atomics.store(this.numbers, READER_IS, AT_THE_SLOTS);
  }

  /** Not one that is being written: whoever writes calls once it has. */
  #claim(slot: Slot): boolean {
    const at = slot.at + STATE;
    return this.#isOffered(slot) && Atomics.compareExchange(this.numbers, at, IS_FREE, IS_TAKEN) === IS_FREE;
  }

  #isOffered({ at }: Slot): boolean {
    return Atomics.load(this.numbers, at + STATE) === IS_FREE && this.numbers[at + GROUPS] !== 0;
  }
}

const READINGS_ONLY: JournalGroup = {
  vitals: NO_ROWS,
  environment: NO_ROWS,
  newSeries: [],
  events: [],
  states: [],
  quarantined: [],
};
