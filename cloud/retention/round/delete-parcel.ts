/** Removes what is due of a week without keeping it: a bounded number of rows in each transaction. */

import { holdsOver } from "../holds/hold.ts";
import { activeHolds } from "../holds/repository.ts";
import type { DueLane } from "../rows/due-lanes.ts";
import type { DueParcel, RecordTable } from "../rows/record-table.ts";
import { inRemoval } from "../rows/removal.ts";
import { ROWS_PER_STEP, type StepDeps } from "./step.ts";

export async function deleteParcel(
  { db, clock, step, deleted }: StepDeps & { deleted(rows: number): void },
  table: RecordTable,
  parcel: DueParcel,
  lanes: readonly DueLane[],
): Promise<void> {
  for (const lane of lanes)
    for (let afterSeq = 0; ; ) {
      await step();
      const holds = holdsOver(await activeHolds(db, clock.nowMs()), parcel);
      const lastSeq = await table.lastOf(db, parcel, { ...lane, afterSeq }, holds, ROWS_PER_STEP);
      if (lastSeq === null) break;
      const cut = { ...lane, afterSeq, throughSeq: lastSeq };
      const removed = await inRemoval(db, clock.nowMs(), (trx, now) =>
        table.remove(trx, parcel, cut, holdsOver(now, parcel)),
      );
      deleted(removed.rows);
      afterSeq = lastSeq;
    }
}
