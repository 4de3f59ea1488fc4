import { createHash } from "node:crypto";
import { parquetReadObjects } from "hyparquet";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import { createLog } from "../../cloud/http/log.ts";
import { blocksOf, noteBlocks } from "../../cloud/ingest/reading-blocks.ts";
import { ExportAccepted, ExportList, ExportView } from "../../contracts/wire/exports.ts";
import { until } from "../support/until.ts";
import { climate, FROM, furnish, pulses, SECOND_MS, storeReadings, TO } from "./measured.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const RAW = {
  kind: "series",
  format: "csv",
  selection: { bed: "bed-1" },
  from: FROM,
  to: TO,
  everyMs: null,
} as const;

async function ask(cloud: TestCloud, cookie: string, payload: object, key?: string) {
  const headers = { cookie, origin: "http://beds.example", ...(key && { "idempotency-key": key }) };
  const reply = await cloud.app.inject({ method: "POST", url: "/api/v1/exports", headers, payload });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}

async function accepted(cloud: TestCloud, cookie: string, payload: object): Promise<string> {
  const { status, body } = await ask(cloud, cookie, payload);
  expect(body).toMatchObject({ exportId: expect.any(String) });
  expect(status).toBe(202);
  return ExportAccepted.parse(body).exportId;
}

/** In the background, until the test ends. */
function runs(cloud: TestCloud): void {
  const stop = new AbortController();
  const ran = cloud.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ran;
  });
}

async function ended(cloud: TestCloud, cookie: string, exportId: string): Promise<ExportView> {
  return await until(
    "the export ends",
    async () => {
      const { body } = await cloud.get(`/api/v1/exports/${exportId}`, cookie);
      const view = ExportView.parse(body);
      return view.endedAt === null ? undefined : view;
    },
    20_000,
  );
}

async function fileOf(cloud: TestCloud, cookie: string, exportId: string) {
  return await cloud.app.inject({ url: `/api/v1/exports/${exportId}/file`, headers: { cookie } });
}

