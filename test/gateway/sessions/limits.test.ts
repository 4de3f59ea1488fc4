import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { OUTGOING_PAGE } from "../../../gateway/sessions/outgoing-queue.ts";
import { SESSION_LIMITS } from "../../../gateway/sessions/session-limits.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { all, message, openPersistence, texts } from "./open-persistence.ts";
import { openStore } from "./session-channels.ts";

const BED = { id: "bed-1" };
const toBed = [{ clientId: "bed-1", qos: 2 }];
const DAY_MS = 24 * 3_600_000;
/** Starts on each of the following days. */
async function passDays(file: string, fromMs: number, days: number): Promise<void> {
  for (let day = 1; day <= days; day++) {
    const { close } = await openPersistence(file, { nowMs: fromMs + day * DAY_MS });
    await close();
  }
}
const limits = { ...SESSION_LIMITS, queuedMessagesMax: 3, queuedBytesMax: 100, retainedTopicsMax: 2 };

describe("the filters of a client", () => {
  const filters = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({ topic: `devices/bed-1/${from + n}`, qos: 1 }));

  test("are so many at the most; those that it has may change", async () => {
    const file = join(tempDir(), "sessions.sqlite");
    const { subscriptionsMax } = SESSION_LIMITS;
    const { persistence, close } = await openPersistence(file);
    await persistence.addSubscriptions(BED, filters(0, subscriptionsMax - 1));
    await persistence.addSubscriptions(BED, filters(subscriptionsMax - 2, 20));
    await persistence.addSubscriptions(BED, [{ topic: "devices/bed-1/0", qos: 2 }]);
    const has = await persistence.subscriptionsByClient(BED);
    expect(has).toHaveLength(subscriptionsMax);
    expect(has).toContainEqual({ topic: "devices/bed-1/0", qos: 2 });
    await close();
    const again = await openPersistence(file);
    expect(await again.persistence.subscriptionsByClient(BED)).toHaveLength(subscriptionsMax);
  });

  test("are kept only where they were granted, though all of a SUBSCRIBE come together", async () => {
    const mayListen = (clientId: string, filter: string) => filter.startsWith(`devices/${clientId}/`);
    const { persistence } = await openPersistence(":memory:", { mayListen });
    await persistence.addSubscriptions(BED, [...filters(0, 1), { topic: "#", qos: 1 }]);
    expect(await persistence.subscriptionsByTopic("devices/bed-2/status")).toEqual([]);
    expect(await persistence.subscriptionsByTopic("devices/bed-1/0")).toHaveLength(1);
  });
});

describe("what waits for a client that stays away", () => {
  test("is the newest: the oldest that was never sent gives way", async () => {
    const { persistence, gaveWay } = await openPersistence(":memory:", { limits });
    await persistence.outgoingEnqueueCombi(toBed, message("1, sent", 1));
    await persistence.outgoingUpdate(BED, message("1, sent", 1, { messageId: 5 }));
    for (const n of [2, 3, 4, 5]) await persistence.outgoingEnqueueCombi(toBed, message(`${n}`, n));
    expect(texts(await all(persistence.outgoingStream(BED)))).toEqual(["1, sent", "4", "5"]);
    expect(gaveWay).toEqual([
      { what: "queued-message", owner: "bed-1", count: 1 },
      { what: "queued-message", owner: "bed-1", count: 1 },
    ]);
  });

  test("is bounded in bytes, and one message that is longer than all of it is not taken", async () => {
    const { persistence, gaveWay } = await openPersistence(":memory:", { limits });
    for (const n of [1, 2]) await persistence.outgoingEnqueueCombi(toBed, message("x".repeat(45), n));
    await persistence.outgoingEnqueueCombi(toBed, message("y".repeat(90), 3));
    expect(texts(await all(persistence.outgoingStream(BED)))).toEqual(["y".repeat(90)]);
    expect(gaveWay).toEqual([{ what: "queued-message", owner: "bed-1", count: 2 }]);
  });

  test("stays where all of it was sent: then the newcomer is not taken, and sent only if the client is there", async () => {
    const { persistence, gaveWay } = await openPersistence(":memory:", { limits });
    for (const n of [1, 2, 3, 4]) {
      await persistence.outgoingEnqueueCombi(toBed, message(`${n}`, n));
      await persistence.outgoingUpdate(BED, message(`${n}`, n, { messageId: n }));
    }
    expect(texts(await all(persistence.outgoingStream(BED)))).toEqual(["1", "2", "3"]);
    expect(gaveWay).toHaveLength(1);
  });

  test("ends with its session, after the time for which it is kept", async () => {
    const file = join(tempDir(), "sessions.sqlite");
    const before = await openPersistence(file, { nowMs: 1_000 });
    await before.persistence.addSubscriptions(BED, [{ topic: "devices/bed-1/orders", qos: 1 }]);
    await before.persistence.outgoingEnqueueCombi(toBed, message("order", 1));
    await before.close();

    await passDays(file, 1_000, 13);
    const intime = await openPersistence(file, { nowMs: 1_000 + SESSION_LIMITS.sessionKeptMs });
    expect(await intime.persistence.countOffline()).toEqual({ subsCount: 1, clientsCount: 1 });
    await intime.close();

    const late = await openPersistence(file, { nowMs: 1_001 + SESSION_LIMITS.sessionKeptMs });
    expect(await late.persistence.countOffline()).toEqual({ subsCount: 0, clientsCount: 0 });
    expect(await all(late.persistence.outgoingStream(BED))).toEqual([]);
    expect(await late.persistence.subscriptionsByClient(BED)).toEqual([]);
  });
});

