/** Makes the copies of sealed documents that are to be there, and removes those that are not, one after the other. */
import type { Logger } from "pino";
import type { Database } from "../database/schema.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import type { DeskClock } from "../desk/desk-clock.ts";
import { every } from "../live/every.ts";
import type { BlobPlace } from "./blob-place.ts";
import { type CopyToDo, copyDone, copyFailed, takeCopy } from "./copy-rows.ts";
import { sealedBytes } from "./repository.ts";

const LOOK_EVERY_MS = 2_000;
const FIRST_RETRY_MS = 5_000;
const RETRY_MS_MAX = 3_600_000;
const ERROR_CHARACTERS_MAX = 300;

export type CopierDeps = {
  readonly db: Database;
  readonly clock: DeskClock;
  readonly place: BlobPlace;
  readonly log: Pick<Logger, "warn" | "error">;
};

export class Copier {
  readonly #deps: CopierDeps;

  constructor(deps: CopierDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await every(LOOK_EVERY_MS, signal, async () => {
      try {
        while (!signal.aborted && (await this.copyNext()));
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "copies of documents wait for the database");
      }
    });
  }

  /** False: nothing is due. */
  async copyNext(): Promise<boolean> {
    const { db, clock, log } = this.#deps;
    const copy = await takeCopy(db, await clock.nowMs(db));
    if (copy === undefined) return false;
    try {
      await this.#copied(copy);
      await copyDone(db, copy, await clock.nowMs(db));
    } catch (error) {
      if (isPassingTrouble(error)) throw error;
      const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (copy.attempts - 1), RETRY_MS_MAX);
      log.warn(
        { err: error, cid: copy.cid, state: copy.state, waitMs },
        "a document's copy has to be tried again",
      );
      const said = error instanceof Error ? error.message : String(error);
      const nextAttemptAtMs = (await clock.nowMs(db)) + waitMs;
      await copyFailed(db, copy, { error: said.slice(0, ERROR_CHARACTERS_MAX), nextAttemptAtMs });
    }
    return true;
  }

  async #copied({ cid, documentId, state, blockCids }: CopyToDo): Promise<void> {
    const { db, place } = this.#deps;
    if (state === "unwanted") {
      await place.remove(cid, blockCids);
      return;
    }
    if (documentId === null) return;
    const sealed = await db.transaction().execute((trx) => sealedBytes(trx, documentId));
    // Erased since it was taken up.
    if (sealed.length === 0) return;
    const put = await place.put(sealed);
    if (put !== cid) throw new Error(`the place names it ${put}; by its bytes it is ${cid}`);
  }
}
