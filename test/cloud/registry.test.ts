import * as fc from "fast-check";
import { expect, test } from "vitest";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import { BedDetail, BedPage, HospitalList, Timeline } from "../../contracts/wire/board.ts";
import {
  batch,
  changed,
  commissioned,
  evidence,
  freeBed,
  heartbeat,
  reading,
  START_MS,
  settling,
  south,
} from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("registry", (cloud) => {
  const SOUTH_BED = { bedId: "south-1", wardId: "south-ward", wardName: "South", roomId: "south-room" };

  async function page(query: string, cookie: string): Promise<BedPage> {
    const { status, body } = await cloud().get(`/api/v1/beds${query}`, cookie);
    expect(status).toBe(200);
    return BedPage.parse(body);
  }

  async function walk(query: string, cookie: string): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const next: BedPage = await page(`?${query}${cursor === null ? "" : `&cursor=${cursor}`}`, cookie);
      ids.push(...next.beds.map(({ bedId }) => bedId));
      cursor = next.nextCursor;
    } while (cursor !== null && ids.length < 1_000);
    return ids;
  }

  /** Thirteen beds in two hospitals: free, occupied and never heard of, mixed. */
  async function fillWards(): Promise<void> {
    const beds = Array.from({ length: 12 }, (_, n) => `bed-${n + 1}`);
    const events = beds.flatMap((bedId, n) => {
      const ward = n % 2 === 0 ? { wardId: "intake" } : { wardId: "medical", wardName: "Medical" };
      const free = freeBed(bedId, {
        ...ward,
        sources: [{ deviceId: bedId, expectedIntervalMs: 5_000, decides: "load" }],
      });
      return n % 3 === 0 ? [...free, changed("occupancy", "present", { bedId })] : free;
    });
    const sources = beds.slice(0, 9).map((bedId) => ({ bedId, deviceId: bedId, evidenceAgeMs: 1_000 }));
    await cloud().sync(batch(events));
    await cloud().sync(heartbeat({ bedsHeadSeq: events.length, sources }));
    await cloud().sync(batch([commissioned(SOUTH_BED)], south));
  }

  test("hospitals are listed with counts for each ward", async () => {
    await fillWards();
    const { body } = await cloud().get("/api/v1/hospitals", await cloud().signIn("emergency-coordinator"));
    const { hospitals } = HospitalList.parse(body);
    expect(hospitals.map(({ hospitalId }) => hospitalId)).toEqual(["north", "south"]);
    expect(hospitals[0]?.counts).toMatchObject({
      beds: 12,
      byState: { occupied: 3, available: 6, unknown: 3 },
      bookable: 6,
      stale: 3,
    });
    expect(hospitals[0]?.wards.map(({ name, counts }) => [name, counts.beds])).toEqual([
      ["Intake", 6],
      ["Medical", 6],
    ]);
    expect(hospitals[0]?.gateways).toMatchObject([{ gatewayId: "gw-north" }]);
  });

  test("somebody of a hospital sees that hospital only", async () => {
    await fillWards();
    const nurse = await cloud().signIn("nurse", "south");
    const { body } = await cloud().get("/api/v1/hospitals", nurse);
    expect(HospitalList.parse(body).hospitals.map(({ hospitalId }) => hospitalId)).toEqual(["south"]);
    expect(await walk("", nurse)).toEqual(["south-1"]);
    expect(await walk("hospital=north", nurse)).toEqual([]);
  });

  test("pages walked by the cursor are the whole list, whatever their size and filter", async () => {
    await fillWards();
    const coordinator = await cloud().signIn("emergency-coordinator");
    const filters = [
      "",
      "hospital=north",
      "ward=intake",
      "state=occupied",
      "bookable=true",
      "bookable=false",
    ];
    const more = ["verification=stale", "state=available&ward=medical", "state=blocked"];
    const query = fc.record({
      limit: fc.integer({ min: 1, max: 20 }),
      filter: fc.constantFrom(...filters, ...more),
    });
    const property = fc.asyncProperty(query, async ({ limit, filter }) => {
      const whole = await page(`?limit=500&${filter}`, coordinator);
      const walked = await walk(`limit=${limit}&${filter}`, coordinator);
      expect(walked).toEqual(whole.beds.map(({ bedId }) => bedId));
    });
    await fc.assert(property, { numRuns: 25 });
  });

  test.each([
    ["state=occupied", ["bed-1", "bed-4", "bed-7"]],
    ["verification=stale&hospital=north", ["bed-10", "bed-11", "bed-12"]],
    ["bookable=true&ward=medical", ["bed-2", "bed-6", "bed-8"]],
    ["ward=south-ward", ["south-1"]],
  ])("beds with %s", async (filter, expected) => {
    await fillWards();
    expect(await walk(filter, await cloud().signIn("emergency-coordinator"))).toEqual(expected);
  });

  test.each([
    ["limit=0", "querystring.limit"],
    ["state=asleep", "querystring.state"],
    ["bookable=maybe", "querystring.bookable"],
    ["cursor=bm9uc2Vuc2U", "querystring.cursor: expected the nextCursor of an earlier page"],
  ])("a list with %s is refused and says what was expected", async (query, expected) => {
    const { status, body } = await cloud().get(`/api/v1/beds?${query}`, await cloud().signIn("nurse"));
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "VALIDATION", detail: expect.stringContaining(expected) });
  });

  const MEASURED = [
    reading({ metric: "load", value: 71.5, unit: "kg" }),
    reading({ metric: "heart-rate", value: 80, unit: "/min", deviceId: "monitor-1" }),
    reading({ metric: "cleaning", value: false, unit: null }),
  ];
  const ROOM = reading({
    metric: "room-temperature",
    value: 22.5,
    unit: "Cel",
    bedId: null,
    roomId: "room-1",
  });

  async function measure(): Promise<void> {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(batch(MEASURED, { lane: "vitals" }));
    await cloud().sync(
      batch([ROOM, { ...ROOM, roomId: "room-9", deviceId: "climate-9" }], { lane: "environment" }),
    );
    await followReadings(cloud().db);
  }

  test.each([
    ["nurse", ["load", "cleaning", "heart-rate", "room-temperature"]],
    ["doctor", ["load", "cleaning", "heart-rate", "room-temperature"]],
    ["hospital-admin", ["load", "cleaning", "room-temperature"]],
    ["facility-engineer", ["load", "cleaning", "room-temperature"]],
    ["emergency-coordinator", ["load", "cleaning", "room-temperature"]],
    ["super-admin", ["load", "cleaning", "room-temperature"]],
  ] as const)("of a bed's newest values, a %s reads what the role includes", async (role, expected) => {
    await measure();
    const { body } = await cloud().get("/api/v1/beds/bed-1", await cloud().signIn(role));
    const metrics = BedDetail.parse(body).latest.map(({ metric }) => metric);
    expect(metrics.sort()).toEqual([...expected].sort());
  });

  test("a bed's tag is the position of its newest event", async () => {
    await measure();
    const cookie = await cloud().signIn("nurse");
    const reply = await cloud().app.inject({ url: "/api/v1/beds/bed-1", headers: { cookie } });
    expect(reply.headers.etag).toBe(`"${BedDetail.parse(reply.json()).bed.liveSeq}"`);
  });

  test("a bed that rests on a pulse shows that, but not the pulse", async () => {
    const pulse = evidence({ metric: "pulse-rate", value: 64, unit: "/min", deviceId: "monitor-1" });
    await cloud().sync(batch([commissioned(), changed("occupancy", "present", { evidence: [pulse] })]));
    const nurse = await cloud().signIn("nurse");
    const detail = BedDetail.parse((await cloud().get("/api/v1/beds/bed-1", nurse)).body);
    const timeline = Timeline.parse((await cloud().get("/api/v1/beds/bed-1/timeline", nurse)).body);
    const shown = { metric: "pulse-rate", value: null, unit: null, deviceId: "monitor-1" };
    expect(detail.bed.axes.occupancy.evidence).toMatchObject([shown]);
    expect(timeline.entries[0]?.evidence).toMatchObject([shown]);
  });

  test("a bed's history is read newest first, page by page", async () => {
    const events = [...freeBed("bed-1"), settling(), changed("occupancy", "present")];
    await cloud().sync(batch([...events, ...freeBed("bed-2")]));
    const nurse = await cloud().signIn("nurse");
    const seqs: number[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const url: string = `/api/v1/beds/bed-1/timeline?limit=3${cursor && `&cursor=${cursor}`}`;
      const { entries, nextCursor } = Timeline.parse((await cloud().get(url, nurse)).body);
      seqs.push(...entries.map(({ seq }) => seq));
      cursor = nextCursor;
    }
    expect(seqs).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("what a new journal tells again is told once, and what it alone knows too", async () => {
    const known = [...freeBed("bed-1"), changed("occupancy", "present", { observedAtMs: START_MS + 1_000 })];
    const news = changed("occupancy", "absent", { observedAtMs: START_MS + 2_000 });
    // The same words twice in one journal were said twice.
    await cloud().sync(batch([...known, settling(), settling()]));
    await cloud().sync(batch([...known, settling(), news], { epoch: "00000000000000a2" }));
    const { body } = await cloud().get("/api/v1/beds/bed-1/timeline", await cloud().signIn("nurse"));
    const { entries } = Timeline.parse(body);
    expect(entries.map(({ epoch, seq }) => `${epoch.at(-1)} ${seq}`)).toEqual([
      `2 ${known.length + 2}`,
      ...Array.from({ length: known.length + 2 }, (_, n) => `1 ${known.length + 2 - n}`),
    ]);
  });

  test("a line of history says what became of what, by whom, and when", async () => {
    const observedAtMs = Date.UTC(2026, 0, 6, 9, 58);
    await cloud().sync(batch([commissioned(), changed("occupancy", "present", { observedAtMs })]));
    const { body } = await cloud().get("/api/v1/beds/bed-1/timeline?limit=1", await cloud().signIn("nurse"));
    expect(Timeline.parse(body).entries).toEqual([
      {
        gatewayId: "gw-north",
        epoch: "00000000000000a1",
        seq: 2,
        kind: "occupancy-changed",
        to: "present",
        by: { kind: "sensor", deviceId: "mat-1" },
        evidence: [],
        observedAt: "2026-01-06T09:58:00.000Z",
        receivedAt: "2026-01-06T10:00:00.000Z",
      },
    ]);
  });

  test("answers are not kept by caches, and large ones are compressed", async () => {
    await fillWards();
    const cookie = await cloud().signIn("nurse");
    const headers = { cookie, "accept-encoding": "gzip" };
    const reply = await cloud().app.inject({ url: "/api/v1/beds", headers });
    expect(reply.headers).toMatchObject({ "cache-control": "no-store", "content-encoding": "gzip" });
  });
});
