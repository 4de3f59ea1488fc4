import { expect, test } from "vitest";
import { createNewestQueue } from "../../../firmware-sim/ports/newest-queue.ts";

test("a full queue keeps the newest, in order", () => {
  const queue = createNewestQueue<number>(3);
  for (const item of [1, 2, 3, 4, 5]) queue.add(item);
  expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([3, 4, 5, undefined]);
});
