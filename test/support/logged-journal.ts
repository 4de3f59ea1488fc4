/** A journal that keeps its log, in a file of this test's own. */
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { BootId, GatewayId } from "../../contracts/wire/ids.ts";
import { LogBatch } from "../../contracts/wire/log-sync.ts";
import { InlineJournal } from "../../gateway/journal/journal-inline.ts";
import type { LogEnvelope } from "../../gateway/journal/log-port.ts";
import { journalFiles } from "./journal-directory.ts";
import { BEGIN_MS } from "./moments.ts";
import { tempDir } from "./temp-dir.ts";

const envelope: LogEnvelope = {
  gatewayId: GatewayId.parse("gw-north"),
  bootId: BootId.parse("00000000000000b1"),
  sentAtMs: BEGIN_MS,
  rotation: null,
  cosignedSize: 0,
};

/** A journal with its log, whose time stands still unless it is moved. */
export function openLogged(files = journalFiles(tempDir())) {
  const time = { wallMs: BEGIN_MS, monoMs: 0 };
  const open = () => new InlineJournal(files, { nowMs: () => time.wallMs, monotonicMs: () => time.monoMs });
  let journal = open();
  onTestFinished(() => journal.close());
  const logOf = (one: InlineJournal) => {
    if (one.log === null) throw new Error("expected a journal with a log");
    return one.log;
  };
  return {
    files,
    time,
    journal: () => journal,
    log: () => logOf(journal),
    pass(ms: number): void {
      time.wallMs += ms;
      time.monoMs += ms;
      journal.tick();
    },
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
    async batch(fromIndex: number, leavesMax = 1_000): Promise<LogBatch | string> {
      const batch = await logOf(journal).encodeBatch(fromIndex, leavesMax, envelope);
      return typeof batch === "string"
        ? batch
        : LogBatch.parse(JSON.parse(gunzipSync(batch.body).toString()));
    },
  };
}

export async function batchOf(
  opened: ReturnType<typeof openLogged>,
  fromIndex: number,
  leavesMax?: number,
): Promise<LogBatch> {
  const batch = await opened.batch(fromIndex, leavesMax);
  if (typeof batch === "string") throw new Error(`expected a batch, got ${batch}`);
  return batch;
}
