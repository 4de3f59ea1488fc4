import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import type { JournalFiles } from "../../../gateway/journal/journal-host.ts";
import { InlineJournal } from "../../../gateway/journal/journal-inline.ts";
import { auditLog } from "../../support/audit-log.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { valuesOf } from "../../support/read-journal.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** Lets a process append until it has said `count` numbers, kills it, and returns what it said. */
async function appendUntilKilled(directory: string, count: number): Promise<number[]> {
  const program = fileURLToPath(new URL("../../support/append-until-killed.ts", import.meta.url));
  const child = spawn(process.execPath, [program, directory], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
    if (said.split("\n").length > count) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  // Its last line may be cut off in the middle: then the number was not said.
  return said.split("\n").slice(0, -1).map(Number);
}

/** What was in no leaf when the power went is read from the file, and closed a second after it was. */
async function loggedAfterwards(files: JournalFiles) {
  let monotonicMs = 0;
  const journal = new InlineJournal(files, { nowMs: Date.now, monotonicMs: () => monotonicMs });
  for (let second = 0; second < 3; second++) {
    journal.tick();
    monotonicMs += 1_000;
  }
  await journal.close();
  const database = new Database(files.file);
  const { leaves, faults } = auditLog(database);
  database.close();
  return { faults, logged: leaves.reduce((sum, { count }) => sum + count, 0) };
}

test("a gateway killed in the middle of its work has kept every reading that it acknowledged, in order, and in its log exactly once, time after time", async () => {
  const directory = join(tempDir(), "data");
  let kept = 0;
  for (const count of [1, 40, 400]) {
    const said = await appendUntilKilled(directory, count);
    const journal = openJournalFile(journalFiles(directory)).journal();
    const { headSeq } = journal.marks("vitals");
    const values = await valuesOf(journal);
    // The status goes with the reading that led to it: never one without the other.
    const state = journal.start.states.get("bed:bed-1");
    await journal.close();
    const { logged, faults } = await loggedAfterwards(journalFiles(directory));
    expect({ logged, faults }).toEqual({ logged: headSeq, faults: [] });
    // One after the other, although several were on their way at any time.
    expect(said).toEqual(said.map((_, index) => kept + 1 + index));
    expect(headSeq).toBeGreaterThanOrEqual(said.at(-1) ?? Number.POSITIVE_INFINITY);
    expect(values).toEqual(Array.from({ length: headSeq }, (_, index) => index + 1));
    expect(state).toBe(String(headSeq));
    kept = headSeq;
  }
});
