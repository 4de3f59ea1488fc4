/** The full check of the journal, a little at a time; once through, it begins anew a week later. */
import type Database from "better-sqlite3";
import type { JournalFacts } from "../journal-port.ts";
import { RowCheck } from "./check-rows.ts";
import { checkStructure } from "./check-structure.ts";
import { JournalDamaged } from "./damage.ts";

/** Ten times a second, where nobody waits to be acknowledged meanwhile. */
const STEP_MS_MAX = 1;
const AGAIN_AFTER_MS = 7 * 24 * 3_600_000;

type Parts = {
  readonly database: Database.Database;
  nowMs(): number;
  monotonicMs(): number;
};

export class BackgroundCheck {
  readonly #parts: Parts;
  #running: Iterator<string | null> | null;
  #last: JournalFacts["lastCheck"] = null;
  #doneAtMonotonicMs = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#running = everything(parts.database);
  }

  get last(): JournalFacts["lastCheck"] {
    return this.#last;
  }

  /** At least a little, then until `isWanted`: something else is to be done. Throws where it finds damage. */
  step(isWanted: () => boolean): void {
    const { database, nowMs, monotonicMs } = this.#parts;
    if (this.#running === null) {
      if (monotonicMs() - this.#doneAtMonotonicMs < AGAIN_AFTER_MS) return;
      this.#running = everything(database);
    }
    const deadline = monotonicMs() + STEP_MS_MAX;
    do {
      const { done, value } = this.#running.next();
      if (done === true) {
        this.#running = null;
        this.#doneAtMonotonicMs = monotonicMs();
        this.#last = { atMs: nowMs(), damaged: 0 };
        return;
      }
      if (value === null) continue;
      this.#last = { atMs: nowMs(), damaged: 1 };
      throw new JournalDamaged(value);
    } while (!isWanted() && monotonicMs() < deadline);
  }
}

function* everything(database: Database.Database): Generator<string | null> {
  yield checkStructure(database);
  yield* new RowCheck(database).everything();
}
