import fc from "fast-check";
import { expect, it } from "vitest";
import { openNetworkLog } from "../../../cloud/evidence/intake/network-log.ts";
import { Sequencer } from "../../../cloud/evidence/intake/sequencer.ts";
import { addPending } from "../../../cloud/evidence/pending.ts";
import { rootAt } from "../../../cloud/evidence/tree-store.ts";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { leafHash } from "../../../contracts/log/hash.ts";
import { parseNote } from "../../../contracts/log/note.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import { Frontier } from "../../../contracts/log/tree.ts";
import { GatewayLog, testSigner } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { networkLeaves, sendLog } from "./intake-gateway.ts";

const RUNS = 5;
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** A second process on the same database. */
const replica = ({ db, logIntake, clock }: TestCloud) =>
  new Sequencer({ db, clock, network: logIntake.network, meter: { checkpoint() {} }, log: SILENT });
const SILENT = { warn() {} } as never;

const enter = ({ db }: TestCloud, number: number) =>
  db.transaction().execute(async (trx) => {
    const leaf = { kind: "document", commitment: new Uint8Array(32).fill(number) } as const;
    await addPending(trx, { entryId: uuid(number), leaf }, START_MS);
  });

/** What every reader of the network's log relies on, held against a tree in memory. */
async function requireWholeNetworkLog({ db, logIntake }: TestCloud): Promise<number> {
  const { logId, origin, signer } = logIntake.network;
  const leaves = await db
    .selectFrom("evidenceLeaves")
    .select(["index", "leaf"])
    .where("logId", "=", logId)
    .orderBy("index")
    .execute();
  expect(leaves.map(({ index }) => index)).toEqual(leaves.map((_leaf, place) => place));
  const tree = new Frontier();
  const roots = [tree.root()];
  for (const { leaf } of leaves) {
    tree.append(leafHash(leaf));
    roots.push(tree.root());
  }
  const checkpoints = await db
    .selectFrom("evidenceCheckpoints")
    .select(["size", "root", "note"])
    .where("logId", "=", logId)
    .orderBy("size")
    .execute();
  let signedAtMs = 0;
  for (const { size, root, note } of checkpoints) {
    const parsed = parseNote(note);
    expect(parsed).toMatchObject({ origin, size });
    expect(parsed?.signedAtMs).toBeGreaterThan(signedAtMs);
    signedAtMs = parsed?.signedAtMs ?? 0;
    expect(Buffer.from(root)).toEqual(Buffer.from(roots[size] ?? []));
    expect(Buffer.from(parsed?.root ?? [])).toEqual(Buffer.from(root));
    expect(parsed !== null && isSignedBy(parsed, signer)).toBe(true);
  }
  expect(checkpoints.at(-1)?.size ?? 0).toBe(leaves.length);
  if (leaves.length > 0)
    expect(Buffer.from(await rootAt(db, logId, leaves.length))).toEqual(Buffer.from(tree.root()));
  return leaves.length;
}

describeOnEachDatabase("many at once", (cloud) => {
  it("batches that come twice, late and in any order leave one log", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        async (counts, order) => {
          const epoch = Math.floor(Math.random() * 2 ** 32)
            .toString(16)
            .padStart(16, "0");
          const log = new GatewayLog({ gatewayId: "gw-north", epoch });
          const batches = counts.map((count) => {
            const from = log.leaves.length;
            log.say(count);
            return log.batch(from, from + count, START_MS);
          });
          const sent = [...batches, ...batches]
            .map((batch) => ({ batch, place: order.next().value ?? 0 }))
            .sort((one, other) => one.place - other.place);
          const answers = await Promise.all(sent.map(({ batch }) => sendLog(cloud(), batch)));
          for (const { status, body } of answers)
            expect(status === 200 || body.code === "LOG_GAP", JSON.stringify(body)).toBe(true);
          // Whoever is told that some are missing goes on from there.
          for (const batch of batches) expect((await sendLog(cloud(), batch)).status).toBe(200);
          const row = await cloud()
            .db.selectFrom("evidenceLogs")
            .select(["logId", "size", "halted"])
            .where("origin", "=", log.origin)
            .executeTakeFirstOrThrow();
          expect(row).toMatchObject({ size: log.leaves.length, halted: null });
          expect(Buffer.from(await rootAt(cloud().db, row.logId, row.size))).toEqual(
            Buffer.from(log.rootAt(row.size)),
          );
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("two processes put every entry into the network's log once, and one is signed a size", async () => {
    const other = replica(cloud());
    const log = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });
    const rounds = 6;
    for (let round = 0; round < rounds; round++) {
      const from = log.leaves.length;
      log.say(2);
      await Promise.all([
        sendLog(cloud(), log.batch(from, from + 2, START_MS + round)),
        enter(cloud(), 2 * round + 1),
        cloud().logIntake.sequencer.look(),
        other.look(),
        enter(cloud(), 2 * round + 2),
        other.look(),
      ]);
    }
    await other.look();
    // A key, a checkpoint a round, and two entries a round.
    expect(await requireWholeNetworkLog(cloud())).toBe(1 + rounds + 2 * rounds);
    const kinds = (await networkLeaves(cloud())).map(([kind]) => kind);
    expect(kinds.indexOf("key-added")).toBeLessThan(kinds.indexOf("gateway-checkpoint"));
    expect(await cloud().db.selectFrom("evidencePending").selectAll().execute()).toEqual([]);
  });

  it("what dies before its commit never was, and the next one takes everything", async () => {
    const log = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH }).say(3);
    await sendLog(cloud(), log.batch(0, 3, START_MS));
    const { network } = cloud().logIntake;
    const dying = {
      ...network,
      signer: {
        ...network.signer,
        sign: (): never => {
          throw new Error("killed");
        },
      },
    };
    const { db, clock } = cloud();
    const killed = new Sequencer({ db, clock, network: dying, meter: { checkpoint() {} }, log: SILENT });
    await expect(killed.look()).rejects.toThrow("killed");
    expect(await networkLeaves(cloud())).toEqual([]);
    expect(await replica(cloud()).look()).toBe(2);
    expect(await requireWholeNetworkLog(cloud())).toBe(2);
  });

  it("takes more than fits at once, in order", async () => {
    const count = 1_200;
    await cloud()
      .db.transaction()
      .execute(async (trx) => {
        for (let number = 0; number < count; number++) {
          const leaf = { kind: "document", commitment: utf8(String(number).padStart(32)) } as const;
          await addPending(trx, { entryId: uuid(number), leaf }, START_MS);
        }
      });
    const { sequencer } = cloud().logIntake;
    expect([await sequencer.look(), await sequencer.look(), await sequencer.look()]).toEqual([1_000, 200, 0]);
    expect(await requireWholeNetworkLog(cloud())).toBe(count);
    const placed = await cloud()
      .db.selectFrom("evidenceLeaves")
      .select(["index", "entryId"])
      .where("entryId", "is not", null)
      .orderBy("index")
      .execute();
    expect(placed.map(({ entryId }) => entryId)).toEqual(placed.map(({ index }) => uuid(index)));
  });

  it("a process with another key does not run on the database", async () => {
    const { db, logIntake } = cloud();
    await expect(openNetworkLog(db, testSigner("any", "another key"))).rejects.toThrow(
      /This database's log of the network is hospitell\/network\/[0-9a-f]{16}, and the key that was opened signs/,
    );
    const again = await openNetworkLog(db, logIntake.network.signer);
    expect(again).toMatchObject({ logId: logIntake.network.logId, origin: logIntake.network.origin });
  });
});
