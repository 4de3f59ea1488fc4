import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../../gateway/journal/open-journal.ts";
import { ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { openJournalFile } from "../../support/journal-file.ts";
import { appendReadings, emptyGroup, groupOf } from "../../support/journal-groups.ts";
import { readBatch, valuesOf } from "../../support/read-journal.ts";
import { aReading } from "../../support/records.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { hasStrace } from "../../support/tools.ts";
import { until } from "../../support/until.ts";

async function openThread(files = journalFiles(tempDir())) {
  const fatal: Error[] = [];
  const journal = await openJournal({ ...files, onFatal: (error) => fatal.push(error) });
  onTestFinished(() => journal.close());
  return { files, journal, fatal };
}

describe("a journal in its thread", () => {
  test("keeps what is appended in a burst, settles it in order, and knows it after a restart", async () => {
    const { files, journal, fatal } = await openThread();
    const settled: number[] = [];
    await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        journal
          .append({
            ...groupOf(journal, "vitals", [aReading({ value: index })]),
            states: [["bed:bed-1", `${index}`]],
          })
          .then(() => settled.push(index)),
      ),
    );
    const all = Array.from({ length: 500 }, (_, index) => index);
    expect(settled).toEqual(all);
    expect(journal.marks("vitals")).toEqual({ headSeq: 500, acknowledgedSeq: 0 });
    expect(await valuesOf(journal)).toEqual(all);
    journal.acknowledge("vitals", 123);
    expect(journal.marks("vitals").acknowledgedSeq).toBe(123);
    await journal.close();
    const again = (await openThread(files)).journal;
    expect(again.epoch).toBe(journal.epoch);
    expect(again.marks("vitals").headSeq).toBe(500);
    expect([...again.start.states]).toEqual([["bed:bed-1", "499"]]);
    expect(await valuesOf(again)).toEqual(all);
    expect(fatal).toEqual([]);
  });

  test("numbers what it is lent in memory and what it is posted in the order in which it was appended", async () => {
    const { journal, fatal } = await openThread();
    const settled: number[] = [];
    const appended: Promise<unknown>[] = [
      journal.append(groupOf(journal, "vitals", [aReading({ value: 0 })])),
    ];
    // Written over as soon as they are appended.
    const rows = new ReadingRows();
    let value = 0;
    for (let turn = 0; turn < 400; turn++) {
      for (let left = turn % 5; left > 0; left--) {
        value += 1;
        const own = value;
        rows.push(1, own, own, own, own, 0);
        // Only what brings nothing but readings can be lent in memory.
        const states: [string, string][] = own % 7 === 0 ? [["bed:bed-1", String(own)]] : [];
        const group = { ...emptyGroup(), vitals: rows.lend(), states };
        appended.push(journal.append(group).then(() => settled.push(own)));
      }
      await nextTurn();
    }
    await Promise.all(appended);
    const all = Array.from({ length: value }, (_, index) => index + 1);
    expect(settled).toEqual(all);
    expect(journal.marks("vitals").headSeq).toBe(value + 1);
    expect(await valuesOf(journal)).toEqual([0, ...all]);
    expect(fatal).toEqual([]);
  });

  test("misses nothing that comes just as it stops waiting for more", { timeout: 60_000 }, async () => {
    const { journal } = await openThread();
    const longestMs = 500;
    for (let n = 0; n < 500; n++) {
      const beganMs = performance.now();
      await journal.append(groupOf(journal, "vitals", [aReading({ value: n })]));
      // It waits for five milliseconds; nothing else here would ever remind it.
      const untilMs = performance.now() + 4.8 + (n % 40) / 100;
      while (performance.now() < untilMs);
      expect(performance.now() - beganMs).toBeLessThan(longestMs);
    }
  });

  test("answers, packs and tells its facts while groups keep coming", async () => {
    const { journal } = await openThread();
    let isOver = false;
    const append = async () => {
      for (let value = 0; !isOver; value++)
        await journal.append(groupOf(journal, "vitals", [aReading({ value })]));
    };
    const appending = append();
    try {
      await until(
        "some of it is on disk",
        async () => (journal.marks("vitals").headSeq > 100 ? true : undefined),
        10_000,
      );
      for (let n = 0; n < 20; n++) expect((await readBatch(journal, "vitals", 0, 50))?.firstSeq).toBe(1);
      expect(await journal.quarantine(1)).toEqual([]);
      const { count } = journal.facts.commits;
      await until(
        "newer facts",
        async () => (journal.facts.commits.count > count ? true : undefined),
        10_000,
      );
    } finally {
      isOver = true;
      await appending;
    }
  });

  test("writes what was acknowledged within seconds, and tells how long its commits take", async () => {
    const { files, journal } = await openThread();
    await appendReadings(journal, 5);
    journal.acknowledge("vitals", 4);
    const ofFacts = () => journal.facts;
    await until(
      "two commits in the facts",
      async () => (ofFacts().commits.count >= 2 ? true : undefined),
      10_000,
    );
    const { commits } = ofFacts();
    expect(commits.counts.reduce((sum, count) => sum + count, 0)).toBe(commits.count);
    expect(commits.lastMinuteMsMax).toBeGreaterThan(0);
    await journal.close();
    expect(openJournalFile(files).journal().marks("vitals")).toEqual({ headSeq: 5, acknowledgedSeq: 4 });
  });

  test("is refused with the reason where another process has the file, and the first goes on", async () => {
    const { files, journal } = await openThread();
    await expect(openJournal({ ...files, onFatal: () => {} })).rejects.toMatchObject({
      code: expect.stringMatching(/^SQLITE_BUSY/),
    });
    await appendReadings(journal, 1);
    expect(await valuesOf(journal)).toEqual([1]);
  });

  test("takes nothing after it was closed", async () => {
    const { journal } = await openThread();
    const appended = appendReadings(journal, 1);
    await journal.close();
    await appended;
    await expect(journal.append(emptyGroup())).rejects.toThrow("the journal is closed");
    await expect(journal.quarantine(1)).rejects.toThrow("the journal is closed");
    expect(journal.isOpen).toBe(false);
  });

  test("says at once that the process has to end where something cannot be kept for an unknown reason", async () => {
    const { journal, fatal } = await openThread();
    const unheard = { ...groupOf(journal, "vitals", [aReading()]), newSeries: [] };
    const refused = journal.append(unheard);
    const behind = appendReadings(journal, 1);
    await expect(refused).rejects.toThrow("expected a known series");
    await expect(behind).rejects.toThrow("expected a known series");
    await expect(journal.encodeBatch("vitals", 0, 1, {} as never)).rejects.toThrow("closed");
    expect(fatal).toEqual([expect.objectContaining({ message: expect.stringContaining("known series") })]);
  });
});

