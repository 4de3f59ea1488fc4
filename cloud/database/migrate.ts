/** Brings the database to the newest schema. Migrations go forward only, one transaction each, and are never edited. */
import { type Migration, Migrator } from "kysely/migration";
import { firstLight } from "./migrations/0001-first-light.ts";
import { findings } from "./migrations/0002-findings.ts";
import { columns } from "./migrations/0003-columns.ts";
import { history } from "./migrations/0004-history.ts";
import { seriesFeed } from "./migrations/0005-series-feed.ts";
import { exports } from "./migrations/0006-exports.ts";
import { retention } from "./migrations/0007-retention.ts";
import { roomLimits } from "./migrations/0008-room-limits.ts";
import { eventsByMoment } from "./migrations/0010-events-by-moment.ts";
import { exportNotes } from "./migrations/0011-export-notes.ts";
import { reports } from "./migrations/0012-reports.ts";
import { desk } from "./migrations/0013-desk.ts";
import { webhooks } from "./migrations/0014-webhooks.ts";
import { evidence } from "./migrations/0015-evidence.ts";
import { anchors } from "./migrations/0016-anchors.ts";
import { documents } from "./migrations/0017-documents.ts";
import { bundles } from "./migrations/0018-bundles.ts";
import { deskLookups } from "./migrations/0019-desk-lookups.ts";
import { keptCheckpoints } from "./migrations/0020-kept-checkpoints.ts";
import { readingBlocks } from "./migrations/0021-reading-blocks.ts";
import type { Database } from "./schema.ts";

const MIGRATIONS: Record<string, Migration> = {
  "0001-first-light": firstLight,
  "0002-findings": findings,
  "0003-columns": columns,
  "0004-history": history,
  "0005-series-feed": seriesFeed,
  "0006-exports": exports,
  "0007-retention": retention,
  "0008-room-limits": roomLimits,
  "0010-events-by-moment": eventsByMoment,
  "0011-export-notes": exportNotes,
  "0012-reports": reports,
  "0013-desk": desk,
  "0014-webhooks": webhooks,
  "0015-evidence": evidence,
  "0016-anchors": anchors,
  "0017-documents": documents,
  "0018-bundles": bundles,
  "0019-desk-lookups": deskLookups,
  "0020-kept-checkpoints": keptCheckpoints,
  "0021-reading-blocks": readingBlocks,
};

export async function migrate(db: Database): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const all = await migrator.getMigrations();
  for (const _step of all.filter(({ executedAt }) => executedAt === undefined)) {
    const { error } = await migrator.migrateUp();
    if (error !== undefined) throw error;
  }
}
