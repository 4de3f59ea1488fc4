import { join } from "node:path";
import { GatewayId } from "../../contracts/wire/ids.ts";
import type { JournalFiles } from "../../gateway/journal/journal-host.ts";
import { newLogKey } from "../../gateway/log-book/log-key.ts";

const MIB = 1024 * 1024;

/** Without the gateway's own log, which keeps what it has not covered for a second. */
export function unloggedFiles(directory: string): JournalFiles {
  const { log: _none, ...files } = journalFiles(directory);
  return files;
}

/** The files of a journal, small enough for a test. */
export const journalFiles = (directory: string): JournalFiles => ({
  file: join(directory, "journal.sqlite"),
  sessionsFile: join(directory, "sessions.sqlite"),
  log: { gatewayId: GatewayId.parse("gw-north"), key: newLogKey() },
  life: { bytesMax: 256 * MIB, ballastBytes: MIB / 16, reserveBytes: MIB },
});
