import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { Journal, type Quarantined } from "../../gateway/journal/journal.ts";
import { BEGIN_MS } from "./moments.ts";
import { tempDir } from "./temp-dir.ts";

/** A journal in a file of this test's own, which can be closed, looked into and opened again. */
export function openJournalFile(file = join(tempDir(), "data", "journal.sqlite")) {
  let journal = Journal.open(file);
  onTestFinished(() => journal.close());
  return {
    file,
    journal: () => journal,
    reopen() {
      journal.close();
      journal = Journal.open(file);
      return journal;
    },
    /** Another program's look at the file, once nobody holds it. */
    inspect<Answer>(look: (database: Database.Database) => Answer): Answer {
      journal.close();
      const database = new Database(file);
      try {
        return look(database);
      } finally {
        database.close();
        journal = Journal.open(file);
      }
    },
  };
}

/** A message that could not be read, told apart by its index. */
export const aQuarantined = (index: number, bytes = 8): Quarantined => ({
  deviceId: "smart-bed-1",
  receivedAtMs: BEGIN_MS + index,
  reason: "malformed-json",
  detail: "expected JSON",
  raw: new Uint8Array(bytes).fill(index),
});
