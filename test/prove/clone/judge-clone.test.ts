import { expect, test } from "vitest";
import { type GatewayEnd, judgeJournals } from "./judge-clone.ts";

const end = (change: Partial<GatewayEnd> = {}): GatewayEnd => ({
  name: "copy",
  epoch: "e1",
  isRefused: false,
  acknowledged: [50, 60, 61],
  ...change,
});
const stored = (...values: number[]) => new Map([["e1", values]]);

test("a gateway that was not refused has everything in the cloud, and nobody else's", () => {
  expect(judgeJournals([end()], stored(50, 60, 61))).toEqual([]);
});

test("what was acknowledged and skipped is found", () => {
  expect(judgeJournals([end()], stored(50, 70, 61))).toEqual([
    "copy was not refused, and of what it acknowledged 60 is not in the cloud",
    "copy's journal has 70 in the cloud, which another one said",
  ]);
});

test("one that was refused keeps what it has: nothing of it is expected", () => {
  expect(judgeJournals([end({ isRefused: true })], stored(50, 70))).toEqual([]);
});

test("a journal that the cloud never heard of has nothing there", () => {
  expect(judgeJournals([end({ epoch: "e2" })], stored(50))).toHaveLength(1);
});
