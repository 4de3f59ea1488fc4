/** A store that answers badly, or half, or not at all: by both libraries, each time a clear word and never a lost point. */
import { describe, expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { Influx1 } from "../../cloud/history/influxdb/influx-1.ts";
import { Influx2 } from "../../cloud/history/influxdb/influx-2.ts";
import { type InfluxPoint, lineOf } from "../../cloud/history/influxdb/line-protocol.ts";
import { InfluxReader } from "../../cloud/history/influxdb/reader.ts";
import { StoreTrouble } from "../../cloud/history/series-store.ts";
import { SeriesKey } from "../../contracts/wire/history.ts";
import { type Behaviour, badStore } from "../support/bad-store.ts";

const ANSWER_MS_MAX = 400;
const never = new AbortController().signal;
const SECRET = "s3cret-of-the-store";

const points: InfluxPoint[] = [
  {
    measurement: "load",
    tags: { bed: "bed 1, the=first", unit: "k\\g" },
    fields: { value: 71.5 },
    timestamp: "17",
  },
  {
    measurement: "load",
    tags: { bed: "b" },
    fields: { bad_value: 1e21, bad_reason: 'said "no"' },
    timestamp: "18",
  },
];

const lines = points.map(lineOf).join("\n");

async function stores() {
  const store = await badStore();
  const { url } = store;
  const common = { url, clock: systemClock, answerMsMax: ANSWER_MS_MAX };
  const one = new Influx1({ ...common, database: "h", login: { username: "feeder", password: SECRET } });
  const two = new Influx2({ ...common, org: "o", bucket: "b", token: SECRET, precision: "ns" });
  onTestFinished(async () => {
    one.close();
    two.close();
    await store.close();
  });
  return { store, one, two };
}

const postTo = { "1.x": "one", "2.x": "two" } as const;

describe.each(["1.x", "2.x"] as const)("writing by the API of %s", (api) => {
  test("gives each point as one line, and who we are", async () => {
    const all = await stores();
    expect(await all[postTo[api]].post(lines, never)).toBeNull();
    const [asked] = all.store.heard;
    expect(asked?.body).toBe(lines);
    expect(asked?.line).toContain(
      api === "1.x" ? "/write?db=h&precision=n" : "/api/v2/write?org=o&bucket=b&precision=ns",
    );
    expect(asked?.head).toMatch(
      api === "1.x" ? /authorization: Basic /i : new RegExp(`authorization: Token ${SECRET}`, "i"),
    );
  });

  test("asks for no line again that the store will never take", async () => {
    const all = await stores();
    all.store.behave({
      status: 400,
      body: JSON.stringify({ error: "partial write: field type conflict dropped=1" }),
    });
    expect(await all[postTo[api]].post(lines, never)).toEqual({
      kind: "lines-refused",
      reason: "400: partial write: field type conflict dropped=1",
      droppedCount: 1,
    });
    expect(all.store.heard).toHaveLength(1);
  });

  test.each<[string, Behaviour, Partial<StoreTrouble>]>([
    ["401", { status: 401 }, { kind: "refused" }],
    ["403", { status: 403 }, { kind: "refused" }],
    ["404", { status: 404 }, { kind: "refused" }],
    ["429", { status: 429, headers: { "retry-after": "7" } }, { kind: "busy", retryAfterMs: 7_000 }],
    ["500", { status: 500 }, { kind: "busy" }],
    ["503", { status: 503 }, { kind: "busy" }],
    ["half a reply", "half", { kind: "unreachable" }],
    ["nothing", "silent", { kind: "unreachable" }],
    ["a connection that ends", "closes", { kind: "unreachable" }],
  ])("%s is trouble, in time, and once is enough", async (_name, behaviour, expected) => {
    const all = await stores();
    all.store.behave(behaviour);
    const trouble = await all[postTo[api]].post(lines, never).then(
      () => "it resolved",
      (error: unknown) => error,
    );
    expect(trouble).toBeInstanceOf(StoreTrouble);
    expect(trouble).toMatchObject(expected);
    expect(String((trouble as Error).message)).not.toContain(SECRET);
    expect(all.store.heard).toHaveLength(1);
    // Nothing of it is left behind: the next one is a new call.
    all.store.behave({ status: 204 });
    expect(await all[postTo[api]].post(lines, never)).toBeNull();
  });

  test("ends with its signal", async () => {
    const all = await stores();
    all.store.behave("silent");
    await expect(all[postTo[api]].post(lines, AbortSignal.timeout(50))).rejects.toBeInstanceOf(StoreTrouble);
  });
});

describe("reading", () => {
  const key = SeriesKey.parse({
    hospitalId: "north",
    gatewayId: "gw-north",
    deviceId: "mat-1",
    bedId: "bed-1",
    roomId: null,
    metric: "load",
    unit: "kg",
  });
  const series = { ...key, seriesIds: [1] };
  const range = { fromMs: 0, toMs: 60_000, everyMs: 5_000, pointsMax: 12 };
  const ok = (body: unknown): Behaviour => ({ status: 200, body: JSON.stringify(body) });
  const rows = (...values: unknown[][]) => ({ series: [{ name: "load", columns: [], values }] });

  async function reading() {
    const { store, one } = await stores();
    const reader = new InfluxReader((statements, signal) => one.ask(statements, signal));
    return {
      store,
      read: (count = 1) =>
        reader.read(
          Array.from({ length: count }, () => series),
          range,
          never,
        ),
    };
  }

  test("gives a bucket without good readings as such, and a series without rows as an empty one", async () => {
    const { store, read } = await reading();
    store.behave(
      ok({ results: [rows([0, 1, 2, 3, 3, 2, 0], [5_000, null, null, null, null, null, 4]), {}] }),
    );
    const [first, second] = await read(2);
    expect(first).toMatchObject({ atMs: [0, 5_000], mean: [2, null], count: [2, 0], bad: [0, 4] });
    expect(second?.atMs).toEqual([]);
  });

  test("asks for fewer at a time where the store cuts its answer, and says so where one alone is too much", async () => {
    const { store, read } = await reading();
    const cut = { series: [{ name: "load", values: [[0, 1, 1, 1, 1, 1, 0]], partial: true }] };
    store.behave(ok({ results: [cut] }));
    await expect(read(4)).rejects.toThrow(/max-row-limit/);
    expect(store.heard.map(({ body }) => body.split("SELECT").length - 1)).toEqual([4, 2, 1]);
  });

  test.each<[string, Behaviour, RegExp]>([
    ["an error inside of 200", ok({ results: [{ error: "database not found: h" }] }), /database not found/],
    ["a web page", { status: 200, body: "<html>" }, /did not/],
    ["another shape", ok({ data: [] }), /InfluxQL/],
    ["a text for a number", ok({ results: [rows([0, "1", 1, 1, 1, 1, 0])] }), /number/],
    ["401", { status: 401 }, /INFLUXDB_USERNAME/],
    ["500", { status: 500 }, /503|500/],
    ["half a reply", "half", /did not/],
    ["nothing", "silent", /did not/],
  ])("%s is trouble", async (_name, behaviour, words) => {
    const { store, read } = await reading();
    store.behave(behaviour);
    const trouble = await read().catch((error: unknown) => error);
    expect(trouble).toBeInstanceOf(StoreTrouble);
    expect(String(trouble)).toMatch(words);
  });
});
