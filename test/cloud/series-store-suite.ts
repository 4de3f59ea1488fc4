/** What every store of series has to answer, held against a list of what was stored that is counted anew each time. */
import { expect, test } from "vitest";
import type { Series, SeriesReader } from "../../cloud/history/series-store.ts";
import { SeriesKey, type SeriesPoints } from "../../contracts/wire/history.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { pointsOfModel, toldByReading } from "./history-postgresql-model.ts";
import { batch, reading, START_MS } from "./records.ts";
import type { TestCloud } from "./support.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;
const WIDTHS = [null, 5 * SECOND_MS, 60 * SECOND_MS, HOUR_MS, 168 * HOUR_MS] as const;

/** `readerOf`: has everything that the cloud has stored when it resolves. */
export function answersAsStored(
  cloud: () => TestCloud,
  readerOf: (cloud: TestCloud) => Promise<SeriesReader>,
): void {
  const store = async (readings: readonly Reading[]) => {
    await cloud().sync(batch(readings, { lane: "vitals", sentAtMs: cloud().clock.now }));
    return readings.map((one, place) => toldByReading(one, place + 1, cloud().clock.now));
  };

  test("good readings in their own figures, bad ones in their number alone, at every width", async () => {
    const readings = scattered(600);
    const told = await store(readings);
    const reader = await readerOf(cloud());
    const [series] = await allSeries(cloud(), "load");
    if (series === undefined) throw new Error("nothing was stored");
    for (const everyMs of WIDTHS) {
      const width = everyMs ?? 1;
      const range = {
        fromMs: Math.floor((START_MS - HOUR_MS) / width) * width,
        toMs: Math.ceil((START_MS + 2 * HOUR_MS) / width) * width,
        everyMs,
        pointsMax: 2_000,
      };
      const [points] = await reader.read([series], range, never);
      expectSame(points, pointsOfModel(told, range));
    }
  });

  test("nothing where nothing was observed, in the order asked", async () => {
    await store([reading({ value: 70 }), reading({ metric: "pulse-rate", unit: "/min", value: 61 })]);
    const reader = await readerOf(cloud());
    const asked = [...(await allSeries(cloud(), "pulse-rate")), ...(await allSeries(cloud(), "load"))];
    const width = { everyMs: 60_000, pointsMax: 100 };
    const at = await reader.read(asked, { fromMs: START_MS, toMs: START_MS + HOUR_MS, ...width }, never);
    expect(at.map(({ last }) => last)).toEqual([[61], [70]]);
    const before = await reader.read(asked, { fromMs: START_MS - HOUR_MS, toMs: START_MS, ...width }, never);
    expect(before.map(({ atMs }) => atMs)).toEqual([[], []]);
  });
}

/** In order and out of it, several to a millisecond, good and bad. */
function scattered(count: number): Reading[] {
  return Array.from({ length: count }, (_, place) => {
    const observedAtMs = START_MS + ((place * 7_919) % 4_001) * 1_000 + (place % 3 === 0 ? 0 : 250);
    const value = Math.round(((place * 31) % 977) * 1.7) / 10;
    if (place % 11 === 0)
      return reading({ value: 900 + place, quality: "bad", badReason: "out-of-range", observedAtMs });
    if (place % 13 === 0)
      return reading({ value: null, quality: "bad", badReason: "sensor-fault", observedAtMs });
    // Another one in the very same millisecond.
    const isDouble = place % 17 === 0;
    return reading({ value, observedAtMs: isDouble ? START_MS + 5_000 : observedAtMs });
  });
}

async function allSeries({ db }: TestCloud, metric: string): Promise<Series[]> {
  const rows = await db
    .selectFrom("series")
    .innerJoin("gateways", "gateways.gatewayId", "series.gatewayId")
    .selectAll("series")
    .select("hospitalId")
    .where("metric", "=", metric)
    .execute();
  return rows.map(({ seriesId, ...key }) => ({ ...SeriesKey.parse(key), seriesIds: [seriesId] }));
}

/** Means are summed up in other orders. */
function expectSame(points: SeriesPoints | undefined, expected: SeriesPoints): void {
  const { mean, ...exact } = points ?? { mean: [] };
  const { mean: expectedMean, ...expectedExact } = expected;
  expect(exact).toEqual(expectedExact);
  for (const [place, value] of expectedMean.entries())
    if (value === null) expect(mean[place]).toBeNull();
    else expect(mean[place]).toBeCloseTo(value, 9);
}
