import { expect, test } from "vitest";
import { forEachRow, type PackedRows, ReadingRows } from "../../../gateway/journal/reading-rows.ts";

/** So many rows, each with its own number as its value. */
function pushed(rows: ReadingRows, count: number): PackedRows {
  for (let value = 1; value <= count; value++) rows.push(1, 2, 3, 4, value, 5);
  return rows.take();
}
const valuesOf = (packed: PackedRows) => {
  const values: number[] = [];
  forEachRow(packed, ({ value }) => values.push(value));
  return values;
};
const counted = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test("rows come back as they were pushed, however many there are", () => {
  const rows = new ReadingRows(1);
  for (const count of [1, 0, 3, 1_000, 2, 65]) expect(valuesOf(pushed(rows, count))).toEqual(counted(count));
});

test("what is handed over is as large as its rows, also after a flood", () => {
  const rows = new ReadingRows();
  const lone = pushed(rows, 1).buffer.byteLength;
  expect(pushed(rows, 5_000).buffer.byteLength).toBe(5_000 * lone);
  expect(pushed(rows, 1).buffer.byteLength).toBe(lone);
});
