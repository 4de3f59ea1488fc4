/** A store that is new, filled with everything that the database has. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { systemClock, systemRandomness } from "../../cloud/clock.ts";
import { type BackFillRange, backFill } from "../../cloud/history/back-fill.ts";
import { openInfluxdb } from "../../cloud/history/influxdb/open-influxdb.ts";
import { hasInfluxd, Influxd } from "../support/influxd.ts";
import { at, enough, feeding } from "./feeding.ts";
import { batch, freeBed, START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const ALL: BackFillRange = { fromMs: null, toMs: null };

describe.skipIf(!hasInfluxd())("a back-fill", () => {
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
    const loads = async () =>
      (await server.rows(database, "SELECT count(value), sum(value) FROM load"))[0]?.slice(1) ?? [0, 0];
    return { store, loads };
  };
  const fill = ({ db }: TestCloud, { store }: ReturnType<typeof open>, range = ALL, signal = enough()) =>
    backFill(
      {
        db,
        store,
        range,
        clock: systemClock,
        randomness: systemRandomness,
        log: pino({ enabled: false }),
        tell() {},
      },
      signal,
    );

  describeOnEachDatabase("of everything", (cloud) => {
    const stored = async () => {
      await cloud().sync(batch(freeBed("bed-1")));
      const readings = Array.from({ length: 600 }, (_, place) => at(Math.floor(place / 2) * 1_000, 1));
      await cloud().sync(batch(readings, { lane: "vitals" }));
    };

    test("brings it to a store that was emptied, and leaves the feed's cursors where they stand", async () => {
      await stored();
      const one = open();
      await feeding(cloud(), one.store).feeder.runUntilEmpty(enough());
      const before = await cloud().db.selectFrom("seriesCursors").selectAll().orderBy("lane").execute();
      const other = open();
      expect(await fill(cloud(), other)).toEqual({
        isDone: true,
        written: 606,
        refused: 0,
        doneRecords: 606,
        totalRecords: 606,
        trouble: null,
      });
      expect([await one.loads(), await other.loads()]).toEqual([
        [600, 600],
        [600, 600],
      ]);
      expect(await cloud().db.selectFrom("seriesCursors").selectAll().orderBy("lane").execute()).toEqual(
        before,
      );
    });

    test("of a range brings what was observed in it, in its own millisecond's order", async () => {
      await stored();
      const one = open();
      await fill(cloud(), one, { fromMs: START_MS + 10_000, toMs: START_MS + 20_000 });
      expect(await one.loads()).toEqual([20, 20]);
      await fill(cloud(), one);
      expect(await one.loads()).toEqual([600, 600]);
    });

    test("that was stopped goes on, and is not done before it is", async () => {
      await stored();
      const one = open();
      await server.stop();
      const stopped = await fill(cloud(), one, ALL, AbortSignal.timeout(700));
      expect(stopped).toMatchObject({ isDone: false, doneRecords: 0 });
      expect(stopped.trouble).toContain("did not");
      await server.start();
      expect(await fill(cloud(), one)).toMatchObject({ isDone: true });
      expect(await one.loads()).toEqual([600, 600]);
    });
  });

  test("as a program says what is missing before it opens anything", async () => {
    const configFile = join(directory, "cloud.yaml");
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, ["cloud/history-command.ts", ...args], {
        env: { ...process.env, DATABASE_URL: "" },
      }).then(
        ({ stdout }) => ({ code: 0, said: stdout }),
        (error: { code: number; stderr: string }) => ({ code: error.code, said: error.stderr }),
      );
    const lines = ["dataDirectory: data", "hospitals: [{ id: north, name: Northside }]", "gateways: []"];
    writeFileSync(configFile, lines.join("\n"));
    expect(await run("back-fill")).toMatchObject({ code: 1, said: expect.stringContaining("usage:") });
    expect(await run("back-fill", "--config", configFile)).toMatchObject({
      code: 1,
      said: expect.stringContaining("timeSeries.influxdb was expected"),
    });
    writeFileSync(
      configFile,
      [...lines, `timeSeries: { influxdb: { api: "1", url: "${server.url}" } }`].join("\n"),
    );
    expect(await run("back-fill", "--config", configFile, "--from", "yesterday")).toMatchObject({
      code: 1,
      said: expect.stringContaining("with its zone"),
    });
  });
});
