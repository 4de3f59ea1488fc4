import { expect, test } from "vitest";
import {
  copyOf,
  forEachRow,
  type PackedRows,
  ReadingRows,
  RowsRoom,
} from "../../../gateway/journal/reading-rows.ts";

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

test("what is lent stays as it is until more is pushed, and what was copied of it after that too", () => {
  const rows = new ReadingRows(4);
  const room = new RowsRoom(RowsRoom.memoryFor(300));
  let at = 0;
  for (const count of [3, 1, 0, 100, 2]) {
    for (let value = 1; value <= count; value++) rows.push(1, 2, 3, 4, at + value, 5);
    const lent = rows.lend();
    expect([rows.count, lent.count]).toEqual([0, count]);
    room.write(lent, at);
    const copy = copyOf(lent);
    const values = counted(count).map((value) => at + value);
    expect(valuesOf(lent)).toEqual(values);
    rows.push(9, 9, 9, 9, 9, 9);
    rows.lend();
    expect(valuesOf(copy)).toEqual(values);
    at += count;
  }
  expect(valuesOf(room.read(at))).toEqual(counted(at));
});
