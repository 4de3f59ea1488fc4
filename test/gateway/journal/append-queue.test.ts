import { expect, test } from "vitest";
import { AppendQueue } from "../../../gateway/journal/append-queue.ts";
import type { JournalGroup } from "../../../gateway/journal/journal-port.ts";
import { emptyGroup } from "../../support/journal-groups.ts";

/** A disk with room for so many groups, told apart by their only state. */
function diskWith(room: number) {
  const kept: string[] = [];
  const transactions: number[] = [];
  const disk = {
    room,
    kept,
    transactions,
    told: 0,
    queue: new AppendQueue({
      append(groups) {
        if (groups.length > disk.room) return false;
        disk.room -= groups.length;
        transactions.push(groups.length);
        kept.push(...groups.map(({ states }) => states[0]?.[1] ?? ""));
        return true;
      },
      onKept(count) {
        disk.told += count;
        // Nobody is told of what is not on disk.
        expect(disk.told).toBeLessThanOrEqual(kept.length);
      },
    }),
  };
  return disk;
}
const groups = (...names: string[]): JournalGroup[] =>
  names.map((name) => ({ ...emptyGroup(), states: [["bed:bed-1", name]] }));

test("groups that came together go together, in order", () => {
  const disk = diskWith(10);
  disk.queue.add(groups("a", "b", "c"));
  disk.queue.add(groups("d"));
  expect([disk.kept.join(""), disk.transactions, disk.told]).toEqual(["abcd", [3, 1], 4]);
});

test("what a full disk does not take waits, is not told as kept, and lets nothing pass it", () => {
  const disk = diskWith(2);
  disk.queue.add(groups("a"));
  disk.queue.add(groups("b", "c"));
  disk.queue.add(groups("d"));
  expect([disk.kept.join(""), disk.told, disk.queue.isStalled]).toEqual(["a", 1, true]);
  disk.queue.retry();
  expect([disk.kept.join(""), disk.told, disk.queue.isStalled]).toEqual(["ab", 2, true]);
  disk.room = 10;
  disk.queue.retry();
  disk.queue.add(groups("e"));
  expect([disk.kept.join(""), disk.told, disk.queue.isStalled]).toEqual(["abcde", 5, false]);
});
