import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { DeviceBook } from "../../../gateway/ingest/device-book.ts";
import { IngestQueue } from "../../../gateway/ingest/ingest-queue.ts";
import { Pipeline } from "../../../gateway/ingest/pipeline.ts";
import { StageTrace } from "../../../gateway/ingest/stage-trace.ts";
import { WardState } from "../../../gateway/interpret/ward-state.ts";
import type { JournalGroup } from "../../../gateway/journal/journal-port.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { pack } from "../../support/messages.ts";
import { at } from "../../support/moments.ts";
import { topology } from "../../support/wards.ts";

/** A journal whose commits end when the test says so, and what became of each message, in the order in which it was told. */
function openQueue({ itemsMax = 100, bytesMax = 1_000_000, joins = false } = {}) {
  const journal = new MemoryJournal();
  const commits: { readonly rows: number; readonly end: (error?: Error) => void }[] = [];
  const append = (group: JournalGroup) =>
    new Promise<void>((resolve, reject) => {
      const end = (error?: Error) => {
        if (error !== undefined) return reject(error);
        void journal.append(group).then(resolve);
      };
      commits.push({ rows: group.vitals.count, end });
    });
  const place = topology();
  const book = new DeviceBook();
  const ward = new WardState(place, new Map(), at(0));
  const pipeline = new Pipeline({ topology: place, journal, ward, book });
  const trace = new StageTrace();
  const told: string[] = [];
  let ms = 0;
  const queue = new IngestQueue({
    pipeline,
    journal: { append, joins },
    trace,
    nowMs: () => {
      ms += 1;
      return ms;
    },
    onCommitted: () => told.push("committed"),
    onFailure: (error) => told.push(`failed: ${error.message}`),
    limits: { itemsMax, bytesMax },
  });
  let second = 0;
  const take = (...names: readonly string[]) => {
    for (const name of names) {
      second += 1;
      const message = pack(at(second), [{ n: "load", u: "kg", v: second }]);
      queue.take(message, (error) => told.push(error === null ? name : `${name} refused: ${error.message}`));
    }
  };
  /** Ends the oldest commit under way, which there must be, and lets what follows from it happen. */
  const commit = async (error?: Error) => {
    const oldest = commits.shift();
    if (oldest === undefined) throw new Error("no commit is under way");
    oldest.end(error);
    await nextTurn();
    return oldest.rows;
  };
  return { queue, take, commit, commits, told, journal, pipeline, trace };
}

describe("messages", () => {
  test("of one turn go to disk together, and are told so in order, once they are there", async () => {
    const { take, commit, commits, told, journal } = openQueue();
    take("a", "b", "c");
    expect(commits).toHaveLength(0);
    await nextTurn();
    expect([commits.length, told]).toEqual([1, []]);
    expect(await commit()).toBe(3);
    expect(told).toEqual(["a", "b", "c", "committed"]);
    expect(journal.kept()).toHaveLength(3);
  });

  test("that come while a group is committed gather, and go as soon as it is done, before anybody is told", async () => {
    const { take, commit, commits, told } = openQueue();
    take("a");
    await nextTurn();
    take("b");
    await nextTurn();
    take("c");
    await nextTurn();
    expect(commits.map(({ rows }) => rows)).toEqual([1]);
    await commit();
    expect(commits.map(({ rows }) => rows)).toEqual([2]);
    await commit();
    expect(told).toEqual(["a", "committed", "b", "c", "committed"]);
  });

  test("go to a journal that joins them at the end of their turn, and are told in order", async () => {
    const { take, commit, commits, told } = openQueue({ joins: true });
    take("a");
    await nextTurn();
    take("b", "c");
    expect(commits).toHaveLength(1);
    await nextTurn();
    expect(commits.map(({ rows }) => rows)).toEqual([1, 2]);
    await commit();
    expect(told).toEqual(["a", "committed"]);
    await commit();
    expect(told).toEqual(["a", "committed", "b", "c", "committed"]);
  });

  test("that leave nothing to keep wait for those before them, also where the journal joins", async () => {
    const { queue, take, commit, told } = openQueue({ joins: true });
    const repeat = pack(at(1), [{ n: "load", u: "kg", v: 1, t: at(1).atMs / 1_000 }]);
    queue.take(repeat, () => told.push("first"));
    await nextTurn();
    queue.take(repeat, () => told.push("again"));
    await nextTurn();
    take("b");
    await nextTurn();
    expect(told).toEqual([]);
    await commit();
    expect(told.filter((one) => one !== "committed")).toEqual(["first", "again"]);
    await commit();
    expect(told.filter((one) => one !== "committed")).toEqual(["first", "again", "b"]);
  });

  test("that leave nothing to keep are told so after those before them, without a commit of their own", async () => {
    const { queue, take, commit, commits, told } = openQueue();
    const repeat = pack(at(1), [{ n: "load", u: "kg", v: 1, t: at(1).atMs / 1_000 }]);
    queue.take(repeat, () => told.push("first"));
    await nextTurn();
    queue.take(repeat, () => told.push("again"));
    take("b");
    await commit();
    expect(await commit()).toBe(1);
    queue.take(repeat, () => told.push("and again"));
    await nextTurn();
    expect(commits).toEqual([]);
    expect(told.filter((one) => one !== "committed")).toEqual(["first", "again", "b", "and again"]);
  });

  test("are counted, with what waits now", async () => {
    const { queue, take, commit, pipeline } = openQueue();
    take("a", "b");
    await nextTurn();
    take("c");
    expect(queue.counts).toEqual({ messages: 3, groups: 0, depth: 3 });
    await commit();
    await commit();
    expect(queue.counts).toEqual({ messages: 3, groups: 2, depth: 0 });
    expect(pipeline.counts).toEqual({ values: 3, repeats: 0 });
    expect(queue.commitMs.count).toBe(2);
  });

  test("and time go in one line", async () => {
    const { queue, take, commit, told } = openQueue();
    const commissioned = queue.commission(at(0)).then(() => told.push("commissioned"));
    take("a");
    const passed = queue.passTime(at(5)).then(() => told.push("time"));
    await nextTurn();
    await commit();
    await Promise.all([commissioned, passed]);
    expect(told).toEqual(["a", "committed", "commissioned", "time"]);
  });

  test("leave word behind even where nothing was kept, or nobody would look at the time again", async () => {
    const { queue, commits, told } = openQueue();
    await queue.passTime(at(5));
    await nextTurn();
    expect([commits, told]).toEqual([[], ["committed"]]);
  });
});