test("a session does not end while its client is connected", () => {
  const { store, close } = openStore(":memory:");
  store.resume("bed-1", 0);
  store.resume("bed-2", 0);
  for (let day = 0; day < 14; day++) store.expire(day * DAY_MS, []);
  expect(store.expire(SESSION_LIMITS.sessionKeptMs + 1, ["bed-1"])).toEqual(["bed-2"]);
  close();
});

describe("a clock that was set by days", () => {
  const YEARS_MS = 54 * 365 * DAY_MS;

  test.each([
    ["ahead", YEARS_MS],
    ["back", -YEARS_MS],
  ])(
    "%s ends no session, nor does it when it is set right; later they end as before",
    async (_where, stepMs) => {
      const file = join(tempDir(), "sessions.sqlite");
      const beginMs = 2 * YEARS_MS;
      const before = await openPersistence(file, { nowMs: beginMs });
      await before.persistence.addSubscriptions(BED, [{ topic: "devices/bed-1/orders", qos: 1 }]);
      await before.close();
      const sessionsAt = async (nowMs: number) => {
        const { persistence, close } = await openPersistence(file, { nowMs });
        const { clientsCount } = await persistence.countOffline();
        await close();
        return clientsCount;
      };
      expect(await sessionsAt(beginMs + stepMs)).toBe(1);
      expect(await sessionsAt(beginMs + stepMs + DAY_MS)).toBe(1);
      const rightMs = beginMs + 2 * DAY_MS;
      expect(await sessionsAt(rightMs)).toBe(1);
      await passDays(file, rightMs, 14);
      expect(await sessionsAt(rightMs + SESSION_LIMITS.sessionKeptMs)).toBe(1);
      expect(await sessionsAt(rightMs + SESSION_LIMITS.sessionKeptMs + 1)).toBe(0);
    },
  );

  test("is known also by a gateway whose sessions an older version kept", () => {
    const file = join(tempDir(), "sessions.sqlite");
    const first = openStore(file);
    first.store.resume("bed-1", 0);
    first.close();
    const database = new Database(file);
    database.exec("DROP TABLE looked_through; PRAGMA user_version = 1");
    database.close();
    const { store, close } = openStore(file);
    expect(store.expire(YEARS_MS, [])).toEqual([]);
    close();
  });
});

describe("retained messages of a device", () => {
  test("are bounded in number; those that are kept may change, and what is not kept is told", async () => {
    const { persistence, gaveWay } = await openPersistence(":memory:", { limits });
    const retain = (topic: string, payload: string) => persistence.storeRetained({ topic, payload });
    await retain("devices/bed-1/status", "online");
    await retain("devices/bed-1/a", "1");
    await retain("devices/bed-1/b", "2");
    await retain("devices/bed-2/b", "3");
    await retain("devices/bed-1/status", "offline");
    expect(texts(await all(persistence.createRetainedStream("#")))).toEqual(["offline", "1", "3"]);
    expect(gaveWay).toEqual([{ what: "retained-message", owner: "devices/bed-1", count: 1 }]);
    await retain("devices/bed-1/a", "");
    await retain("devices/bed-1/b", "2");
    expect(texts(await all(persistence.createRetainedStream("devices/bed-1/+")))).toEqual(["offline", "2"]);
  });

  test("are bounded in bytes, and a stale one does not stay in place of one that is too long", async () => {
    const { persistence } = await openPersistence(":memory:", {
      limits: { ...limits, retainedBytesMax: 10 },
    });
    await persistence.storeRetained({ topic: "devices/bed-1/a", payload: "short" });
    await persistence.storeRetained({ topic: "devices/bed-1/a", payload: "much too long" });
    expect(await all(persistence.createRetainedStream("#"))).toEqual([]);
  });
});

describe("the file", () => {
  test("of a newer version is refused", () => {
    const file = join(tempDir(), "sessions.sqlite");
    const database = new Database(file);
    database.pragma("user_version = 99");
    database.close();
    expect(() => openStore(file)).toThrow("newer version");
  });

  test("is read in the order of a client's queue, never sorted", () => {
    const file = join(tempDir(), "sessions.sqlite");
    openStore(file).close();
    const database = new Database(file, { readonly: true });
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${OUTGOING_PAGE}`).all("bed-1", 0, 9, 9);
    database.close();
    expect(JSON.stringify(plan)).toContain("outgoing_by_client");
    expect(JSON.stringify(plan)).not.toContain("TEMP B-TREE");
  });
});
