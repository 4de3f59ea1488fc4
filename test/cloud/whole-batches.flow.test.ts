import { RawNode, sql } from "kysely";
import { expect, test } from "vitest";
import { takesCopies } from "../../cloud/database/prepared.ts";
import { acceptEpoch } from "../../cloud/ingest/lane-rows.ts";
import type { WholeBatch } from "../../cloud/ingest/reading-rows.ts";
import { WholeBatches } from "../../cloud/ingest/whole-batches.ts";
import { BedId, BootId, Epoch, GatewayId } from "../../contracts/wire/ids.ts";
import { unfoundReadings } from "../support/unfound-readings.ts";
import { BOOT_ID, batch, commissioned, NORTH_EPOCH, reading, SOUTH_EPOCH, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const VITALS = { lane: "vitals" } as const;
/** Enough of them are copied in. */
const COUNT = 600;
/** So many that those that wait are more than the database is to store as they come. */
const GATEWAYS = 12;

describeOnEachDatabase("many readings at once", (cloud) => {
  const stored = () =>
    cloud()
      .db.selectFrom("readings")
      .select(["gatewayReceivedAtMs", "observedAtMs", "value", "seq", "receivedAtMs", "clockOffsetMs"])
      .orderBy("seq")
      .execute();
  const values = [-0.1, 1e15, Number.MIN_VALUE, -123456.789, 0];
  const times = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, START_MS];
  const many = Array.from({ length: COUNT }, (_, n) =>
    reading({
      bedId: null,
      value: values[n % values.length] ?? 0,
      observedAtMs: times[n % times.length] ?? 0,
      receivedAtMs: START_MS + n,
    }),
  );
  const first = () => cloud().sync(batch([reading({ bedId: null })], VITALS));

  test("are stored as they came, also from a clock that is ahead", async () => {
    await first();
    const sentAtMs = START_MS + 3_600_000;
    const reply = await cloud().sync(batch(many, { ...VITALS, firstSeq: 2, sentAtMs }));
    expect(reply.body).toMatchObject({ storedCount: COUNT, highWaterMarkSeq: COUNT + 1 });
    const rows = (await stored()).slice(1);
    const receivedAtMs = rows[0]?.receivedAtMs ?? 0;
    expect(rows).toEqual(
      many.map(({ value, observedAtMs, receivedAtMs: gatewayReceivedAtMs }, n) => ({
        seq: n + 2,
        value,
        observedAtMs,
        gatewayReceivedAtMs,
        receivedAtMs,
        clockOffsetMs: receivedAtMs - sentAtMs,
      })),
    );
  });

  test("are stored once when they come several times at once, and one that leaves a gap not at all", async () => {
    await first();
    const same = batch(many, { ...VITALS, firstSeq: 2 });
    const late = batch(many, { ...VITALS, firstSeq: 9_000 });
    const replies = await Promise.all([same, same, late, same].map((sent) => cloud().sync(sent)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 409, 200]);
    const counts = replies.map(({ body }) => (body as { storedCount?: number }).storedCount ?? 0);
    expect(counts.toSorted((a, b) => a - b)).toEqual([0, 0, 0, COUNT]);
    expect((await stored()).map(({ seq }) => seq)).toEqual(
      Array.from({ length: COUNT + 1 }, (_, n) => n + 1),
    );
  });

  const bootId = BootId.parse(BOOT_ID);
  const clock = { receivedAtMs: START_MS, offsetMs: 0 };
  const keyOf = (n: number) => ({
    gatewayId: GatewayId.parse(`gw-${n}`),
    epoch: Epoch.parse(NORTH_EPOCH),
    lane: "vitals" as const,
  });
  const column = (of: number) => Array.from({ length: COUNT }, () => of);
  const wholeOf = (n: number, fields: Partial<WholeBatch> = {}): WholeBatch => {
    const at = { observedAtMs: column(START_MS), receivedAtMs: column(START_MS + n) };
    const columns = { seriesId: column(n), value: column(n), flags: column(1), ...at };
    return { key: keyOf(n), bootId, firstSeq: 1, columns, bedIds: [], ...fields };
  };

  async function begin(count: number): Promise<void> {
    const { db } = cloud();
    for (let n = 0; n < count; n++) {
      const { gatewayId } = keyOf(n);
      const gateway = { gatewayId, hospitalId: "north", lastHeardAtMs: null, lastHeartbeatAtMs: null };
      await db.insertInto("gateways").values(gateway).execute();
      await db.transaction().execute((trx) => acceptEpoch(trx, keyOf(n)));
    }
    await db.updateTable("journals").set({ bootId }).execute();
  }

  const storedOf = async () =>
    await cloud()
      .db.selectFrom("readings")
      .innerJoin("journals", "journals.journalId", "readings.journalId")
      .select(({ fn }) => [
        "gatewayId",
        "value",
        "clockOffsetMs",
        "receivedAtMs",
        fn.count<number>("seq").distinct().as("count"),
      ])
      .groupBy(["gatewayId", "value", "clockOffsetMs", "receivedAtMs"])
      .orderBy("value")
      .execute();

  test("of many gateways are stored each under its own journal, one by one and with those that wait", async () => {
    const { db } = cloud();
    await begin(GATEWAYS);
    const batches = new WholeBatches(db);
    const all = Array.from({ length: GATEWAYS }, (_, n) => n);
    const answers = await Promise.all(
      all.map((n) => batches.store(wholeOf(n), { receivedAtMs: START_MS + n, offsetMs: n })),
    );
    expect(answers).toEqual(all.map(() => true));
    expect(await unfoundReadings(db)).toBe(0);
    expect((await storedOf()).map((row) => ({ ...row, count: Number(row.count) }))).toEqual(
      all.map((n) => {
        const { gatewayId } = keyOf(n);
        return { gatewayId, value: n, clockOffsetMs: n, receivedAtMs: START_MS + n, count: COUNT };
      }),
    );
  });

  test.each<[string, (n: number) => Partial<WholeBatch>]>([
    ["leaves a gap", () => ({ firstSeq: 2 })],
    ["is of a process that is not the newest", () => ({ bootId: BootId.parse("b0000000000000ff") })],
    ["is of a journal that is not known", (n) => ({ key: { ...keyOf(n), epoch: Epoch.parse(SOUTH_EPOCH) } })],
    ["speaks of a bed that is somebody else's", () => ({ bedIds: [BedId.parse("bed-1")] })],
  ])("one that %s keeps none of those from being stored that it came with", async (_what, oddly) => {
    const { db } = cloud();
    await cloud().sync(batch([commissioned()]));
    await begin(GATEWAYS);
    // So many that some wait, and are stored in one transaction.
    const odd = [5, 9];
    const batches = new WholeBatches(db);
    const answers = await Promise.all(
      Array.from({ length: GATEWAYS }, (_, n) =>
        batches.store(wholeOf(n, odd.includes(n) ? oddly(n) : {}), clock),
      ),
    );
    expect(answers).toEqual(Array.from({ length: GATEWAYS }, (_, n) => !odd.includes(n)));
    expect((await storedOf()).map(({ value }) => value)).toEqual(
      Array.from({ length: GATEWAYS }, (_, n) => n).filter((n) => !odd.includes(n)),
    );
    const { rows } = await sql<{ count: number }>`
      SELECT count(DISTINCT journal_id)::int AS count FROM reading_blocks`.execute(db);
    expect(rows).toEqual([{ count: GATEWAYS - odd.length }]);
  });

  test("behind a pooler that changes connections between messages each is looked at by itself", async () => {
    const { db } = cloud();
    await begin(1);
    // What was prepared is prepared elsewhere.
    const elsewhere = (node: RawNode): RawNode => ({
      ...node,
      sqlFragments: node.sqlFragments.map((part) => part.replace("EXECUTE take_lanes", "EXECUTE not_here")),
      parameters: node.parameters.map((part) => (RawNode.is(part) ? elsewhere(part) : part)),
    });
    const pooled = db.withPlugin({
      transformQuery: ({ node }) => (RawNode.is(node) ? elsewhere(node) : node),
      transformResult: async ({ result }) => result,
    });
    const isStored = await new WholeBatches(pooled).store(wholeOf(0), clock);
    expect(isStored).toBe(!takesCopies(db));
    expect(await storedOf()).toHaveLength(isStored ? 1 : 0);
    // Where it stays the same connection, it is stored.
    if (!isStored) expect(await new WholeBatches(db).store(wholeOf(0), clock)).toBe(true);
  });

  test("nothing is stored under the number that a journal had in another database", async () => {
    const { db } = cloud();
    await begin(1);
    const batches = new WholeBatches(db);
    expect(await batches.store(wholeOf(0), clock)).toBe(true);
    // The journal is there with another number, and its old one is somebody else's.
    await sql`TRUNCATE readings, reading_blocks, lanes, latest_marks, journals RESTART IDENTITY CASCADE`.execute(
      db,
    );
    await db.insertInto("journals").values({ gatewayId: "gw-0", epoch: SOUTH_EPOCH, bootId }).execute();
    await db.transaction().execute((trx) => acceptEpoch(trx, keyOf(0)));
    await db.updateTable("journals").set({ bootId }).execute();
    const asked = [await batches.store(wholeOf(0), clock), await batches.store(wholeOf(0), clock)];
    const { rows } = await sql`SELECT DISTINCT epoch FROM readings JOIN journals USING (journal_id)`.execute(
      db,
    );
    // Where copies are taken it is found out, and known for the next time.
    expect(asked).toEqual(takesCopies(db) ? [false, true] : [true, false]);
    expect(rows).toEqual([{ epoch: NORTH_EPOCH }]);
  });
});
