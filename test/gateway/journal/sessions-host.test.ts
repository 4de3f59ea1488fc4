import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { SessionsHost } from "../../../gateway/journal/sessions-host.ts";
import type { StoredSessions } from "../../../gateway/sessions/stored.ts";
import { tempDir } from "../../support/temp-dir.ts";

const PAGE_BYTES = 4_096;

function open(file: string) {
  const host = new SessionsHost(file, () => 1_000);
  const run = (method: string, ...args: unknown[]) =>
    (host.call("run", [[{ method, args }]]) as unknown[])[0];
  onTestFinished(() => host.close());
  return { host, run, load: () => run("load") as StoredSessions };
}

/** Sessions with something in each table, on disk. */
function written(): string {
  const file = join(tempDir(), "sessions.sqlite");
  const { host, run } = open(file);
  const kept = { fields: { topic: "devices/bed-1/status" }, payload: "online" };
  run("subscribe", "bed-1", [{ topic: "devices/bed-1/#", qos: 1, fields: {} }], 0);
  run("keepWill", "bed-1", kept);
  run("keepRetained", "devices/bed-1/status", "devices/bed-1", kept);
  run("keepIncoming", { clientId: "bed-1", messageId: 7 });
  host.close();
  return file;
}

const putAside = (file: string) => readdirSync(dirname(file)).filter((name) => name.includes(".damaged-"));

describe("the broker's memory, at a start", () => {
  test("is as it was", () => {
    const file = written();
    expect(open(file).load()).toMatchObject({ clientIds: ["bed-1"], incoming: [{ messageId: 7 }] });
    expect(putAside(file)).toEqual([]);
  });

  test("with any page of its file damaged begins anew", () => {
    const pages = readFileSync(written()).length / PAGE_BYTES;
    for (let page = 0; page < pages; page++) {
      const file = written();
      const bytes = readFileSync(file);
      // Behind the file's own header, so that the first page is damaged as any other.
      bytes.fill(0xff, page * PAGE_BYTES + (page === 0 ? 200 : 0), (page + 1) * PAGE_BYTES);
      writeFileSync(file, bytes);
      const { load, run } = open(file);
      expect(load().clientIds).toEqual([]);
      expect(putAside(file)).toEqual(["sessions.sqlite.damaged-1000"]);
      run("subscribe", "bed-1", [{ topic: "devices/bed-1/#", qos: 1, fields: {} }], 0);
      expect(load().clientIds).toEqual(["bed-1"]);
    }
  });

  test("with a text in it that cannot be read begins anew", () => {
    const file = written();
    const database = new Database(file);
    database.exec("UPDATE will SET fields = '{'");
    database.close();
    expect(open(file).load().wills).toEqual([]);
    expect(putAside(file)).toHaveLength(1);
  });
});
