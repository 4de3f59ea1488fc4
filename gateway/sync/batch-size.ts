/**
 * How many records one batch takes: as many as go through in about a second, so that on a thin link a bed event never
 * waits long behind what was measured, and on a good one a backlog is gone soon. Pure.
 */
import { BATCH_RECORDS_MAX } from "../../contracts/wire/sync.ts";

/** Measured: reading and packing so many keeps the journal's thread, which also commits, for one or two milliseconds. */
export const RECORDS_MAX = BATCH_RECORDS_MAX;
const RECORDS_FIRST = 100;
const RECORDS_MIN = 10;
const SENDING_MS_MAX = 1_000;
/** Sent within this, the next may be twice as long without coming near the bound. */
const QUICK_MS = SENDING_MS_MAX / 4;

export class BatchSize {
  #records = RECORDS_FIRST;

  get records(): number {
    return this.#records;
  }

  /** So many records were sent and answered within this time. */
  took(ms: number, records: number): void {
    if (ms > SENDING_MS_MAX) this.#set((records * SENDING_MS_MAX) / ms);
    // A batch that was not full says nothing of what a full one would take.
    else if (ms <= QUICK_MS && records >= this.#records) this.#set(this.#records * 2);
  }

  /** Nobody knows how long it would have taken. */
  failed(): void {
    this.#set(Math.min(this.#records / 2, RECORDS_FIRST));
  }

  /** The cloud takes no body of that length. False: this is as short as it gets. */
  tooLarge(): boolean {
    if (this.#records === 1) return false;
    this.#records = Math.max(1, Math.floor(this.#records / 2));
    return true;
  }

  #set(records: number): void {
    this.#records = Math.floor(Math.min(RECORDS_MAX, Math.max(RECORDS_MIN, records)));
  }
}
