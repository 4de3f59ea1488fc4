import { expect, test } from "vitest";
import { Gate } from "../../cloud/ingest/gate.ts";

test("so many are let in, a few more wait in order, and the rest are turned away", async () => {
  const gate = new Gate({ insideMax: 2, waitingMax: 2 });
  const leave = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const passed = leave.map(({ promise }, n) =>
    gate.pass(async () => {
      begun.push(n);
      await promise;
      return n;
    }),
  );
  expect([begun, gate.inside, gate.waiting, gate.isFull]).toEqual([[0, 1], 2, 2, true]);
  expect(await passed[4]).toBeNull();
  leave[1]?.resolve();
  expect(await passed[1]).toBe(1);
  expect(begun).toEqual([0, 1, 2]);
  leave[0]?.reject(new Error("it failed"));
  await expect(passed[0]).rejects.toThrow("it failed");
  for (const { resolve } of leave) resolve();
  expect(await Promise.all([passed[2], passed[3]])).toEqual([2, 3]);
  expect([gate.inside, gate.waiting, gate.isFull]).toEqual([0, 0, false]);
});
