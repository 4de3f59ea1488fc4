import { existsSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { PersonCaller } from "../../cloud/access/scope.ts";
import { ExportFiles } from "../../cloud/exports/export-files.ts";
import type { AnyExportKind, ExportJob } from "../../cloud/exports/export-kind.ts";
import { EXPORT_LASTS_MS } from "../../cloud/exports/limits.ts";
import { ExportRepository, type StoredExport } from "../../cloud/exports/repository.ts";
import { ExportRunner } from "../../cloud/exports/runner.ts";
import { createLog } from "../../cloud/http/log.ts";
import { CloudError } from "../../cloud/http/problem.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { tempDir } from "../support/temp-dir.ts";
import { until } from "../support/until.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const NURSE: PersonCaller = {
  kind: "person",
  role: "nurse",
  hospitalId: HospitalId.parse("north"),
  sessionSha256: "0".repeat(64),
};

type Run = (job: ExportJob) => Promise<void>;

/** An office of its own, beside the service's, that makes whatever the test wants. */
function office(cloud: TestCloud, run: Run, directory = tempDir()) {
  const repository = new ExportRepository(cloud.db);
  const kind: AnyExportKind = {
    name: "series",
    prepare: async () => ({ fileName: "a.csv", contentType: "text/csv", rowsEstimate: 100 }),
    run: async (_request, _asker, job) => run(job),
  };
  const ended: string[] = [];
  const runner = new ExportRunner({
    repository,
    files: new ExportFiles(directory),
    kinds: new Map([["series", kind]]),
    clock: cloud.clock,
    log: createLog({ write: (line) => void cloud.logged.push(line) }),
    meter: { ended: (outcome) => void ended.push(outcome) },
  });
  let asked = 0;
  return {
    repository,
    runner,
    ended,
    files: () => (existsSync(join(directory, "exports")) ? readdirSync(join(directory, "exports")) : []),
    async ask(): Promise<string> {
      const exportId = `00000000-0000-4000-8000-00000000000${asked++}`;
      const askedAtMs = cloud.clock.now;
      const common = {
        kind: "series",
        request: {},
        requestSha256: "",
        fileName: "a.csv",
        contentType: "text/csv",
      };
      await repository.insert({
        ...common,
        exportId,
        totalRows: 100,
        askedAtMs,
        asker: NURSE,
        idempotencyKey: null,
      });
      runner.wake();
      return exportId;
    },
    async reach(exportId: string, what: (stored: StoredExport) => boolean): Promise<StoredExport> {
      return await until(
        "the export gets there",
        async () => {
          const stored = await repository.find(NURSE, exportId);
          return stored !== undefined && what(stored) ? stored : undefined;
        },
        10_000,
      );
    },
  };
}

/** Stops it, and waits until it has. */
function start({ runner }: { runner: ExportRunner }): () => Promise<void> {
  const stop = new AbortController();
  const ran = runner.run(stop.signal);
  const stopped = async () => {
    stop.abort();
    await ran;
  };
  onTestFinished(stopped);
  return stopped;
}

const isEnded = ({ endedAtMs }: StoredExport) => endedAtMs !== null;
const forever = ({ signal }: ExportJob) =>
  new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

