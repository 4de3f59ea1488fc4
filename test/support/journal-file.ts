import { join } from "node:path";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import type { HostClock } from "../../gateway/journal/journal-host.ts";
import { InlineJournal } from "../../gateway/journal/journal-inline.ts";
import type { Quarantined } from "../../gateway/journal/journal-port.ts";
import { journalFiles } from "./journal-directory.ts";
import { BEGIN_MS } from "./moments.ts";
import { tempDir } from "./temp-dir.ts";

/** A journal in a file of this test's own, which can be closed, looked into and opened again; time is moved by hand. */
export function openJournalFile(files = journalFiles(join(tempDir(), "data"))) {
  let nowMs = BEGIN_MS;
  const clock: HostClock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
  const open = () => new InlineJournal(files, clock);
  let journal = open();
  onTestFinished(() => journal.close());
  const reopen = () => {
    void journal.close();
    journal = open();
    return journal;
  };
  return {
    file: files.file,
    journal: () => journal,
    reopen,
    pass(ms: number): void {
      nowMs += ms;
    },
    /** Another program's look at the file, once nobody holds it; it may change what it likes. */
    inspect<Answer>(look: (database: Database.Database) => Answer): Answer {
      void journal.close();
      const database = new Database(files.file);
      try {
        return look(database);
      } finally {
        database.close();
        journal = open();
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
