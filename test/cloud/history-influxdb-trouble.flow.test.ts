/** A feed whose store loses what it had accepted, and one whose store answers badly for a while. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { feedLag } from "../../cloud/history/feed/cursors.ts";
import { Influx2 } from "../../cloud/history/influxdb/influx-2.ts";
import { openInfluxdb } from "../../cloud/history/influxdb/open-influxdb.ts";
import { storeProcess } from "../../cloud/history/influxdb/store-process.ts";
import { InfluxWriter } from "../../cloud/history/influxdb/writer.ts";
import { badStore } from "../support/bad-store.ts";
import { until } from "../support/until.ts";
import { hasVictoriaMetrics, VictoriaMetrics } from "../support/victoria-metrics.ts";
import { at, feeding, inBackground, isFed, STORE } from "./feeding.ts";
import { batch } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.skipIf(!hasVictoriaMetrics())("into VictoriaMetrics", () => {
  describeOnEachDatabase("a feed", (cloud) => {
    test("brings again what a killed server had accepted, and readings of one millisecond under a tag", async () => {
      const server = await VictoriaMetrics.in(mkdtempSync(join(directory, "vm-")));
      onTestFinished(() => server.stop());
      const influx = new Influx2({
        url: server.url,
        org: "o",
        bucket: "b",
        token: null,
        precision: "ms",
        clock: systemClock,
      });
      onTestFinished(() => influx.close());
      const { feeder, meter } = feeding(cloud(), {
        writer: new InfluxWriter((lines, signal) => influx.post(lines, signal), "ms"),
        process: storeProcess(server.url, 12_000),
      });
      inBackground(feeder);
      const many = Array.from({ length: 300 }, (_, place) => at(place, 1));
      await cloud().sync(batch([...many, at(7, 1), at(7, 1), at(8, 1)], { lane: "vitals" }));
      await until("it has accepted all", async () => (meter.points >= 303 ? true : undefined), 10_000);
      await until("that is told", isFed(cloud()), 20_000);
      const samples = async () => {
        const series = await server.export(`{__name__="load_value"}`);
        return series.flatMap(({ values }) => values).length;
      };
      expect(await samples()).toBe(303);
      await server.stop("SIGKILL");
      await server.start();
      // The control: without being brought again, they are gone.
      expect(await samples()).toBeLessThan(303);
      await until("it is noticed", async () => (meter.repeats > 0 ? true : undefined), 20_000);
      await until("all are there", async () => ((await samples()) === 303 ? true : undefined), 20_000);
      await until(
        "the cursor moved",
        async () => {
          const [cursor] = await cloud()
            .db.selectFrom("seriesCursors")
            .selectAll()
            .where("lane", "=", 1)
            .execute();
          return cursor?.throughSeq === 303 ? true : undefined;
        },
        30_000,
      );
    }, 120_000);
  });
});

describeOnEachDatabase("a feed into a store that answers badly", (cloud) => {
  test("waits, says why, and brings the same when it may", async () => {
    const store = await badStore();
    const influx = openInfluxdb({ api: "1", url: store.url, database: "h" }, null, systemClock);
    onTestFinished(async () => {
      influx.close();
      await store.close();
    });
    store.behave({ status: 401 });
    await cloud().sync(batch([at(0, 1), at(1, 2)], { lane: "vitals" }));
    const { feeder, meter } = feeding(cloud(), influx);
    inBackground(feeder);
    await until("it waits", async () => (meter.attempts.includes("refused") ? true : undefined), 10_000);
    expect(feeder.status.trouble?.message).toContain("INFLUXDB_USERNAME");
    expect(await feedLag(cloud().db, STORE)).toMatchObject({ records: 2 });
    store.behave({ status: 503 });
    await until("it is busy", async () => (meter.attempts.includes("busy") ? true : undefined), 10_000);
    store.behave({ status: 204 });
    await until("it is fed", isFed(cloud()), 20_000);
    const bodies = new Set(store.heard.map(({ body }) => body));
    expect(bodies.size).toBe(1);
    expect(meter.points).toBe(2);
  });
});
