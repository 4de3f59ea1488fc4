/** What goes over the wire to an InfluxDB, and what never does. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bedStatePoint } from "../../cloud/history/influxdb/bed-state-point.ts";
import { statementOf } from "../../cloud/history/influxdb/influxql.ts";
import { type InfluxPoint, lineOf, tagText } from "../../cloud/history/influxdb/line-protocol.ts";
import {
  nanoseconds,
  pointOf,
  readingLine,
  SLOTS_MAX,
  STORE_AT_MS_MAX,
} from "../../cloud/history/influxdb/reading-point.ts";
import type { Point } from "../../cloud/history/series-store.ts";
import { SeriesKey } from "../../contracts/wire/history.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { changed, decommissioned, findingsChanged, roomCondition, START_MS } from "./records.ts";

/** A second reading of the protocol's description: splits at what no backslash stands before. */
function parseLine(line: string) {
  const parts = splitAt(line, " ");
  const [measurement, ...tags] = splitAt(parts[0] ?? "", ",");
  const pairs = (texts: readonly string[]) =>
    Object.fromEntries(texts.map((text) => splitAt(text, "=").map(unescaped)));
  return {
    measurement: unescaped(measurement ?? ""),
    tags: pairs(tags),
    fields: Object.fromEntries(splitAt(parts[1] ?? "", ",").map((text) => splitAt(text, "="))),
    timestamp: parts[2],
    parts: parts.length,
  };
}

function splitAt(text: string, separator: string): string[] {
  const parts = [""];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === separator) parts.push("");
    else {
      const taken = character === "\\" ? `${character}${text[++at] ?? ""}` : character;
      parts[parts.length - 1] += taken;
    }
  }
  return parts;
}

const unescaped = (text: string) => text.replace(/\\(.)/g, "$1");

const series = (fields: Partial<SeriesKey> = {}) =>
  SeriesKey.parse({
    hospitalId: "north",
    gatewayId: "gw-north",
    deviceId: "mat-1",
    bedId: "bed-1",
    roomId: "room-1",
    metric: "load",
    unit: "kg",
    ...fields,
  });

const point = (fields: Partial<Point> = {}): Point => ({
  series: series(),
  journalId: 7,
  lane: 1,
  seq: 1,
  observedAtMs: START_MS,
  slot: 0,
  value: 71.5,
  flags: 0,
  ...fields,
});

const written = (fields: Partial<Point>): InfluxPoint => {
  const made = pointOf(point(fields), "ns");
  if ("reason" in made) throw new Error(made.reason);
  return made;
};

const HOSTILE = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc
    .array(
      fc.constantFrom("\\", ",", "=", " ", "\n", "\r", '"', "'", "%", "%5C", "0A", "µ", "😀", "\t", "\u007f"),
    )
    .map((parts) => parts.join("")),
);

describe("a line", () => {
  test("of a good reading names its place, its value and its time", () => {
    expect(lineOf(written({}))).toBe(
      "load,bed=bed-1,device=mat-1,gateway=gw-north,hospital=north,journal=7,room=room-1,unit=kg value=71.5 1767693600000000000",
    );
  });

  test.each<[string, Partial<Point>, string]>([
    [
      "a boolean is a number",
      { series: series({ metric: "occupancy", unit: null }), value: 1, flags: 16 },
      "value=1",
    ],
    [
      "a bad value never stands in value",
      { value: 612, flags: 1 },
      'bad_value=612,bad_reason="out-of-range"',
    ],
    ["a reading without a value has its reason", { value: 0, flags: 32 | 4 }, 'bad_reason="sensor-fault"'],
    ["and some reason where none was given", { value: 0, flags: 32 }, 'bad_reason="no-value"'],
    ["the least number there is", { value: 5e-324 }, "value=5e-324"],
    ["the greatest", { value: 1.7976931348623157e308 }, "value=1.7976931348623157e+308"],
  ])("%s", (_name, fields, expected) => expect(lineOf(written(fields)).split(" ")[1]).toBe(expected));

  test("a second reading of the millisecond has the next nanosecond, one in a foreign lane another half", () => {
    expect(written({ slot: 12 }).timestamp).toBe(`${START_MS}000012`);
    expect(written({ slot: 12, lane: 2 }).timestamp).toBe(`${START_MS}500012`);
  });

  test("where only milliseconds are kept, the slot is a tag", () => {
    expect(pointOf(point(), "ms")).toMatchObject({ timestamp: String(START_MS), tags: { journal: "7" } });
    expect(pointOf(point({ slot: 3 }), "ms")).toMatchObject({
      timestamp: String(START_MS),
      tags: { slot: "3" },
    });
  });

  test.each<[string, Partial<Point>]>([
    ["not a number", { value: Number.NaN }],
    ["infinite", { value: Number.NEGATIVE_INFINITY }],
    ["observed when no 64 bits reach", { observedAtMs: 9_223_372_036_855 }],
    ["the half millionth of a millisecond", { slot: SLOTS_MAX }],
    ["flags of tomorrow", { flags: 64 }],
  ])("is never made of what no line can carry: %s", (_name, fields) => {
    expect(pointOf(point(fields), "ns")).toHaveProperty("reason");
  });

  test("says of any name whatsoever exactly that name, on one line", () => {
    fc.assert(
      fc.property(HOSTILE, HOSTILE, (unit, deviceId) => {
        const made = written({ series: { ...series(), unit, deviceId: deviceId as SeriesKey["deviceId"] } });
        const line = lineOf(made);
        expect(line).not.toMatch(/[\n\r]/);
        const { tags, parts, fields } = parseLine(line);
        expect(parts).toBe(3);
        expect(tags).toEqual({ ...made.tags });
        expect(tags.unit).toBe(tagText(unit));
        expect(fields).toEqual({ value: "71.5" });
      }),
    );
  });

  test("two names never become one", () => {
    // PostgreSQL, where names come from, keeps no NUL.
    const name = HOSTILE.filter((text) => !text.includes("\u0000"));
    fc.assert(
      fc.property(name, name, (one, other) => {
        if (one !== other) expect(tagText(one)).not.toBe(tagText(other));
        expect(tagText(one)).not.toBe("");
        expect(tagText(one)).not.toMatch(/\\$/);
      }),
    );
  });

  test("is written at once as it would be by way of its point, or refused for the same reason", () => {
    const anyPoint = fc.record({
      value: fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 71.5)),
      flags: fc.oneof(fc.integer({ min: -1, max: 70 }), fc.constantFrom(0, 8, 0.5)),
      slot: fc.constantFrom(0, 0, 1, SLOTS_MAX - 1, SLOTS_MAX),
      lane: fc.constantFrom(0, 1, 2),
      observedAtMs: fc.constantFrom(0, START_MS, 9_223_372_036_854, 9_223_372_036_855),
      journalId: fc.constantFrom(7, 8),
    });
    const precisions = fc.constantFrom("ns" as const, "ms" as const);
    fc.assert(
      fc.property(anyPoint, precisions, (fields, precision) => {
        const made = pointOf(point(fields), precision);
        expect(readingLine(point(fields), precision)).toEqual("reason" in made ? made : lineOf(made));
      }),
      { numRuns: 1_000 },
    );
  });

  test("of any time says exactly that time, also after one that shares its first digits", () => {
    const anyTimes = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: STORE_AT_MS_MAX }),
        fc.integer({ min: START_MS, max: START_MS + 2_000 }),
        fc.integer({ min: 0, max: 2_000 }),
      ),
    );
    fc.assert(
      fc.property(anyTimes, (times) => {
        for (const atMs of times)
          expect(nanoseconds(atMs, 0)).toBe(`${BigInt(atMs) * 1_000_000n}`.padStart(7, "0"));
      }),
    );
  });

  test("of any finite number says exactly that number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(parseLine(lineOf(written({ value }))).fields.value) + 0).toBe(value + 0);
      }),
    );
  });
});

