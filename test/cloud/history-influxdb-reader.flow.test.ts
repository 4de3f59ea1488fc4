/** The same questions to this database and to a real InfluxDB that was fed from it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { openInfluxdb } from "../../cloud/history/influxdb/open-influxdb.ts";
import { PostgresqlReader } from "../../cloud/history/postgresql/reader.ts";
import { hasInfluxd, Influxd } from "../support/influxd.ts";
import { enough, feeding } from "./feeding.ts";
import { answersAsStored } from "./series-store-suite.ts";
import { describeOnEachDatabase } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeOnEachDatabase("this database", (cloud) =>
  answersAsStored(cloud, async ({ db }) => new PostgresqlReader(db)),
);

describe.skipIf(!hasInfluxd())("InfluxDB", () => {
  let server: Influxd;
  let databases = 0;
  beforeAll(async () => {
    server = await Influxd.in({ directory: join(directory, "influxd") });
  });
  afterAll(() => server.stop());

  describeOnEachDatabase("fed from it", (cloud) =>
    answersAsStored(cloud, async (stored) => {
      const database = `h${++databases}`;
      const store = openInfluxdb({ api: "1", url: server.url, database }, null, systemClock);
      onTestFinished(() => store.close());
      await feeding(stored, store).feeder.runUntilEmpty(enough());
      if (store.reader === null) throw new Error("it answers InfluxQL");
      return store.reader;
    }),
  );
});
