import * as fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { readingsWithin } from "../../cloud/history/postgresql/readings-within.ts";
import { BLOCK_SEQS, blockSpans, WEEK_MS } from "../../cloud/ingest/reading-blocks.ts";
import { unfoundReadings } from "../support/unfound-readings.ts";
import { batch, reading, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const atMs = fc.oneof(
  fc.integer({ min: START_MS, max: START_MS + 60_000 }),
  fc.constantFrom(0, WEEK_MS - 1, WEEK_MS, START_MS - (START_MS % WEEK_MS)),
);

test("spans are of each block and week one, and as narrow as what is in it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ step: fc.nat(BLOCK_SEQS), atMs }), { maxLength: 30 }),
      fc.nat(3 * BLOCK_SEQS),
      (came, firstSeq) => {
        let seq = firstSeq;
        const seqs = came.map(({ step }) => (seq += 1 + step));
        const spans = blockSpans(
          (place) => seqs[place] ?? 0,
          came.map((one) => one.atMs),
        );
        const names = spans.map(({ block, week }) => `${block} ${week}`);
        expect(new Set(names).size).toBe(spans.length);
        const parts = Map.groupBy(
          came.map((one, place) => ({ atMs: one.atMs, seq: seqs[place] ?? 0 })),
          (one) => `${Math.floor(one.seq / BLOCK_SEQS)} ${Math.floor(one.atMs / WEEK_MS)}`,
        );
        expect(new Set(names)).toEqual(new Set(parts.keys()));
        for (const { block, week, fromMs, throughMs } of spans) {
          const times = parts.get(`${block} ${week}`)?.map((one) => one.atMs) ?? [];
          expect([fromMs, throughMs]).toEqual([Math.min(...times), Math.max(...times)]);
        }
      },
    ),
  );
});

describeOnEachDatabase("readings by their time", (cloud) => {
  const VITALS = { lane: "vitals" } as const;
  /** Most in the order of time; some from a clock that was set back, and one that is ahead by weeks. */
  const times = (count: number, from: number) =>
    Array.from({ length: count }, (_, n) => {
      if (n % 37 === 5) return n;
      return n % 101 === 7 ? START_MS + 5 * WEEK_MS + n : START_MS + (from + n) * 1_000;
    });
  const readings = (count: number, from: number) =>
    times(count, from).map((observedAtMs, n) =>
      reading({ bedId: null, deviceId: `monitor-${n % 3}`, observedAtMs, receivedAtMs: START_MS, value: n }),
    );

  async function storeThreeWays(): Promise<void> {
    // By one statement, after the first one of a journal, which comes the careful way; then copied.
    const sent = [readings(1, 0), readings(90, 1), readings(2_000, 91), readings(2_000, 2_091)];
    let firstSeq = 1;
    for (const part of sent) {
      expect((await cloud().sync(batch(part, { ...VITALS, firstSeq }))).status).toBe(200);
      firstSeq += part.length;
    }
    // Beside one that is parked.
    const misfit = { ...reading({ bedId: null }), metric: "of-tomorrow" };
    const last = batch([...readings(50, 4_091), misfit, ...readings(50, 4_141)], { ...VITALS, firstSeq });
    expect((await cloud().sync(last)).body).toMatchObject({ storedCount: 100 });
  }

  test("however they came, each is found, and once", async () => {
    await storeThreeWays();
    const { db } = cloud();
    expect(await unfoundReadings(db)).toBe(0);
    const { rows: asked } = await sql<{ seriesId: number }>`
      SELECT series_id FROM series WHERE device_id <> 'monitor-1'`.execute(db);
    const ids = asked.map(({ seriesId }) => seriesId);
    const at = START_MS + 4_000_000;
    const week = at - (at % WEEK_MS);
    for (const [fromMs, toMs] of [
      [0, START_MS + 9 * WEEK_MS],
      [0, WEEK_MS],
      [START_MS, START_MS + 1],
      [START_MS + 2_000_000, at],
      [week, week + WEEK_MS],
      [START_MS + 5 * WEEK_MS, START_MS + 5 * WEEK_MS + 500],
    ] as const) {
      const { rows } = await sql<{ seq: number }>`
        SELECT seq FROM ${readingsWithin(ids, { fromMs, toMs })} AS reading ORDER BY seq`.execute(db);
      const { rows: expected } = await sql<{ seq: number }>`
        SELECT seq FROM readings WHERE series_id IN (${sql.join(ids)})
          AND observed_at_ms >= ${fromMs} AND observed_at_ms < ${toMs} ORDER BY seq`.execute(db);
      expect(expected.length).toBeGreaterThan(0);
      expect(rows).toEqual(expected);
    }
  });

  test("a block knows nothing of a batch that was not stored", async () => {
    await cloud().sync(batch(readings(1, 0), VITALS));
    const blocks = () => cloud().db.selectFrom("readingBlocks").selectAll().execute();
    const known = await blocks();
    expect((await cloud().sync(batch(readings(600, 9), { ...VITALS, firstSeq: 900 }))).status).toBe(409);
    expect(await blocks()).toEqual(known);
  });
});
