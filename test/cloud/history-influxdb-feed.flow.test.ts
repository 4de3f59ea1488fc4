/** From stored readings into a real InfluxDB 1.x: everything once, whatever comes twice, late or together. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { setBackCursors } from "../../cloud/history/feed/cursors.ts";
import { openInfluxdb } from "../../cloud/history/influxdb/open-influxdb.ts";
import { hasInfluxd, Influxd } from "../support/influxd.ts";
import { soon } from "../support/soon.ts";
import { until } from "../support/until.ts";
import { at, enough, feeding, inBackground, isFed } from "./feeding.ts";
import { batch, freeBed, reading, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.skipIf(!hasInfluxd())("into InfluxDB 1.x", () => {
  let server: Influxd;
  let databases = 0;
  beforeAll(async () => {
    server = await Influxd.in({ directory: join(directory, "influxd") });
  });
  afterAll(() => server.stop());

  const open = () => {
    const database = `h${++databases}`;
    const store = openInfluxdb({ api: "1", url: server.url, database }, null, systemClock);
    onTestFinished(() => store.close());
    return { store, database };
  };
  const loads = async (database: string) =>
    (await server.rows(database, "SELECT count(value), sum(value), count(bad_value) FROM load"))[0]
      ?.slice(1)
      .map((figure) => figure ?? 0);

  describeOnEachDatabase("a feed", (cloud) => {
    test("brings readings of one millisecond all, however they fall into chunks, and however often", async () => {
      const { store, database } = open();
      await cloud().sync(batch(freeBed("bed-1")));
      const same = [1, 2, 3, 4, 5, 6, 7].map((value) => at(0, value));
      const late = [8, 9].map((value) => at(-5_000, value));
      const bad = reading({
        value: 612,
        quality: "bad",
        badReason: "out-of-range",
        observedAtMs: START_MS + 1,
      });
      const { status } = await cloud().sync(
        batch([...same, ...late, ...same, bad, ...late], { lane: "vitals" }),
      );
      expect(status).toBe(200);
      for (const recordsMax of [4, 3, 10_000]) {
        await cloud().db.deleteFrom("seriesCursors").execute();
        await feeding(cloud(), store, { recordsMax }).feeder.runUntilEmpty(enough());
        expect(await loads(database)).toEqual([18, 90, 1]);
      }
      const states = await server.rows(database, `SELECT "to" FROM "bed-state" WHERE axis='readiness'`);
      expect(states.map(([, to]) => to)).toEqual(["clean"]);
      const cursors = await cloud().db.selectFrom("seriesCursors").selectAll().orderBy("lane").execute();
      expect(cursors.map(({ lane, throughSeq }) => [lane, throughSeq])).toEqual([
        [0, 6],
        [1, 19],
        [2, 0],
      ]);
    });

    test("goes on from where it stood, and asks the database what it does not remember", async () => {
      const { store, database } = open();
      await cloud().sync(batch([at(0, 1), at(1_000, 2), at(2_000, 3)], { lane: "vitals" }));
      await feeding(cloud(), store).feeder.runUntilEmpty(enough());
      await cloud().sync(
        batch([at(1_000, 20), at(0, 10), at(1_000, 200), at(3_000, 4)], { lane: "vitals", firstSeq: 4 }),
      );
      await feeding(cloud(), store).feeder.runUntilEmpty(enough());
      expect(await loads(database)).toEqual([7, 240, 0]);
    });

    test("notes what the store refuses, and brings everything else", async () => {
      const { store, database } = open();
      await server.rows("", `CREATE DATABASE ${database}`);
      // Somebody wrote texts under that name before.
      await fetch(`${server.url}/write?db=${database}`, {
        method: "POST",
        body: `load value="heavy" ${START_MS}000000`,
      });
      const warm = [36.5, 36.6].map((value) => reading({ metric: "body-temperature", unit: "Cel", value }));
      await cloud().sync(batch([at(0, 1), ...warm, at(5, 2)], { lane: "vitals" }));
      const { feeder, meter } = feeding(cloud(), store);
      await feeder.runUntilEmpty(enough());
      const refusals = await cloud().db.selectFrom("seriesRefusals").selectAll().orderBy("seq").execute();
      expect(refusals.map(({ lane, seq }) => [lane, seq])).toEqual([
        [1, 1],
        [1, 4],
      ]);
      expect(refusals[0]?.reason).toContain("field type conflict");
      expect([meter.points, meter.refusedPoints]).toEqual([2, 2]);
      expect(await server.rows(database, `SELECT count(value) FROM "body-temperature"`)).toEqual([[0, 2]]);
    });

    test("what is stored late, under a number that was passed, is brought with all that came after", async () => {
      const { store, database } = open();
      const broken = { ...at(0, 5), metric: "of-tomorrow" };
      await cloud().sync(batch([at(0, 1), broken, at(0, 9)], { lane: "vitals" }));
      await feeding(cloud(), store).feeder.runUntilEmpty(enough());
      expect(await loads(database)).toEqual([2, 10, 0]);
      await cloud()
        .db.transaction()
        .execute(async (trx) => {
          const one = await trx
            .selectFrom("readings")
            .selectAll()
            .where("seq", "=", 1)
            .executeTakeFirstOrThrow();
          await trx
            .insertInto("readings")
            .values({ ...one, seq: 2, value: 5 })
            .execute();
          await setBackCursors(trx, { journalId: one.journalId, lane: 1 }, 2);
        });
      await feeding(cloud(), store).feeder.runUntilEmpty(enough());
      expect(await loads(database)).toEqual([3, 15, 0]);
    });

    test("of two processes one feeds, and the other goes on when it ends", async () => {
      const { store, database } = open();
      await cloud().sync(batch([at(0, 1)], { lane: "vitals" }));
      const [one, two] = [
        feeding(cloud(), store, { holder: "one" }),
        feeding(cloud(), store, { holder: "two" }),
      ];
      const endOne = inBackground(one.feeder);
      await until("the first feeds", isFed(cloud()), 10_000);
      inBackground(two.feeder);
      await soon(() => expect(two.feeder.status.state).toBe("standby"));
      await cloud().sync(batch([at(1, 2)], { lane: "vitals", firstSeq: 2 }));
      await until("the first goes on", isFed(cloud()), 10_000);
      expect([one.meter.points, two.meter.points]).toEqual([2, 0]);
      await endOne();
      await cloud().sync(batch([at(2, 3)], { lane: "vitals", firstSeq: 3 }));
      await until("the second follows", isFed(cloud()), 20_000);
      expect(two.meter.points).toBe(1);
      expect(await loads(database)).toEqual([3, 6, 0]);
    });

    test("a server that is killed and started again has everything", async () => {
      const { store, database } = open();
      const { feeder, meter } = feeding(cloud(), store, { recordsMax: 50 });
      inBackground(feeder);
      const many = Array.from({ length: 400 }, (_, place) => at(place, 1));
      await cloud().sync(batch(many, { lane: "vitals" }));
      await until("some are there", async () => (meter.points > 100 ? true : undefined), 10_000);
      await server.stop("SIGKILL");
      // However quick the feed was, there is something to bring to a server that is gone.
      const more = Array.from({ length: 100 }, (_, place) => at(400 + place, 1));
      await cloud().sync(batch(more, { lane: "vitals", firstSeq: 401 }));
      await until("it waits", async () => (feeder.status.state === "waiting" ? true : undefined), 10_000);
      expect(feeder.status.trouble?.kind).toBe("unreachable");
      await server.start();
      await until("all are there", isFed(cloud()), 20_000);
      expect(await loads(database)).toEqual([500, 500, 0]);
    });
  });
});
