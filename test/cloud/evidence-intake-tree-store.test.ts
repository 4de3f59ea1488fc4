import fc from "fast-check";
import { expect, it } from "vitest";
import { appendLeaves, consistencyProof, inclusionProof, rootAt } from "../../cloud/evidence/tree-store.ts";
import { leafHash } from "../../contracts/log/hash.ts";
import { Frontier, isConsistent, isIncluded } from "../../contracts/log/tree.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const NOW_MS = 1_800_000_000_000;
const RUNS = 12;
const leafOf = (number: number) => new TextEncoder().encode(`leaf ${number}`);

async function newLog(db: TestCloud["db"], origin: string): Promise<number> {
  const { logId } = await db
    .insertInto("evidenceLogs")
    .values({ origin, gatewayId: "gw-north", epoch: null, size: 0, frontier: Buffer.alloc(0) })
    .returning("logId")
    .executeTakeFirstOrThrow();
  return logId;
}

const append = (db: TestCloud["db"], logId: number, from: number, count: number) =>
  db.transaction().execute((trx) =>
    appendLeaves(
      trx,
      logId,
      Array.from({ length: count }, (_leaf, place) => ({ kind: "document", leaf: leafOf(from + place) })),
      NOW_MS,
    ),
  );

describeOnEachDatabase("the store of trees", (cloud) => {
  it("has the roots and proofs of a tree in memory, however the leaves came", async () => {
    const { db } = cloud();
    let logs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (counts, olderShare, leafShare) => {
          logs += 1;
          const logId = await newLog(db, `log-${logs}`);
          const frontier = new Frontier();
          const roots = [frontier.root()];
          for (const count of counts) {
            const firstIndex = frontier.size;
            for (let added = 0; added < count; added++) {
              frontier.append(leafHash(leafOf(frontier.size)));
              roots.push(frontier.root());
            }
            expect(await append(db, logId, firstIndex, count)).toEqual({
              firstIndex,
              size: frontier.size,
              root: frontier.root(),
            });
          }
          const newer = { size: frontier.size, root: frontier.root() };
          const olderSize = Math.floor(olderShare * newer.size);
          const older = { size: olderSize, root: roots[olderSize] ?? new Uint8Array() };
          expect(Buffer.from(await rootAt(db, logId, olderSize))).toEqual(Buffer.from(older.root));
          const way = await consistencyProof(db, logId, older.size, newer.size);
          expect(isConsistent(older, newer, way)).toBe(true);
          if (newer.size === 0) return;
          const index = Math.min(newer.size - 1, Math.floor(leafShare * newer.size));
          const path = await inclusionProof(db, logId, index, newer.size);
          expect(isIncluded({ index, size: newer.size }, leafHash(leafOf(index)), path, newer.root)).toBe(
            true,
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("says that a log is not that long instead of making a proof up", async () => {
    const { db } = cloud();
    const logId = await newLog(db, "short");
    await append(db, logId, 0, 5);
    await expect(inclusionProof(db, logId, 2, 9)).rejects.toThrow(/it is shorter/);
    await expect(consistencyProof(db, logId, 3, 8)).rejects.toThrow(/it is shorter/);
    await expect(rootAt(db, logId, 6)).rejects.toThrow(/it is shorter/);
    await expect(inclusionProof(db, logId, 9, 9)).rejects.toThrow(RangeError);
    await expect(consistencyProof(db, logId, 5, 4)).rejects.toThrow(RangeError);
  });
});
