import { describe, expect, test } from "vitest";
import type { SeriesFacts } from "../../../contracts/wire/reading-columns.ts";
import { SeriesBook } from "../../../gateway/ingest/series-book.ts";
import { ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { BED, BED_DEVICE } from "../../support/wards.ts";

const none = { count: 0, buffer: new ArrayBuffer(0) };
const empty = { series: [], recent: { vitals: none, environment: none } };
const LOAD: SeriesFacts = { deviceId: BED_DEVICE, bedId: BED, roomId: null, metric: "load", unit: "kg" };

describe("series", () => {
  test("are numbered on from those that the journal has", () => {
    const book = new SeriesBook({ ...empty, series: [{ ...LOAD, id: 7 }] });
    expect(book.open(LOAD).id).toBe(7);
    expect(book.open({ ...LOAD, unit: "lb" }).id).toBe(8);
    expect(book.takeNew()).toEqual([{ ...LOAD, unit: "lb", id: 8 }]);
    expect(book.takeNew()).toEqual([]);
  });

  test("of no unit and of a unit that reads like none are two", () => {
    const book = new SeriesBook(empty);
    const ids = [null, "", "null", "="].map((unit) => book.open({ ...LOAD, unit }).id);
    expect(new Set(ids).size).toBe(4);
  });

  test("share what is remembered: the more there are, the less each may keep", () => {
    const book = new SeriesBook(empty);
    const first = book.open(LOAD);
    for (let unit = 0; unit < 10_000; unit++) book.open({ ...LOAD, unit: `u${unit}` });
    for (let stamp = 0; stamp < 1_000; stamp++) book.remember(first, stamp, 1, 0);
    expect(first.ring.count).toBe(128);
  });

  test("know after a start what was said before it", () => {
    const rows = new ReadingRows();
    rows.push(7, 1_000, 1_000, 900, 71.4, 0);
    rows.push(7, 2_000, 2_000, Number.NaN, 71.5, 0);
    const recent = { ...empty.recent, vitals: rows.take() };
    const { ring } = new SeriesBook({ series: [{ ...LOAD, id: 7 }], recent }).open(LOAD);
    expect([ring.has(900, 71.4, 0), ring.has(900, 71.5, 0), ring.count]).toEqual([true, false, 1]);
  });
});
