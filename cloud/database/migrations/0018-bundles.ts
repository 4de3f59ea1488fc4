import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Bundles that were made, and how far they are published. */
const STATEMENTS = [
  // `bytes` null: the leaf was erased, and a copy may still be where it was published. `next_attempt_at_ms` null: there is
  // nothing to do; until then, an attempt that is under way has time. `attempts` 0: nothing was sent anywhere yet.
  `CREATE TABLE evidence_bundles (
    cid text COLLATE "C" PRIMARY KEY,
    bytes bytea,
    has_opening boolean NOT NULL,
    origin text COLLATE "C" NOT NULL,
    leaf_index bigint NOT NULL,
    bed_id text COLLATE "C" NOT NULL,
    epoch text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    made_at_ms bigint NOT NULL,
    published_at_ms bigint,
    pinned boolean NOT NULL DEFAULT false,
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at_ms bigint,
    last_error text
  )`,
  `CREATE INDEX evidence_bundles_by_leaf ON evidence_bundles (origin, leaf_index)`,
  `CREATE INDEX evidence_bundles_due ON evidence_bundles (next_attempt_at_ms) WHERE next_attempt_at_ms IS NOT NULL`,
  // What a key has cosigned, by which the first checkpoint with enough witnesses is found.
  `CREATE INDEX evidence_cosignatures_by_key ON evidence_cosignatures (gateway_id, public_key, size)`,
  // The newest word on an axis of which little is said. What beds say of their occupancy is never far back.
  `CREATE INDEX bed_events_by_axis ON bed_events (bed_id, kind, position)
    WHERE kind IN ('readiness-changed', 'service-changed', 'infection-changed', 'staffing-changed')`,
];

export const bundles: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};
