/**
 * The database is away for some seconds and comes back. Goal: no part of the service ends, nothing that a gateway sent is
 * lost or counts twice, no bed is shown or offered on what was known before, and seconds later beds and bookings agree.
 */
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../cloud/database/migrate.ts";
import { openPostgresql } from "../../cloud/database/postgresql.ts";
import { bedFacts } from "../../cloud/web/live/bed-facts.ts";
import { deriveBed } from "../../contracts/bed/derive.ts";
import { CUTS, CutWire } from "../support/cut-wire.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { type OwnPostgresql, somePostgresql } from "../support/own-postgresql.ts";
import { until } from "../support/until.ts";
import { hearBeds, openBeds, type Person, person } from "./booking-desk.ts";
import { storeClaim } from "./claims.ts";
import { TestClient } from "./live-client.ts";
import { batch, changed } from "./records.ts";
import { cloudOn, type TestCloud } from "./support.ts";

const MIN = 60_000;
const AWAY_MS = 3_000;
/** As often at least it is looked at meanwhile, however slow the machine. */
const LOOKS_MIN = 3;
const BEDS = 4;
/** From when the database is back, and from when the gateway has spoken again. */
const BACK_MS_MAX = 10_000;
const RECONCILED_MS_MAX = 5_000;
/** Shorter than in service, so that the test need not wait as long. */
const ANSWER_MS_MAX = 2_000;

/** Each once: an arrival that the gateway told of meanwhile, a hold that lapsed, somebody who lies where nobody was put. */
const RECONCILED = [
  "booking-arrived",
  "booking-expired",
  "conflict-opened",
  "request-placed",
  "request-reopened",
];

const SAID_MEANWHILE = ["DATABASE_UNAVAILABLE", "BOARD_BEHIND"];

let server: OwnPostgresql;
beforeAll(async () => {
  server = await somePostgresql();
});
afterAll(async () => {
  await server.stop();
});

/** By what a browser that was there before still shows, and derives by itself. */
function shownBookable(screen: TestClient, nowMs: number): string[] {
  return [...screen.beds.values()]
    .filter((bed) => deriveBed(bedFacts(bed, screen.gateways.get(bed.gatewayId), nowMs), nowMs).bookable.ok)
    .map(({ bedId }) => bedId);
}

async function offered(coordinator: Person): Promise<{ status: number; bedIds: string[] }> {
  const need = { levelOfCare: "intensive", from: { kind: "hospital", hospitalId: "north" } };
  const { status, body } = await coordinator.send("POST", "matches", { need });
  const beds = status === 200 ? (body.beds as { bedId: string }[]) : [];
  return { status, bedIds: beds.map(({ bedId }) => bedId) };
}

/** What has not come by then is no answer. */
const soon = async <Value>(answer: Promise<Value>): Promise<Value | null> =>
  await Promise.race([answer, sleep(250, null)]);

