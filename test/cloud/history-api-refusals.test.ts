import { expect, test } from "vitest";
import { askSeries, FROM, furnish, pulses, SECOND_MS, storeReadings, TO } from "./measured.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const REFUSED = [
  ["no place at all", "", 400, "SERIES_SELECTION", "a bed"],
  ["a bed and a ward", "bed=bed-1&ward=intake&hospital=north", 400, "SERIES_SELECTION", "one of"],
  ["a ward of nowhere", "ward=intake", 400, "SERIES_SELECTION", "hospital"],
  ["a bed that is none", "bed=bed-99", 404, "BED_NOT_FOUND", "no such bed"],
  ["a ward that is none", "ward=nowhere&hospital=north", 404, "WARD_NOT_FOUND", "no such ward"],
  ["a room that is none", "room=nowhere", 404, "ROOM_NOT_FOUND", "no such room"],
  ["a device that is none", "device=nobody", 404, "DEVICE_NOT_FOUND", "no such device"],
  ["a bed's name that can be none", "bed=Bett%201", 400, "VALIDATION", "bed"],
  ["a metric that is none", "bed=bed-1&metric=pulse-rate,puls", 400, "METRIC_UNKNOWN", "heart-rate"],
  [
    "a time without a zone",
    "bed=bed-1&from=2026-01-06T10:00:00",
    400,
    "TIME_ZONE_MISSING",
    "2026-11-26T05:00:00Z",
  ],
  ["a day without a time", "bed=bed-1&from=2026-01-06", 400, "TIME_ZONE_MISSING", "from"],
  ["a time that is none", "bed=bed-1&from=yesterday", 400, "TIME_UNREADABLE", "from"],
  ["a thirtieth of February", "bed=bed-1&to=2026-02-30T10:00:00Z", 400, "TIME_UNREADABLE", "to"],
  ["a time before all others", "bed=bed-1&from=1969-12-31T23:59:59Z", 400, "TIME_UNREADABLE", "1970"],
  ["a range reversed", `bed=bed-1&from=${TO}&to=${FROM}`, 400, "RANGE_REVERSED", "backwards"],
  ["a range of nothing", `bed=bed-1&from=${FROM}&to=${FROM}`, 400, "RANGE_EMPTY", "nothing"],
  [
    "the future",
    "bed=bed-1&from=2027-01-01T00:00:00Z&to=2027-01-02T00:00:00Z",
    400,
    "RANGE_IN_FUTURE",
    "2026-01-06",
  ],
  ["half a century", `bed=bed-1&from=1976-01-01T00:00:00Z&to=${TO}`, 400, "RANGE_TOO_LONG", "3653"],
  [
    "ten years in ten points",
    `bed=bed-1&from=2016-01-08T00:00:00Z&to=${TO}&points=10`,
    400,
    "RANGE_TOO_LONG",
    "63 days",
  ],
  ["a million points", "bed=bed-1&points=1000000", 400, "POINTS_REFUSED", "2000"],
  ["no points", "bed=bed-1&points=0", 400, "POINTS_REFUSED", "1 to 2000"],
  ["points that are no number", "bed=bed-1&points=many", 400, "POINTS_REFUSED", "whole number"],
  ["a resolution that is none", "bed=bed-1&resolution=7m", 400, "RESOLUTION_UNKNOWN", "auto"],
  ["a day by the second", "bed=bed-1&resolution=1s", 400, "RESOLUTION_TOO_FINE", "1m"],
  ["times that came twice", `bed=bed-1&from=${FROM}&from=${TO}`, 400, "VALIDATION", "from"],
] as const;

type Described = { readonly description?: string; readonly name?: string };

describeOnEachDatabase("questions over HTTP", (cloud) => {
  test("each way to ask for what is not possible has its own answer, and it says what to do", async () => {
    await furnish(cloud());
    const cookie = await cloud().signIn("super-admin");
    for (const [name, query, status, code, said] of REFUSED) {
      const { body } = await cloud().get(`/api/v1/series?${query}`, cookie);
      expect(body, name).toMatchObject({ status, code, hint: expect.stringMatching(/./) });
      expect(Object(body).detail, name).toContain(said);
    }
  });

  test("every single reading of a day is refused where it is too much, and shown where it is little", async () => {
    await furnish(cloud());
    cloud().clock.now = START_MS + 3_600 * SECOND_MS;
    const nurse = await cloud().signIn("nurse");
    await storeReadings(cloud(), "vitals", pulses(2_000));
    const query = "/api/v1/series?bed=bed-1&resolution=raw";
    expect(await cloud().get(query, nurse)).toMatchObject({ status: 200, body: { everyMs: null } });
    await storeReadings(cloud(), "vitals", pulses(1), { firstSeq: 2_001 });
    const { body } = await cloud().get(query, nurse);
    expect(body).toMatchObject({ status: 400, code: "RESOLUTION_TOO_FINE", finest: "1m" });
  });

  test("an offset is a zone, even with a plus that was not escaped", async () => {
    await furnish(cloud());
    const cookie = await cloud().signIn("nurse");
    for (const offset of ["%2B01:00", "+01:00"]) {
      const from = `2026-01-06T10:30:00${offset}`;
      const answer = await askSeries(cloud(), `bed=bed-1&from=${from}&to=${FROM}&resolution=5m`, cookie);
      expect(answer.from).toBe("2026-01-06T09:30:00.000Z");
    }
  });

  test("the API's description says of every parameter of a question what it means, and of every column its unit", async () => {
    const { body } = await cloud().get("/api/openapi.json", await cloud().signIn("nurse"));
    const { paths, components } = Object(body);
    const parameters: Described[] = ["series", "series/latest"].flatMap(
      (path) => paths[`/api/v1/${path}`].get.parameters,
    );
    expect(parameters.length).toBeGreaterThan(12);
    for (const { name, description } of parameters) expect(description, name).toMatch(/\w{3}/);
    const columns = Object.entries<Described>(components.schemas.SeriesPoints.properties);
    expect(columns.map(([name]) => name)).toEqual(["atMs", "min", "mean", "max", "last", "count", "bad"]);
    for (const [name, { description }] of columns) expect(description, name).toMatch(/\w{3}/);
    const ask = paths["/api/v1/exports"].post;
    expect(ask.parameters).toMatchObject([{ name: "idempotency-key", in: "header" }]);
    const { content } = paths["/api/v1/exports/{exportId}/file"].get.responses["200"];
    expect(Object.keys(content)).toEqual(
      expect.arrayContaining(["text/csv", "application/vnd.apache.parquet"]),
    );
  });
});
