/** Two that speak under one name: written down once, counted after that. */
import { sql } from "kysely";
import type { BootId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import type { LaneKey } from "./lane-rows.ts";

export type Equivocation = LaneKey & {
  /** A record that says something else than the stored one, or an older process that speaks again. */
  readonly kind: "different-record" | "second-instance";
  readonly bootId: BootId;
  readonly seq: number | null;
};

export async function noteEquivocation(
  db: Database,
  { gatewayId, epoch, lane, kind, bootId, seq }: Equivocation,
  nowMs: number,
): Promise<void> {
  await db
    .insertInto("equivocations")
    .values({ gatewayId, epoch, lane, kind, bootId, seq, times: 1, firstAtMs: nowMs, lastAtMs: nowMs })
    .onConflict((conflict) =>
      conflict
        .columns(["gatewayId", "epoch", "lane", "kind"])
        .doUpdateSet({ bootId, seq, lastAtMs: nowMs, times: sql`equivocations.times + 1` }),
    )
    .execute();
}