describe("a disk that stands still", () => {
  test("makes the queue full at its bound; it says when there is room again", async () => {
    const { queue, take, commit, commits, told } = openQueue({ itemsMax: 3 });
    take("a", "b", "c");
    expect([commits.length, queue.isFull]).toEqual([1, false]);
    take("d", "e");
    expect(queue.isFull).toBe(false);
    take("f");
    expect(queue.isFull).toBe(true);
    queue.onRoom(() => told.push("room"));
    // What a transport had in hand already is taken all the same.
    take("g");
    await nextTurn();
    expect([commits.length, told]).toEqual([1, []]);
    await commit();
    expect(told).toEqual(["room", "a", "b", "c", "committed"]);
    expect(queue.isFull).toBe(false);
    expect(await commit()).toBe(4);
  });

  test("bounds what brings the journal no rows too, where that joins whatever comes", async () => {
    const { queue, told, commit } = openQueue({ itemsMax: 3, joins: true });
    const repeat = pack(at(1), [{ n: "load", u: "kg", v: 1, t: at(1).atMs / 1_000 }]);
    let taken = 0;
    while (!queue.isFull && taken < 100) {
      queue.take(repeat, () => told.push("kept"));
      taken += 1;
      await nextTurn();
    }
    // Four groups wait for the journal, and one is open.
    expect([taken, queue.counts.depth, told]).toEqual([5 * 3, 5 * 3, []]);
    await commit();
    expect([told.filter((one) => one === "kept").length, queue.counts.depth]).toEqual([5 * 3, 0]);
  });

  test("is full by bytes as well as by messages", async () => {
    const { queue, take, commits } = openQueue({ bytesMax: 100 });
    take("a");
    await nextTurn();
    while (!queue.isFull) take("more");
    expect(queue.counts.depth).toBeLessThan(8);
    expect(commits).toHaveLength(1);
  });

  test("leaves whoever waits for room without an answer only as long as there is none", async () => {
    const { queue, told } = openQueue();
    queue.onRoom(() => told.push("room"));
    await nextTurn();
    expect(told).toEqual(["room"]);
  });
});

describe("after a commit that failed", () => {
  test("all that waits and all that comes is refused, in order, and it is said once", async () => {
    const { take, commit, commits, told } = openQueue();
    take("a");
    await nextTurn();
    take("b", "c");
    await commit(new Error("disk broken"));
    take("d");
    await nextTurn();
    expect(told).toEqual([
      "a refused: disk broken",
      "b refused: disk broken",
      "c refused: disk broken",
      "failed: disk broken",
      "d refused: disk broken",
    ]);
    expect(commits).toEqual([]);
  });

  test("or a message of a device that is not commissioned, too: it is a mistake of ours", async () => {
    const { queue, told } = openQueue();
    const stranger = pack(at(1), [{ n: "load", u: "kg", v: 1 }], { deviceId: "stranger" });
    await expect(queue.hear(stranger)).rejects.toThrow("not commissioned");
    expect(told).toEqual([expect.stringMatching(/^failed: .*not commissioned/)]);
  });
});

describe("the trace by stages", () => {
  test("reads no clock of a message while it is off, and notes every stage while it is on", async () => {
    const { take, commit, trace } = openQueue();
    const counts = () => Object.values(trace.stages).map(({ count }) => count);
    take("a");
    await nextTurn();
    await commit();
    expect(counts()).toEqual([0, 0, 0, 0]);
    trace.enabled = true;
    take("b", "c");
    await nextTurn();
    trace.enabled = false;
    take("d");
    await commit();
    await commit();
    expect(counts()).toEqual([2, 2, 2, 2]);
    const { interpreted, acknowledged } = trace.stages;
    expect(acknowledged.sumMs).toBeGreaterThan(interpreted.sumMs);
    expect(acknowledged.cumulative().at(-1)).toBe(2);
  });
});
