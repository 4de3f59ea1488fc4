/** `node write-journal.ts DIRECTORY KIND`: writes a journal, says so, and waits to be killed. */
import { writeSync } from "node:fs";
import { filesOf, KINDS, writeJournal } from "./journal-kinds.ts";

const [directory = "", name] = process.argv.slice(2);
const kind = KINDS.find((one) => one.name === name);
if (kind === undefined)
  throw new Error(`expected one of ${KINDS.map((one) => one.name).join(", ")}, got ${name}`);
await writeJournal(filesOf(directory, kind), kind);
writeSync(1, "written\n");
setInterval(() => {}, 1_000);
