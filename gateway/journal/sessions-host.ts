import { renameSync, rmSync } from "node:fs";
import type Database from "better-sqlite3";
import { SessionStore } from "../sessions/session-store.ts";
import { isDamage } from "./life/damage.ts";
import { openDurable } from "./open-database.ts";

/** The broker's memory where its file is open: calls by name, each on disk when it returns. */
export class SessionsHost {
  readonly #database: Database.Database;
  readonly #store: SessionStore;

  constructor(file: string, nowMs: () => number) {
    ({ database: this.#database, store: this.#store } = openOrBeginAnew(file, nowMs));
  }

  call(method: string, args: readonly unknown[]): unknown {
    if (method === "constructor" || !Object.hasOwn(SessionStore.prototype, method))
      throw new Error(`expected a method of SessionStore, got ${JSON.stringify(method)}`);
    const call = this.#store[method as keyof SessionStore] as (...args: readonly unknown[]) => unknown;
    return call.apply(this.#store, args as unknown[]);
  }

  close(): void {
    this.#database.close();
  }
}

type Opened = { readonly database: Database.Database; readonly store: SessionStore };

/** Sessions that cannot be read are put aside: clients subscribe anew, and the beds are heard in the meantime. */
function openOrBeginAnew(file: string, nowMs: () => number): Opened {
  const sound = openSound(file);
  if (sound !== null) return sound;
  renameSync(file, `${file}.damaged-${nowMs()}`);
  rmSync(`${file}-wal`, { force: true });
  return open(file);
}

/** Null: it is damaged. What is found only later ends the process, and would end every one after it. */
function openSound(file: string): Opened | null {
  let opened: Opened | undefined;
  try {
    opened = open(file);
    const found = opened.database.pragma("quick_check(1)", { simple: true });
    if (found === "ok") {
      // Texts in a page that is well may be none that can be read.
      opened.store.load();
      return opened;
    }
  } catch (error) {
    if (!isDamage(error) && !(error instanceof SyntaxError)) {
      opened?.database.close();
      throw error;
    }
  }
  opened?.database.close();
  return null;
}

function open(file: string): Opened {
  const database = openDurable(file);
  try {
    return { database, store: new SessionStore(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}