describeOnEachDatabase("exports over HTTP", (cloud) => {
  test("every reading of a bed comes as CSV, what cannot be used in a column of its own", async () => {
    await furnish(cloud());
    const faulty = { value: 900, quality: "bad", badReason: "out-of-range", observedAtMs: START_MS + 500 };
    await storeReadings(cloud(), "vitals", [...pulses(2), ...pulses(1, faulty)]);
    const nurse = await cloud().signIn("nurse");
    const exportId = await accepted(cloud(), nurse, RAW);
    const waiting = await cloud().get(`/api/v1/exports/${exportId}`, nurse);
    expect(waiting.body).toMatchObject({ state: "waiting", percent: 0, totalIsEstimate: true });
    expect((await fileOf(cloud(), nurse, exportId)).json()).toMatchObject({
      status: 409,
      code: "EXPORT_NOT_DONE",
    });
    runs(cloud());
    const view = await ended(cloud(), nurse, exportId);
    expect(view).toMatchObject({
      state: "done",
      doneRows: 3,
      totalRows: 3,
      percent: 100,
      error: null,
      note: null,
    });
    const file = await fileOf(cloud(), nurse, exportId);
    const place = "north,bed-1,,gw-north,monitor-1,pulse-rate,/min";
    const journal = "gateway,00000000000000a1,vitals";
    expect(file.body.split("\r\n")).toEqual([
      "observed_at_utc,received_at_utc,lag_ms,hospital,bed,room,gateway,device,metric,unit_ucum,value,quality,bad_value,bad_reason,time_by,journal,lane,seq",
      `2026-01-06T10:00:00.000Z,2026-01-06T10:00:00.000Z,0,${place},60,good,,,${journal},1`,
      `2026-01-06T10:00:00.500Z,2026-01-06T10:00:00.000Z,-500,${place},,bad,900,out-of-range,${journal},3`,
      `2026-01-06T10:00:01.000Z,2026-01-06T10:00:00.000Z,-1000,${place},61,good,,,${journal},2`,
      "",
    ]);
    const digest = createHash("sha256").update(file.rawPayload);
    expect(file.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="bed-1.20260106T100000.20260106T100500.raw.csv"`,
      "content-length": String(view.bytes),
      "repr-digest": `sha-256=:${digest.copy().digest("base64")}:`,
      "cache-control": "no-store",
    });
    expect(view.sha256).toBe(digest.digest("hex"));
  });

  test("points of a minute come as Parquet with typed columns", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(90));
    cloud().clock.now += 300 * SECOND_MS;
    const doctor = await cloud().signIn("doctor");
    const selection = { bed: "bed-1", metrics: ["pulse-rate"] };
    const request = { ...RAW, format: "parquet", selection, everyMs: 60_000 };
    const exportId = await accepted(cloud(), doctor, request);
    runs(cloud());
    expect(await ended(cloud(), doctor, exportId)).toMatchObject({ state: "done", doneRows: 2 });
    const { rawPayload, headers } = await fileOf(cloud(), doctor, exportId);
    expect(headers["content-type"]).toBe("application/vnd.apache.parquet");
    const rows = await parquetReadObjects({ file: Uint8Array.from(rawPayload).buffer });
    expect(rows).toMatchObject([
      {
        start_utc: new Date(START_MS),
        width_ms: 60_000n,
        min: 60,
        mean: 89.5,
        max: 119,
        last: 119,
        good_count: 60n,
      },
      {
        start_utc: new Date(START_MS + 60_000),
        bed: "bed-1",
        unit_ucum: "/min",
        min: 120,
        good_count: 30n,
        bad_count: 0n,
      },
    ]);
  });

  test("only what the asker may read goes in, and only their own role and hospital may fetch it", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", [
      ...pulses(1),
      ...pulses(1, { metric: "load", unit: "kg", value: 70 }),
    ]);
    await storeReadings(cloud(), "environment", [climate(21)]);
    const engineer = await cloud().signIn("facility-engineer");
    const named = { ...RAW, selection: { bed: "bed-1", metrics: ["pulse-rate"] } };
    expect((await ask(cloud(), engineer, named)).body).toMatchObject({
      status: 403,
      code: "METRIC_FORBIDDEN",
    });
    const exportId = await accepted(cloud(), engineer, RAW);
    runs(cloud());
    await ended(cloud(), engineer, exportId);
    const { body } = await fileOf(cloud(), engineer, exportId);
    expect(body).toContain(",load,");
    expect(body).not.toContain("pulse-rate");
    const url = `/api/v1/exports/${exportId}`;
    for (const other of [
      await cloud().signIn("nurse"),
      await cloud().signIn("facility-engineer", "south"),
      await cloud().signIn("super-admin"),
    ]) {
      expect(await cloud().get(url, other)).toMatchObject({
        status: 404,
        body: { code: "EXPORT_NOT_FOUND" },
      });
      expect((await fileOf(cloud(), other, exportId)).statusCode).toBe(404);
      expect(ExportList.parse((await cloud().get("/api/v1/exports", other)).body).exports).toEqual([]);
    }
    const colleague = await cloud().signIn("facility-engineer");
    expect(await cloud().get(url, colleague)).toMatchObject({ status: 200, body: { state: "done" } });
  });

  test("asked for again with the same key it is the same export; another request with it is refused", async () => {
    await furnish(cloud());
    const nurse = await cloud().signIn("nurse");
    const first = await ask(cloud(), nurse, RAW, "key-1");
    const together = await Promise.all([
      ask(cloud(), nurse, RAW, "key-2"),
      ask(cloud(), nurse, RAW, "key-2"),
    ]);
    expect(first.headers.location).toBe(`/api/v1/exports/${first.body.exportId}`);
    expect((await ask(cloud(), nurse, RAW, "key-1")).body).toEqual(first.body);
    expect(together[0]?.body).toEqual(together[1]?.body);
    const other = await ask(cloud(), nurse, { ...RAW, format: "parquet" }, "key-1");
    expect(other.body).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
    const { body } = await cloud().get("/api/v1/exports", nurse);
    expect(ExportList.parse(body).exports).toHaveLength(2);
  });

  test("what cannot be exported is refused at once, and nothing waits", async () => {
    await furnish(cloud());
    const nurse = await cloud().signIn("nurse");
    for (const [change, status, code] of [
      [{ kind: "everything" }, 400, "VALIDATION"],
      [{ format: "xml" }, 400, "VALIDATION"],
      [{ everyMs: 7 }, 400, "VALIDATION"],
      [{ from: "2026-01-06T10:00:00" }, 400, "VALIDATION"],
      [{ selection: {} }, 400, "SERIES_SELECTION"],
      [{ selection: { bed: "south-1" } }, 404, "BED_NOT_FOUND"],
      [{ from: TO, to: FROM }, 400, "RANGE_REVERSED"],
      [{ from: "1950-01-01T00:00:00Z" }, 400, "RANGE_TOO_LONG"],
    ] as const) {
      const { body } = await ask(cloud(), nurse, { ...RAW, ...change });
      expect(body, JSON.stringify(change)).toMatchObject({ status, code });
    }
    const zone = await ask(cloud(), nurse, { ...RAW, to: "2026-01-06T10:00:00" });
    expect(zone.body.detail).toContain("2026-11-26T05:00:00Z");
    const { body } = await cloud().get("/api/v1/exports", nurse);
    expect(ExportList.parse(body).exports).toEqual([]);
  });

  test("no session has more than four that are not done; one that is cancelled makes room", async () => {
    await furnish(cloud());
    const nurse = await cloud().signIn("nurse");
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push(await accepted(cloud(), nurse, RAW));
    expect((await ask(cloud(), nurse, RAW)).body).toMatchObject({ status: 429, code: "EXPORT_QUEUE_FULL" });
    const url = `/api/v1/exports/${ids[0]}`;
    const headers = { cookie: nurse, origin: "http://beds.example" };
    const remove = () => cloud().app.inject({ method: "DELETE", url, headers });
    expect((await remove()).statusCode).toBe(204);
    expect((await cloud().get(url, nurse)).body).toMatchObject({
      state: "cancelled",
      percent: 0,
      secondsLeft: null,
    });
    await accepted(cloud(), nurse, RAW);
    expect((await remove()).statusCode).toBe(204);
    expect((await cloud().get(url, nurse)).status).toBe(404);
  });

  test("where single readings are gone and only what they came to is left, the export says so", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(100));
    const log = createLog({ write: () => {} });
    await new RollupFeed({ db: cloud().db, log }).round(1, new AbortController().signal);
    await sql`DELETE FROM readings WHERE seq <= 40`.execute(cloud().db);
    const nurse = await cloud().signIn("nurse");
    const exportId = await accepted(cloud(), nurse, RAW);
    runs(cloud());
    const view = await ended(cloud(), nurse, exportId);
    expect(view).toMatchObject({ state: "done", doneRows: 60, note: expect.stringContaining("About 100 ") });
  });

  test("readings of one millisecond are not lost between two pages", async () => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(1));
    await sql`INSERT INTO readings (seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms,
        journal_id, series_id, lane, flags)
      SELECT 1 + n, 60, ${START_MS}::bigint + (n / 6000), 0, ${START_MS}::bigint, 0, journal_id, series_id, 1, 0
      FROM journals, series, generate_series(1, 12500) AS n
      WHERE metric = 'pulse-rate' AND journals.gateway_id = 'gw-north'`.execute(cloud().db);
    await noteBlocks(blocksOf(sql`readings`)).execute(cloud().db);
    const nurse = await cloud().signIn("nurse");
    const exportId = await accepted(cloud(), nurse, RAW);
    runs(cloud());
    expect(await ended(cloud(), nurse, exportId)).toMatchObject({ state: "done", doneRows: 12_501 });
    const { body } = await fileOf(cloud(), nurse, exportId);
    const seqs = body
      .split("\r\n")
      .slice(1, -1)
      .map((line) => Number(line.split(",").at(-1)));
    expect(new Set(seqs).size).toBe(12_501);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs);
  });
});