describeOnEachDatabase("making exports", (cloud) => {
  test("one at a time, in the order asked, each with its progress", async () => {
    let atWork = 0;
    const seen: number[] = [];
    const { ask, reach, ...rest } = office(cloud(), async ({ write, progress }) => {
      seen.push(++atWork);
      progress(50);
      cloud().clock.now += 1_000;
      await write("half");
      progress(100, 120);
      await write(Uint8Array.of(10));
      atWork -= 1;
    });
    const ids = [await ask(), await ask()];
    start(rest);
    const last = await reach(ids[1] ?? "", isEnded);
    expect(last).toMatchObject({ state: "done", doneRows: 100, totalRows: 120, bytes: 5, attempts: 1 });
    expect(seen).toEqual([1, 1]);
    expect(rest.files().sort()).toEqual(ids);
  });

  test("one that is being made can be cancelled, and leaves nothing behind", async () => {
    const { ask, reach, ...rest } = office(cloud(), async (job) => {
      await job.write("some");
      await forever(job);
    });
    const exportId = await ask();
    start(rest);
    await reach(exportId, ({ state }) => state === "running");
    await until("it has begun", async () => rest.files()[0], 20_000);
    rest.runner.cancel(exportId);
    expect(await reach(exportId, isEnded)).toMatchObject({ state: "cancelled", sha256: null });
    expect(rest.files()).toEqual([]);
  });

  test("one that was cancelled elsewhere ends with its next progress", async () => {
    const { ask, reach, ...rest } = office(cloud(), async ({ write }) => {
      const times = { endedAtMs: cloud().clock.now, expiresAtMs: cloud().clock.now + 1 };
      await rest.repository.end(exportId, { state: "cancelled" }, times);
      for (let n = 0; ; n++) {
        cloud().clock.now += 1_000;
        await write(`line ${n}`);
      }
    });
    const exportId = await ask();
    start(rest);
    await until("it has ended", async () => rest.ended[0], 10_000);
    expect(rest.ended).toEqual(["cancelled"]);
    expect(rest.files()).toEqual([]);
  });

  test("what was being made when the service stopped is begun anew", async () => {
    const directory = tempDir();
    const before = office(cloud(), forever, directory);
    const exportId = await before.ask();
    const stop = start(before);
    await before.reach(exportId, ({ state }) => state === "running");
    await stop();
    expect(await before.repository.find(NURSE, exportId)).toMatchObject({ state: "waiting" });
    const after = office(cloud(), async ({ write }) => write("whole"), directory);
    start(after);
    expect(await after.reach(exportId, isEnded)).toMatchObject({ state: "done", bytes: 5, attempts: 2 });
    expect(after.files()).toEqual([exportId]);
  });

  test("one that ends the service every time is given up, and says so", async () => {
    const { ask, reach, repository, ...rest } = office(cloud(), async () => {});
    const exportId = await ask();
    for (let crash = 0; crash < 3; crash++) {
      await repository.claim(cloud().clock.now);
      await repository.beginAnew();
    }
    start(rest);
    const given = await reach(exportId, isEnded);
    expect(given).toMatchObject({ state: "failed", error: expect.stringContaining("3 times") });
  });

  test.each([
    [
      "what the asker can change is told",
      new CloudError("SERIES_TOO_MANY", "9 series are meant"),
      "9 series are meant",
    ],
    ["a full disk is told", Object.assign(new Error("write"), { code: "ENOSPC" }), "disk is full"],
    [
      "a quota that is used up is told",
      Object.assign(new Error("write"), { code: "UNKNOWN", errno: -constants.errno.EDQUOT }),
      "disk is full",
    ],
    ["of a bug nothing is told but that it failed", new Error("hunter2"), "its log says why"],
  ])("%s", async (_name, error, said) => {
    const { ask, reach, ...rest } = office(cloud(), async ({ write }) => {
      await write("some");
      throw error;
    });
    const exportId = await ask();
    start(rest);
    const failed = await reach(exportId, isEnded);
    expect(failed).toMatchObject({ state: "failed", error: expect.stringContaining(said) });
    expect(failed.error).not.toContain("hunter2");
    expect(rest.files()).toEqual([]);
  });

  test("a database that was away for a moment costs an attempt, not the export", async () => {
    let tries = 0;
    const { ask, reach, ...rest } = office(cloud(), async ({ write }) => {
      tries += 1;
      if (tries < 3) throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
      await write("whole");
    });
    const exportId = await ask();
    start(rest);
    expect(await reach(exportId, isEnded)).toMatchObject({ state: "done", attempts: 3 });
    expect(rest.ended).toEqual(["begun-anew", "begun-anew", "done"]);
  });

  test("a file goes with its export when its time is over", async () => {
    const { ask, reach, ...rest } = office(cloud(), async ({ write }) => write("whole"));
    const first = await ask();
    start(rest);
    await reach(first, isEnded);
    cloud().clock.now += EXPORT_LASTS_MS;
    const second = await ask();
    await reach(second, isEnded);
    expect(await rest.repository.find(NURSE, first)).toBeUndefined();
    expect(rest.files()).toEqual([second]);
  });
});
