import { expect, test } from "vitest";
import { holdsRecord } from "../../../cloud/evidence/views/same-record.ts";
import { changed, commissioned } from "../records.ts";

const record = changed("occupancy", "absent");

test("a record is the same whatever the order of its fields, and whatever a newer gateway says beside it", () => {
  const turned = Object.fromEntries(Object.entries(record).reverse());
  expect(holdsRecord(JSON.stringify(turned), record)).toBe(true);
  expect(holdsRecord(JSON.stringify({ ...record, newer: { field: 1 } }), record)).toBe(true);
  expect(holdsRecord(JSON.stringify(commissioned()), commissioned())).toBe(true);
});

test.each([
  ["another value", { ...record, to: "present" }],
  ["another kind of value", { ...record, observedAtMs: String(record.observedAtMs) }],
  ["a field less", { ...record, by: undefined }],
  ["another value further down", { ...record, by: { kind: "sensor", deviceId: "mat-2" } }],
  ["one thing more in a list", { ...record, evidence: [{}] }],
  ["a list where an object was", { ...record, by: [] }],
  ["an object where a list was", { ...record, evidence: {} }],
  ["null", null],
  ["a list", [record]],
])("%s is another record", (_title, logged) => {
  expect(holdsRecord(JSON.stringify(logged), record)).toBe(false);
});

test("what is no JSON is no record", () => {
  expect(holdsRecord("{", record)).toBe(false);
  expect(holdsRecord("", null)).toBe(false);
});
