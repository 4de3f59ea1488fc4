/** Every question of the Grafana dashboard, asked of a real InfluxDB that the cloud has fed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { systemClock } from "../../cloud/clock.ts";
import { openInfluxdb } from "../../cloud/history/influxdb/open-influxdb.ts";
import { hasInfluxd, Influxd } from "../support/influxd.ts";
import { enough, feeding } from "./feeding.ts";
import { batch, changed, freeBed, reading, roomCondition, START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const Target = z.object({ query: z.string(), rawQuery: z.literal(true), alias: z.string() });
const Dashboard = z.object({
  templating: z.object({
    list: z.array(z.object({ name: z.string(), type: z.string(), query: z.string() })),
  }),
  panels: z.array(z.object({ title: z.string(), type: z.string(), targets: z.array(Target).default([]) })),
});

const dashboard = Dashboard.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, "../../config/grafana/hospitell.json"), "utf8")),
);
const variables = dashboard.templating.list.filter(({ type }) => type === "query");
const directory = mkdtempSync(join(tmpdir(), "hospitell-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As Grafana fills them in for one bed and all rooms. */
const filled = (query: string) =>
  query
    .replaceAll("$timeFilter", `time >= ${START_MS - 60_000}ms and time <= ${START_MS + 600_000}ms`)
    .replaceAll("$__interval", "10s")
    .replaceAll("$hospital", "north")
    .replaceAll("$bed", "bed-1")
    .replaceAll("$room", ".*");

const VITALS = [
  ["heart-rate", "/min", 71],
  ["pulse-rate", "/min", 72],
  ["spo2", "%", 97],
  ["respiratory-rate", "/min", 14],
  ["body-temperature", "Cel", 36.8],
  ["systolic-pressure", "mm[Hg]", 121],
  ["diastolic-pressure", "mm[Hg]", 79],
  ["mean-pressure", "mm[Hg]", 93],
  ["load", "kg", 71.5],
] as const;
const CLIMATE = [
  ["room-temperature", "Cel", 21.5],
  ["relative-humidity", "%", 44],
  ["co2", "[ppm]", 612],
  ["differential-pressure", "Pa", -8],
] as const;

async function fill(cloud: TestCloud): Promise<void> {
  await cloud.sync(batch([...freeBed("bed-1"), changed("occupancy", "present"), roomCondition()]));
  const good = VITALS.flatMap(([metric, unit, value]) =>
    [0, 20_000, 90_000].map((ms) =>
      reading({ deviceId: "monitor-1", metric, unit, value, observedAtMs: START_MS + ms }),
    ),
  );
  const bad = reading({ metric: "spo2", unit: "%", value: 300, quality: "bad", badReason: "out-of-range" });
  await cloud.sync(batch([...good, bad], { lane: "vitals" }));
  const climate = CLIMATE.map(([metric, unit, value]) =>
    reading({ deviceId: "climate-1", bedId: null, roomId: "room-1", metric, unit, value }),
  );
  await cloud.sync(batch(climate, { lane: "environment" }));
}

describe.skipIf(!hasInfluxd())("the dashboard", () => {
  let server: Influxd;
  beforeAll(async () => {
    server = await Influxd.in({ directory: join(directory, "influxd") });
  });
  afterAll(() => server.stop());

  describeOnEachDatabase("fed by the cloud", (cloud) => {
    test("has rows for every question, and only good values in its means", async () => {
      const database = "hospitell";
      const store = openInfluxdb({ api: "1", url: server.url, database }, null, systemClock);
      onTestFinished(() => store.close());
      await fill(cloud());
      await feeding(cloud(), store).feeder.runUntilEmpty(enough());

      expect(variables.map(({ name }) => name)).toEqual(["hospital", "bed", "room"]);
      for (const { name, query } of variables) {
        const values = (await server.rows(database, filled(query))).map(([, value]) => value);
        expect({ name, values: [...new Set(values)] }).toEqual({
          name,
          values: [{ hospital: "north", bed: "bed-1", room: "room-1" }[name]],
        });
      }
      const targets = dashboard.panels.flatMap(({ title, targets }) =>
        targets.map(({ query }) => ({ title, query })),
      );
      expect(targets.length).toBeGreaterThan(15);
      const empty: string[] = [];
      for (const { title, query } of targets)
        if ((await server.rows(database, filled(query))).length === 0) empty.push(`${title}: ${query}`);
      expect(empty).toEqual([]);

      const [least] = dashboard.panels.filter(({ title }) => title === "SpO2");
      const rows = await server.rows(database, filled(least?.targets[0]?.query ?? ""));
      expect(rows.map(([, value]) => value)).toEqual([97, 97, 97]);
    });
  });
});
