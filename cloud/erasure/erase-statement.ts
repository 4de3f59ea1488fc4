/** Erases what a bed said: everywhere it stands in this database, in every journal that told it. */
import type { Randomness } from "../clock.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { isHeldBy } from "../retention/holds/hold.ts";
import { lockLegalHolds } from "../retention/holds/repository.ts";
import { eventRow, removeEventRow, standsOnBoard } from "./bed-event-row.ts";
import { lockCopies, noStatement, type StatementLeaf, type StatementName, saidIn } from "./bed-statement.ts";
import { emptyLeaf } from "./erased-leaf.ts";
import { archivesOver } from "./repository.ts";
import { type EmptiedLeaf, erasedAlready, heldBack, type Target } from "./target.ts";

const SETUP = ["bed-commissioned", "bed-decommissioned"];

/** The leaf is locked. */
export function statementTarget(
  leaf: StatementLeaf,
  { bedId }: StatementName,
  randomness: Randomness,
): Target {
  return {
    kind: "bed-event",
    leaf,
    async destroy(step, hospitalId) {
      const { trx } = step;
      if (leaf.payload === null) throw erasedAlready(leaf);
      const said = saidIn(leaf.payload, bedId);
      if (said === null) throw noStatement();
      if (SETUP.includes(said.kind))
        throw new CloudError("ERASURE_OF_SETUP", `A statement of the kind ${said.kind} is not erased.`);
      const record = {
        hospitalId,
        bedId,
        deviceId: null,
        class: "bed-events",
        atMs: said.observedAtMs,
      } as const;
      if ((await lockLegalHolds(trx)).some((hold) => isHeldBy(hold, record))) throw heldBack();
      const leaves = [leaf, ...(await lockCopies(trx, leaf))];
      const told = [];
      for (const each of leaves) told.push({ leaf: each, row: await eventRow(trx, each) });
      for (const { row } of told)
        if (row !== undefined && (await standsOnBoard(trx, row)))
          throw new CloudError(
            "ERASURE_STANDS",
            "Nothing newer was said of it, or its present state began with this.",
          );
      const archives = await archivesOver(trx, hospitalId, said.observedAtMs);
      return { leaves: await emptied(step, told, randomness), archives };
    },
  };
}

type Told = { readonly leaf: StatementLeaf; readonly row: Awaited<ReturnType<typeof eventRow>> };

async function emptied(
  step: DeskStep,
  told: readonly Told[],
  randomness: Randomness,
): Promise<EmptiedLeaf[]> {
  const leaves: EmptiedLeaf[] = [];
  for (const { leaf, row } of told) {
    await removeEventRow(step.trx, leaf, row);
    leaves.push({ origin: leaf.origin, index: leaf.index, entryId: await emptyLeaf(step, leaf, randomness) });
  }
  return leaves;
}
