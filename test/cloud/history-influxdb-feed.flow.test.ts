/** From stored readings into a real InfluxDB 1.x: everything once, whatever comes twice, late, or together. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { ChunkReader } from "../../cloud/history/feed/chunk-reader.ts";
import type { FeedMeter } from "../../cloud/history/feed/feed-meter.ts";
import { Feeder } from "../../cloud/history/feed/feeder.ts";
import { Influx1 } from "../../cloud/history/influxdb/influx-1.ts";
import { InfluxWriter } from "../../cloud/history/influxdb/writer.ts";
import { hasInfluxd, Influxd } from "../support/influxd.ts";

import { batch, freeBed, reading, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const silentMeter: FeedMeter = { attempt() {}, written() {}, refused() {}, repeated() {} };

describe.skipIf(!hasInfluxd())("a feed into InfluxDB 1.x", () => {
  let server: Influxd;
  let database = "";
  let databases = 0;
  beforeAll(async () => {
    server = await Influxd.in({ directory: mkdtempSync(join(tmpdir(), "hospitell-test-")) });
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    databases += 1;
    database = `h${databases}`;
  });

  describeOnEachDatabase("on each database", (cloud) => {
    const feed = async (recordsMax = 10_000) => {
      const influx = new Influx1({ url: server.url, database, login: null, clock: systemClock });
      const { db } = cloud();
      const feeder = new Feeder({
        db,
        store: "influxdb",
        writer: new InfluxWriter((points, signal) => influx.post(points, signal), "ns"),
        reader: new ChunkReader({ db, store: "influxdb", recordsMax }),
        process: null,
        clock: systemClock,
        random: () => 0,
        holder: "one",
        meter: silentMeter,
        log: pino({ enabled: false }),
      });
      await feeder.runUntilEmpty(AbortSignal.timeout(20_000));
      influx.close();
    };

    test("readings of one millisecond all arrive, however they fall into chunks", async () => {
      await cloud().sync(batch(freeBed("bed-1")));
      const same = [1, 2, 3, 4, 5, 6, 7].map((value) => reading({ value, observedAtMs: START_MS }));
      const late = [8, 9].map((value) => reading({ value, observedAtMs: START_MS - 5_000 }));
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
      await feed(4);
      const [row] = await server.rows(
        database,
        `SELECT count(value), sum(value), count(bad_value) FROM load`,
      );
      expect(row?.slice(1)).toEqual([18, 90, 1]);
      const states = await server.rows(database, `SELECT "to", "by" FROM "bed-state" WHERE axis='readiness'`);
      expect(states.map(([, to]) => to)).toEqual(["clean"]);
    });
  });
});
