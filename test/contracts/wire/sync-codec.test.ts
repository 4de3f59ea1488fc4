import { gzipSync } from "node:zlib";
import { Packr } from "msgpackr";
import { describe, expect, test } from "vitest";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { BootId, Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX } from "../../../contracts/wire/sync.ts";
import type { BatchContent, ReadingsContent, SyncBatch } from "../../../contracts/wire/sync-batch.ts";
import { decodeSyncBatch } from "../../../contracts/wire/sync-codec.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { realisticReadings } from "../../support/realistic-readings.ts";
import { anOccupancyChange } from "../../support/records.ts";

const batchOf = (content: BatchContent): SyncBatch => ({
  version: 2,
  gatewayId: GatewayId.parse("gw-north"),
  epoch: Epoch.parse("0123456789abcdef"),
  bootId: BootId.parse("00000000000000b1"),
  lane: content.kind === "events" ? "beds" : "vitals",
  firstSeq: 7,
  sentAtMs: BEGIN_MS,
  behindCount: 3,
  content,
});
const readings = realisticReadings(1_000).content;

/** As a sender that follows no rule would pack it. */
const packed = (change: (batch: Record<string, unknown>, content: Record<string, unknown>) => void) => {
  const packr = new Packr({ useRecords: false });
  const batch = structuredClone(packr.unpack(encodeSyncBatch(batchOf(readings))));
  change(batch, batch.content);
  return packr.pack(batch);
};

describe("a batch comes out as it went in", () => {
  const tombstone: BatchContent = {
    kind: "tombstone",
    throughSeq: 4_000,
    reason: "disk-budget",
    aggregates: {
      everyMs: 10_000,
      series: readings.series.slice(0, 2),
      seriesOf: [0, 1, 0],
      startAtMs: [BEGIN_MS - 20_000, BEGIN_MS - 20_000, BEGIN_MS - 10_000],
      count: [10, 10, 9],
      min: [70.1, 60, 70.2],
      mean: [70.15555, 61.5, 70.3],
      max: [70.2, 64, 70.4],
    },
  };
  const awkward: ReadingsContent = {
    kind: "readings",
    series: readings.series.slice(0, 2),
    seriesOf: [0, 1, 0, 1, 0, 0, 1],
    receivedAtMs: [5, BEGIN_MS, 4, 4, 253_402_300_799_999, 0, 1],
    observedAtMs: [BEGIN_MS, 0, 4, 5, 1, 2, 253_402_300_799_999],
    value: [0.1 + 0.2, 71.4, -1e300, -0.001, 5e-324, 1 / 3, 123_456_789.125],
    flags: [0, 8, 16, 32, 1, 2, 63],
  };
  test.each<[string, BatchContent]>([
    [
      "of bed events",
      { kind: "events", events: [anOccupancyChange("present"), anOccupancyChange("absent")] },
    ],
    ["of readings", readings],
    ["of readings with numbers that no decimal place holds", awkward],
    ["of a tombstone", tombstone],
    [
      "of a tombstone that left nothing",
      {
        ...tombstone,
        aggregates: {
          everyMs: null,
          series: [],
          seriesOf: [],
          startAtMs: [],
          count: [],
          min: [],
          mean: [],
          max: [],
        },
      },
    ],
  ])("%s", (_what, content) => {
    expect(decodeSyncBatch(encodeSyncBatch(batchOf(content)))).toEqual({ batch: batchOf(content) });
  });

  test("without what is undefined in it", () => {
    const event = { ...anOccupancyChange("present"), weight: undefined };
    const decoded = decodeSyncBatch(encodeSyncBatch(batchOf({ kind: "events", events: [event] })));
    expect(decoded).toMatchObject({ batch: { content: { events: [anOccupancyChange("present")] } } });
  });

  test("without fields that a newer version added", () => {
    const bytes = packed((batch, content) => {
      batch.addedLater = 1;
      content.addedLater = ["x"];
    });
    expect(decodeSyncBatch(bytes)).toEqual({ batch: batchOf(readings) });
  });
});

test("a synced reading takes at most 0.15 of its plain JSON's bytes", () => {
  const { content, json } = realisticReadings(BATCH_RECORDS_MAX);
  const bytes = gzipSync(encodeSyncBatch(batchOf(content)), { level: 1 }).byteLength;
  const plain = Buffer.byteLength(json);
  const perReading = (bytes / BATCH_RECORDS_MAX).toFixed(1);
  console.info(
    `${perReading} bytes a reading, ${(plain / BATCH_RECORDS_MAX).toFixed(1)} in JSON, ratio ${(bytes / plain).toFixed(3)}`,
  );
  expect(bytes / plain).toBeLessThanOrEqual(0.15);
});

