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
  readonly log: Pick<Logger, "warn">;
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

  /** False: nothing is due. What the place does not do is not the database's fault, however alike their errors look. */
  async copyNext(): Promise<boolean> {
    const { db, clock } = this.#deps;
    const copy = await takeCopy(db, await clock.nowMs(db));
    if (copy === undefined) return false;
    const { documentId } = copy;
    const sealed =
      documentId === null
        ? null
        : await db.transaction().execute(async (trx) => await sealedBytes(trx, documentId));
    const trouble = await this.#copied(copy, sealed);
    if (trouble === null) await copyDone(db, copy, await clock.nowMs(db));
    else await this.#later(copy, trouble);
    return true;
  }

  /** Null: it is done. */
  async #copied({ cid, state, blockCids }: CopyToDo, sealed: Uint8Array | null): Promise<Error | null> {
    const { place } = this.#deps;
    try {
      if (state === "unwanted") await place.remove(cid, blockCids);
      // Without bytes it was erased since it was taken up.
      else if (sealed !== null && sealed.length > 0) {
        const put = await place.put(sealed);
        if (put !== cid) {
          // Under a name that nobody here knows it would stay.
          await place.remove(put, [put]);
          return new Error(`the place names it ${put}; by its bytes it is ${cid}`);
        }
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #later(copy: CopyToDo, trouble: Error): Promise<void> {
    const { db, clock, log } = this.#deps;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (copy.attempts - 1), RETRY_MS_MAX);
    const { cid, state } = copy;
    log.warn({ err: trouble, cid, state, waitMs }, "a document's copy has to be tried again");
    const error = trouble.message.slice(0, ERROR_CHARACTERS_MAX);
    await copyFailed(db, copy, { error, nextAttemptAtMs: (await clock.nowMs(db)) + waitMs });
  }
}