test.each(CUTS)(
  "a database that %s for some seconds ends nothing, loses nothing and vouches for no bed",
  async (cut) => {
    const fresh = await freshDatabase(server.url, `away_${cut}`);
    const there = new URL(fresh.url);
    const wire = await CutWire.to({ host: there.hostname, port: Number(there.port || 5432) });
    const through = new URL(fresh.url);
    through.hostname = "127.0.0.1";
    through.port = String(wire.port);
    const direct = openPostgresql({ url: fresh.url, onIdleError: () => undefined });
    const limits = cut === "forgets" ? { patience: { usualMs: ANSWER_MS_MAX, longMs: ANSWER_MS_MAX } } : {};
    const away = openPostgresql({ url: through.href, ...limits, onIdleError: () => undefined });
    await migrate(direct.db);
    const cloud: TestCloud = await cloudOn(away.db, (clock) => ({
      async nowMs(db) {
        await sql`SELECT clock_timestamp()`.execute(db);
        return clock.nowMs();
      },
    }));
    await cloud.app.listen({ host: "127.0.0.1", port: 0 });
    const stop = new AbortController();
    let ended: unknown = "not";
    const running = cloud.run(stop.signal).catch((error: unknown) => {
      ended = error;
    });

    await openBeds(cloud, BEDS);
    const startMs = cloud.clock.now;
    const claim = { sinceMs: startMs, reservedAtMs: startMs };
    await storeClaim(direct.db, { ...claim, bedId: "north-1", state: "reserved" });
    await storeClaim(direct.db, {
      ...claim,
      bedId: "north-2",
      state: "held",
      expiresAtMs: startMs + 5 * MIN,
    });
    const seq = 6 * BEDS + 1;
    const at = (bedId: string, minutes: number) => ({
      bedId,
      observedAtMs: startMs + minutes * MIN,
      receivedAtMs: startMs + minutes * MIN,
    });
    await cloud.sync(
      batch([changed("occupancy", "present", at("north-3", 0))], { firstSeq: seq, sentAtMs: startMs }),
    );
    await hearBeds(cloud, "north", BEDS);
    const coordinator = await person(cloud, "emergency-coordinator");
    const screen = await new TestClient(cloud, await cloud.signIn("emergency-coordinator")).connect();
    await until(
      "the free bed on the screen",
      async () => shownBookable(screen, cloud.clock.now).includes("north-4") || undefined,
      5_000,
    );
    expect((await offered(coordinator)).bedIds).toContain("north-4");

    wire.cut(cut);
    cloud.clock.now += 11 * MIN;
    const arrival = batch([changed("occupancy", "present", at("north-1", 6))], {
      firstSeq: seq + 1,
      sentAtMs: cloud.clock.now,
    });
    const awayUntil = performance.now() + AWAY_MS;
    let looks = 0;
    while (performance.now() < awayUntil || looks < LOOKS_MIN) {
      const sent = await soon(cloud.sync(arrival));
      expect([undefined, 503]).toContain(sent?.status);
      expect(await soon(offered(coordinator))).not.toMatchObject({ status: 200 });
      expect(await soon(coordinator.send("GET", "beds"))).not.toMatchObject({ status: 200 });
      expect(shownBookable(screen, cloud.clock.now)).toEqual([]);
      looks += 1;
      await sleep(100);
    }
    expect(looks).toBeGreaterThan(2);

    await wire.mend();
    const first = await until(
      "an answer",
      async () => {
        const answer = await soon(offered(coordinator));
        return answer?.status === 200 ? answer : undefined;
      },
      BACK_MS_MAX,
    );
    // The database is back, and nobody has heard of the beds since.
    expect(first.bedIds).toEqual([]);
    expect(shownBookable(screen, cloud.clock.now)).toEqual([]);

    expect((await cloud.sync(arrival)).status).toBe(200);
    await hearBeds(cloud, "north", BEDS);
    const told = await until(
      "beds and bookings that agree",
      async () => {
        const { rows } = await sql<{ kind: string; count: number }>`
        SELECT kind, count(*)::int AS count FROM desk_events GROUP BY kind ORDER BY kind`.execute(direct.db);
        return rows.length >= RECONCILED.length ? rows : undefined;
      },
      RECONCILED_MS_MAX,
    );
    expect(told).toEqual(RECONCILED.map((kind) => ({ kind, count: 1 })));
    expect((await offered(coordinator)).bedIds).toContain("north-4");
    expect(ended).toBe("not");
    const failures = cloud.logged.map((line) => JSON.parse(line)).filter(({ level }) => level >= 50);
    // Who asked meanwhile was told why there is no answer; nothing else went wrong.
    expect(failures.filter(({ code }) => !SAID_MEANWHILE.includes(code))).toEqual([]);

    screen.disconnect();
    stop.abort();
    await running;
    await cloud.app.close();
    rmSync(cloud.directory, { recursive: true, force: true });
    // A connection that was forgotten says no goodbye either.
    await wire.close();
    await away.close();
    await direct.close();
    await fresh.drop();
  },
);
