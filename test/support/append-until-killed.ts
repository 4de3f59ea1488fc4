/**
 * `node append-until-killed.ts DIRECTORY`: appends readings for ever, several groups in flight, and says each one's
 * number only once it is on disk. The state that goes with it is the same number. Somebody else ends it, without a word.
 */
import { writeSync } from "node:fs";
import { openJournal } from "../../gateway/journal/open-journal.ts";
import { journalFiles } from "./journal-directory.ts";
import { groupOf } from "./journal-groups.ts";
import { aReading } from "./records.ts";

const IN_FLIGHT = 4;

const journal = await openJournal({
  ...journalFiles(process.argv[2] ?? ""),
  onFatal: (error) => {
    writeSync(2, `fatal: ${error.message}\n`);
    process.exit(70);
  },
});
let seq = journal.marks("vitals").headSeq;
const appendOn = async () => {
  for (;;) {
    seq += 1;
    const own = seq;
    const group = groupOf(journal, "vitals", [aReading({ value: own })]);
    await journal.append({ ...group, states: [["bed:bed-1", String(own)]] });
    writeSync(1, `${own}\n`);
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, appendOn));
