/**
 * `node append-until-killed.ts FILE`: appends readings for ever, and says each one's number only once it is on disk. The
 * state that goes with it is the same number. Somebody else ends it, without a word.
 */
import { writeSync } from "node:fs";
import { Journal } from "../../gateway/journal/journal.ts";
import { groupOf } from "./journal-groups.ts";
import { aReading } from "./records.ts";

const journal = Journal.open(process.argv[2] ?? "");
for (;;) {
  const seq = journal.marks("vitals").headSeq + 1;
  const group = groupOf(journal, "vitals", [aReading({ value: seq })]);
  journal.append({ ...group, states: new Map([["bed:bed-1", String(seq)]]) });
  writeSync(1, `${seq}\n`);
}
