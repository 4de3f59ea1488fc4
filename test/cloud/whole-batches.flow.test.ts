import { expect, test } from "vitest";
import { acceptEpoch } from "../../cloud/ingest/lane-rows.ts";
import { WholeBatches } from "../../cloud/ingest/whole-batches.ts";
import { BootId, Epoch, GatewayId } from "../../contracts/wire/ids.ts";
import { unfoundReadings } from "../support/unfound-readings.ts";
import { BOOT_ID, batch, NORTH_EPOCH, reading, START_MS } from "./records.ts";
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

  test("of many gateways are stored each under its own journal, one by one and with those that wait", async () => {
    const { db } = cloud();
    const bootId = BootId.parse(BOOT_ID);
    const keys = Array.from({ length: GATEWAYS }, (_, n) => ({
      gatewayId: GatewayId.parse(`gw-${n}`),
      epoch: Epoch.parse(NORTH_EPOCH),
      lane: "vitals" as const,
    }));
    for (const key of keys) {
      const { gatewayId } = key;
      const gateway = { gatewayId, hospitalId: "north", lastHeardAtMs: null, lastHeartbeatAtMs: null };
      await db.insertInto("gateways").values(gateway).execute();
      await db.transaction().execute((trx) => acceptEpoch(trx, key));
    }
    await db.updateTable("journals").set({ bootId }).execute();
    const column = (of: number) => Array.from({ length: COUNT }, () => of);
    const batches = new WholeBatches(db);
    const answers = await Promise.all(
      keys.map((key, n) => {
        const at = { observedAtMs: column(START_MS), receivedAtMs: column(START_MS + n) };
        const columns = { seriesId: column(n), value: column(n), flags: column(1), ...at };
        const clock = { receivedAtMs: START_MS + n, offsetMs: n };
        return batches.store({ key, bootId, firstSeq: 1, columns, bedIds: [] }, clock);
      }),
    );
    const rows = await db
      .selectFrom("readings")
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
    expect(answers).toEqual(keys.map(() => true));
    expect(await unfoundReadings(db)).toBe(0);
    expect(rows.map((row) => ({ ...row, count: Number(row.count) }))).toEqual(
      keys.map(({ gatewayId }, n) => {
        return { gatewayId, value: n, clockOffsetMs: n, receivedAtMs: START_MS + n, count: COUNT };
      }),
    );
  });
});
