import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { CommitQueue } from "../../../gateway/ingest/commit-queue.ts";

/** A disk that notes what it was given, and may fail from the nth group on. */
function openQueue({ itemsMax = 100, failsFrom = Number.POSITIVE_INFINITY } = {}) {
  const groups: string[][] = [];
  const failures: unknown[] = [];
  const order: string[] = [];
  const queue = new CommitQueue<string>({
    commit(items) {
      groups.push([...items]);
      if (groups.length >= failsFrom) throw new Error("disk full");
      order.push(`kept ${items.join(" ")}`);
    },
    onFailure: (error) => failures.push(error),
    itemsMax,
  });
  const submit = (item: string) =>
    queue.submit(item).then(
      () => void order.push(`acknowledged ${item}`),
      (error: Error) => void order.push(`refused ${item}: ${error.message}`),
    );
  return { queue, groups, failures, order, submit };
}

describe("the commit queue", () => {
  test("keeps the order, one group for one turn, and acknowledges only what is kept", async () => {
    const { submit, order } = openQueue();
    await Promise.all(["a", "b", "c"].map(submit));
    await submit("d");
    expect(order).toEqual([
      "kept a b c",
      "acknowledged a",
      "acknowledged b",
      "acknowledged c",
      "kept d",
      "acknowledged d",
    ]);
  });

  test("commits a flood in groups no larger than it may, and lets others have their turn between", async () => {
    const { submit, groups, queue } = openQueue({ itemsMax: 2 });
    const all = Promise.all(["a", "b", "c", "d", "e"].map(submit));
    expect(queue.depth).toBe(5);
    await nextTurn();
    expect(queue.depth).toBeLessThan(5);
    await all;
    expect(groups).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  test("after a commit that failed refuses all that waits and all that comes, and says so once", async () => {
    const { submit, order, groups, failures } = openQueue({ itemsMax: 2, failsFrom: 2 });
    await Promise.all(["a", "b", "c", "d", "e"].map(submit));
    await submit("f");
    expect(order).toEqual([
      "kept a b",
      "acknowledged a",
      "acknowledged b",
      "refused c: disk full",
      "refused d: disk full",
      "refused e: disk full",
      "refused f: disk full",
    ]);
    expect([groups.length, failures.length]).toEqual([2, 1]);
  });
});