describe("the broker's memory", () => {
  test("is kept by the same thread, in a file of its own", async () => {
    const { files, journal } = await openThread();
    const retained = { fields: { qos: 1 }, payload: Buffer.from("21.5") };
    await journal.sessions.call("keepRetained", ["ward/temperature", "owner", retained]);
    await journal.close();
    const again = (await openThread(files)).journal;
    expect(await again.sessions.call("load", [])).toMatchObject({ retainedTopics: ["ward/temperature"] });
  });

  test("refuses what is none of its calls, and goes on", async () => {
    const { journal, fatal } = await openThread();
    for (const method of ["constructor", "toString", "no-such"])
      await expect(journal.sessions.call(method, [])).rejects.toThrow("expected a method of SessionStore");
    await appendReadings(journal, 1);
    expect(fatal).toEqual([]);
  });

  test("that cannot be read is put aside, and the beds are heard", async () => {
    const files = journalFiles(tempDir());
    writeFileSync(files.sessionsFile, "this is no database, and it is longer than a header".repeat(100));
    const { journal } = await openThread(files);
    expect(await journal.sessions.call("load", [])).toMatchObject({ retainedTopics: [] });
    await appendReadings(journal, 1);
    const names = readdirSync(join(files.sessionsFile, ".."));
    expect(names.some((name) => name.startsWith("sessions.sqlite.damaged-"))).toBe(true);
  });
});

describe.skipIf(!hasStrace())("a disk that fails", () => {
  const program = fileURLToPath(new URL("../../support/append-until-killed.ts", import.meta.url));

  /** Appends until the n-th fsync of the journal's thread fails; returns what was said to be kept, and the exit. */
  async function appendUntilSyncFails(directory: string, nth: number) {
    const inject = `inject=fsync,fdatasync:error=EIO:when=${nth}`;
    const traced = ["-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", inject, "-o", "/dev/null"];
    const saidFile = join(tempDir(), "said");
    const out = openSync(saidFile, "w");
    const child = spawn("strace", [...traced, process.execPath, program, directory], {
      stdio: ["ignore", out, "pipe"],
    });
    let complained = "";
    child.stderr?.on("data", (chunk) => {
      complained += chunk;
    });
    const [code] = await once(child, "close");
    closeSync(out);
    const said = readFileSync(saidFile, "utf8").split("\n").slice(0, -1).map(Number);
    return { said, complained, code };
  }

  test.each([60, 200])(
    "in its %ith fsync ends the process, and everything that was acknowledged is there",
    async (nth) => {
      const directory = join(tempDir(), "data");
      const { said, complained, code } = await appendUntilSyncFails(directory, nth);
      expect(complained).toMatch(/fatal: disk I\/O error/);
      expect(code).toBe(70);
      expect(said.length).toBeGreaterThan(0);
      const journal = openJournalFile(journalFiles(directory)).journal();
      expect((await valuesOf(journal)).slice(0, said.length)).toEqual(said);
      expect(journal.start.salvage).toBeNull();
    },
  );

  test("whose quota is used up for a while does not end the process, and what was acknowledged is there", async () => {
    const directory = join(tempDir(), "data");
    const { file } = journalFiles(directory);
    const saidFile = join(tempDir(), "said");
    const out = openSync(saidFile, "w");
    const traced = ["-f", "-qq", "-P", `${file}-wal`, "-P", `${file}.probe`, "-o", "/dev/null"];
    // The log's writes from the 300th to the 306th, and each of those by which the quota is found out.
    const log = "inject=pwrite64:error=EDQUOT:when=300..306";
    const inject = ["-e", "trace=pwrite64,write", "-e", log, "-e", "inject=write:error=EDQUOT"];
    // A group of its own: ended with what it traces.
    const child = spawn("strace", [...traced, ...inject, process.execPath, program, directory], {
      stdio: ["ignore", out, "pipe"],
      detached: true,
    });
    let complained = "";
    child.stderr?.on("data", (chunk) => {
      complained += chunk;
    });
    const closed = once(child, "close");
    const said = () => readFileSync(saidFile, "utf8").split("\n").slice(0, -1).map(Number);
    const ended = async () => (said().length > 200 || child.exitCode !== null ? true : undefined);
    await until("two hundred appends beside the trouble", ended, 30_000);
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await closed;
    closeSync(out);
    expect(complained).toBe("");
    expect(said().length).toBeGreaterThan(200);
    const journal = openJournalFile(journalFiles(directory)).journal();
    expect((await valuesOf(journal)).slice(0, said().length)).toEqual(said());
    expect(journal.start.salvage).toBeNull();
  });
});
