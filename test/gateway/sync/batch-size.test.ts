import { describe, expect, test } from "vitest";
import { BatchSize, RECORDS_MAX } from "../../../gateway/sync/batch-size.ts";

/** Sends batches over a link that takes so long for each record, and says how long each batch and its time were. */
function sendOver(msPerRecord: number, batches: number) {
  const size = new BatchSize();
  return Array.from({ length: batches }, () => {
    const { records } = size;
    size.took(records * msPerRecord, records);
    return { records, ms: records * msPerRecord };
  });
}

describe("a batch", () => {
  test("begins small and grows fast to its bound on a good link", () => {
    const sizes = sendOver(0.05, 7).map(({ records }) => records);
    expect(sizes).toEqual([100, 200, 400, 800, 1_600, RECORDS_MAX, RECORDS_MAX]);
  });

  test("takes about a second at most on a thin link", () => {
    // 64 kbit/s and some 15 bytes a reading.
    const after = sendOver(1.9, 12).slice(3);
    for (const { ms } of after) expect(ms).toBeLessThanOrEqual(1_000);
    for (const { ms } of after) expect(ms).toBeGreaterThan(250);
  });

  test("shrinks at once where the link gets worse", () => {
    const size = new BatchSize();
    for (let round = 0; round < 8; round++) size.took(10, size.records);
    size.took(20_000, RECORDS_MAX);
    expect(size.records).toBe(100);
  });

  test("that was not full says nothing of a full one", () => {
    const size = new BatchSize();
    size.took(10, 3);
    expect(size.records).toBe(100);
  });

  test("begins small again after a failure", () => {
    const size = new BatchSize();
    for (let round = 0; round < 8; round++) size.took(10, size.records);
    size.failed();
    expect(size.records).toBe(100);
    for (let round = 0; round < 8; round++) size.failed();
    expect(size.records).toBe(10);
  });

  test("that is too large is halved down to one record, and then it is not its length", () => {
    const size = new BatchSize();
    let halvings = 0;
    while (size.tooLarge()) halvings += 1;
    expect([halvings, size.records]).toEqual([6, 1]);
  });
});