describe("a bed event", () => {
  const sent = (event: Parameters<typeof bedStatePoint>[0]["event"], seq = 5) =>
    bedStatePoint(
      { event, hospitalId: HospitalId.parse("north"), gatewayId: "gw-north", journalId: 7, seq },
      "ns",
    );

  test("that changes an axis is a point of it, with the value's place in its axis", () => {
    const point = sent(changed("readiness", "cleaning"));
    if (point === null || "reason" in point) throw new Error("expected a point");
    expect(lineOf(point)).toBe(
      `bed-state,axis=readiness,bed=bed-1,gateway=gw-north,hospital=north,journal=7 to="cleaning",code=2,by="sensor mat-1" ${START_MS}000005`,
    );
  });

  test("names nobody who declared something", () => {
    const by = { kind: "declaration", who: "Sister Mary" };
    expect(sent(changed("service", "blocked", { by }))).toMatchObject({ fields: { by: "declaration" } });
  });

  test("of a room and of coming and going are points too, what is not yet a state is none", () => {
    expect(sent(roomCondition())).toMatchObject({
      tags: { axis: "room-condition" },
      fields: { to: "out-of-limits" },
    });
    expect(sent(decommissioned())).toMatchObject({
      tags: { axis: "use" },
      fields: { to: "out-of-use", code: 0 },
    });
    expect(sent(findingsChanged())).toBeNull();
  });
});

describe("a question", () => {
  const range = { fromMs: START_MS, toMs: START_MS + 60_000, everyMs: 5_000, pointsMax: 12 };

  test("asks for good and bad apart, in whole multiples of the width, and for no more than its points", () => {
    expect(statementOf({ ...series(), seriesIds: [1] }, range)).toBe(
      `SELECT min("value"), mean("value"), max("value"), last("value"), count("value"), count("bad_reason") FROM "load" WHERE "device" = 'mat-1' AND "gateway" = 'gw-north' AND "bed" = 'bed-1' AND time >= ${START_MS}ms AND time < ${START_MS + 60_000}ms GROUP BY time(5000ms) fill(none) LIMIT 12`,
    );
  });

  test("of a device at no bed asks for its room", () => {
    expect(
      statementOf({ ...series({ bedId: null }), seriesIds: [1] }, { ...range, everyMs: null }),
    ).toContain(
      `SELECT "value", "bad_reason" FROM "load" WHERE "device" = 'mat-1' AND "gateway" = 'gw-north' AND "bed" = '' AND "room" = 'room-1'`,
    );
  });

  test("holds no name that could end it", () => {
    const deviceId = `a'; DROP DATABASE "h` as SeriesKey["deviceId"];
    expect(statementOf({ ...series(), deviceId, seriesIds: [1] }, range)).toContain(
      `"device" = 'a\\'; DROP DATABASE "h' AND`,
    );
  });
});