describe("a record that is wrong is handed on, for its own verdict", () => {
  test.each<[string, string, unknown]>([
    ["a value that is a text", "value", "high"],
    ["a value that is not there", "value", null],
    ["a flag that is none", "flags", "bad"],
    ["an observed time that is none", "observed", {}],
    ["a series that is none", "seriesOf", "mat-1"],
  ])("%s", (_what, column, wrong) => {
    const bytes = packed((_batch, content) => {
      (content[column] as unknown[])[5] = wrong;
    });
    const decoded = decodeSyncBatch(bytes);
    if ("error" in decoded || decoded.batch.content.kind !== "readings") throw new Error("expected readings");
    const { content } = decoded.batch;
    const ofRecord = [content.value[5], content.flags[5], content.observedAtMs[5], content.seriesOf[5]];
    expect(ofRecord.filter((each) => Number.isNaN(each)).length).toBeGreaterThanOrEqual(1);
    expect(content.flags).toHaveLength(1_000);
  });

  test("series and events are not judged here", () => {
    const decoded = decodeSyncBatch(
      packed((_batch, content) => {
        (content.series as unknown[])[0] = 5;
      }),
    );
    expect(decoded).toMatchObject({ batch: { content: { kind: "readings" } } });
  });
});

describe("a body that no gateway of ours would send is refused in words", () => {
  const packr = new Packr({ useRecords: false });
  const deep = (depth: number): Uint8Array => Buffer.from([...new Array(depth).fill(0x91), 0xc0]);
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", Buffer.alloc(0), /ends too early/],
    ["no map", packr.pack([1, 2]), /batch: /],
    ["JSON", Buffer.from('{"version":1}'), /something follows/],
    ["cut off", encodeSyncBatch(batchOf(readings)).subarray(0, 3_000), /too early|longer than the body/],
    ["followed by more", Buffer.concat([encodeSyncBatch(batchOf(readings)), Buffer.from([0])]), /follows/],
    [
      "an array of four thousand million",
      Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, 0]),
      /longer than the body/,
    ],
    [
      "a map of four thousand million",
      Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff, 0]),
      /longer than the body/,
    ],
    ["a text longer than all", Buffer.from([0xdb, 0xff, 0xff, 0xff, 0xff, 0x41]), /longer than the body/],
    ["arrays in arrays in arrays", deep(100_000), /nested deeper/],
    ["a record definition", new Packr({ useRecords: true }).pack({ a: 1 }), /no plain data/],
    ["a date", packr.pack({ at: new Date(0) }), /no plain data/],
    ["undefined", packr.pack([undefined]), /no plain data/],
    ["bytes", packr.pack(Buffer.from("x")), /no plain data/],
    ["a key that is a number", packr.pack(new Map([[1, 2]])), /a key that is no text/],
    [
      "another version",
      packed((batch) => {
        batch.version = 1;
      }),
      /version: /,
    ],
    [
      "a gateway of no name",
      packed((batch) => {
        batch.gatewayId = "Gateway 1";
      }),
      /gatewayId: /,
    ],
    [
      "a lane of no name",
      packed((batch) => {
        batch.lane = "kitchen";
      }),
      /lane: /,
    ],
    ["no boot", packed((batch) => void delete batch.bootId), /bootId: /],
    [
      "a number before the first",
      packed((batch) => {
        batch.firstSeq = 0;
      }),
      /firstSeq: /,
    ],
    [
      "a number beyond all",
      packed((batch) => {
        batch.firstSeq = Number.MAX_SAFE_INTEGER;
      }),
      /too large/,
    ],
    ["columns of two lengths", packed((_, content) => void (content.flags as []).pop()), /one length/],
    [
      "no record",
      packed((_, content) => {
        content.value = [];
      }),
      /content.value: /,
    ],
    [
      "more records than may be",
      packed((_, content) => {
        content.value = new Array(BATCH_RECORDS_MAX + 1).fill(1);
      }),
      /content.value: /,
    ],
    [
      "a received time that is none",
      packed((_, content) => {
        (content.received as unknown[])[3] = 0.5;
      }),
      /whole numbers/,
    ],
  ])("%s", (_what, bytes, why) => {
    expect(decodeSyncBatch(bytes)).toEqual({ error: expect.stringMatching(why) });
  });

  test("a key that would reach into every object reaches into none", () => {
    const body = Buffer.concat([
      Buffer.from([0x81, 0xa9]),
      Buffer.from("__proto__"),
      Buffer.from([0x81, 0xa1, 0x61, 1]),
    ]);
    expect(decodeSyncBatch(body)).toHaveProperty("error");
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test("whatever bytes come, an answer comes", () => {
    const whole = encodeSyncBatch(batchOf(realisticReadings(20).content));
    let state = 42;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 8;
    };
    for (let round = 0; round < 3_000; round++) {
      const bytes = Buffer.from(whole);
      for (let flips = random() % 4; flips >= 0; flips--) bytes[random() % bytes.length] = random() & 0xff;
      const decoded = decodeSyncBatch(
        bytes.subarray(0, round % 3 === 0 ? random() % bytes.length : undefined),
      );
      expect("batch" in decoded || decoded.error.length > 0).toBe(true);
    }
  });
});
