import { expect, test } from "vitest";
import { BEHIND_MS_MAX, lagLook } from "../../cloud/history/lag-look.ts";
import { RoutedReader, STORE_RESTS_MS } from "../../cloud/history/routed-reader.ts";
import { type SeriesReader, StoreTrouble } from "../../cloud/history/series-store.ts";
import type { StoreName } from "../../contracts/wire/history.ts";

const RANGE = { fromMs: 0, toMs: 1_000, everyMs: null, pointsMax: 10 };
const NEVER = new AbortController().signal;

type Read = SeriesReader["read"];

/** PostgreSQL behind a store that reads as the test wants. */
function routed(read: Read, isBehind = async () => false) {
  const clock = { now: 0, nowMs: () => clock.now };
  const counted: string[] = [];
  const asked: StoreName[] = [];
  const store = (name: StoreName, own: Read): SeriesReader => ({
    name,
    read: async (...args) => {
      asked.push(name);
      return await own(...args);
    },
  });
  const reader = new RoutedReader({
    postgresql: store("postgresql", async () => []),
    first: { reader: store("influxdb", read), isBehind },
    clock,
    meter: { read: (name, outcome) => void counted.push(`${name} ${outcome}`) },
    log: { warn: () => {} },
  });
  return { clock, counted, asked, source: async () => (await reader.read([], RANGE, NEVER)).source };
}

test("the store that is configured answers, and says so", async () => {
  const { source, counted } = routed(async () => []);
  expect(await source()).toBe("influxdb");
  expect(counted).toEqual(["influxdb answered"]);
});

test.each(["unreachable", "refused", "busy"] as const)(
  "where it is %s PostgreSQL answers, and it is left alone for a while",
  async (kind) => {
    let isWell = false;
    const { source, counted, asked, clock } = routed(async () => {
      if (!isWell) throw new StoreTrouble(kind, "no");
      return [];
    });
    expect(await source()).toBe("postgresql");
    clock.now += STORE_RESTS_MS - 1;
    isWell = true;
    expect(await source()).toBe("postgresql");
    expect(asked).toEqual(["influxdb", "postgresql", "postgresql"]);
    clock.now += 1;
    expect(await source()).toBe("influxdb");
    expect(counted).toEqual([
      "influxdb failed",
      "postgresql answered",
      "influxdb rested",
      "postgresql answered",
      "influxdb answered",
    ]);
  },
);

test("one that says nothing is waited for no longer than a person waits", async () => {
  const startedMs = performance.now();
  const { source, counted } = routed(
    (_series, _range, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  );
  expect(await source()).toBe("postgresql");
  expect(counted[0]).toBe("influxdb failed");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_900);
});

test("a bug in it is no trouble of the store, and is not hidden", async () => {
  const { source } = routed(async () => {
    throw new TypeError("points is undefined");
  });
  await expect(source()).rejects.toThrow("points is undefined");
});

test("a store that does not have yet what is stored is not read, since its gaps would look like silence", async () => {
  const clock = { now: 100_000, nowMs: () => clock.now };
  let oldestReceivedAtMs: number | null = null;
  const isBehind = lagLook(async () => ({ records: 1, oldestReceivedAtMs }), clock);
  const { source, counted } = routed(async () => [], isBehind);
  expect(await source()).toBe("influxdb");
  oldestReceivedAtMs = clock.now;
  clock.now += BEHIND_MS_MAX + 1;
  expect(await source()).toBe("postgresql");
  expect(counted).toContain("influxdb behind");
  oldestReceivedAtMs = null;
  clock.now += 2_000;
  expect(await source()).toBe("influxdb");
});
