import { join } from "node:path";
import type { JournalFiles } from "../../gateway/journal/journal-host.ts";

const MIB = 1024 * 1024;

/** The files of a journal, small enough for a test. */
export const journalFiles = (directory: string): JournalFiles => ({
  file: join(directory, "journal.sqlite"),
  sessionsFile: join(directory, "sessions.sqlite"),
  life: { bytesMax: 256 * MIB, ballastBytes: MIB / 16, reserveBytes: MIB },
});
