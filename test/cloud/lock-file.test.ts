import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { lockDirectory } from "../../cloud/database/lock-file.ts";
import { tempDir } from "../support/temp-dir.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = tempDir();
  path = join(directory, "lock");
});

/** Of a process that has ended. */
const deadPid = () => spawnSync("true").pid;
const holder = (pid: number, startedAt: string | null = "another boot 1") =>
  JSON.stringify({ pid, startedAt });

test("a free directory is locked, and free again after the release", () => {
  const lock = lockDirectory(directory);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(existsSync(path)).toBe(false);
  lockDirectory(directory).release();
});

test("a directory that is in use is refused, with who uses it and what to do", () => {
  const lock = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow(
    `The data directory ${directory} was to be this process's own, but process ${process.pid} uses it. Stop that process, or set another dataDirectory in the configuration.`,
  );
  lock.release();
});

test.each<[string, () => string]>([
  ["a dead process", () => holder(deadPid())],
  ["a process whose id another one has by now", () => holder(process.pid)],
  ["a process that was killed while it wrote", () => '{"pid":'],
])("the lock of %s is taken over", (_whose, content) => {
  writeFileSync(path, content());
  const lock = lockDirectory(directory);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
});

test("the lock of a process that was killed is taken over, and not before", async () => {
  const script = `const { lockDirectory } = await import(${JSON.stringify(join(import.meta.dirname, "../../cloud/database/lock-file.ts"))});
    lockDirectory(${JSON.stringify(directory)}); console.log("held"); setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => other.stdout.once("data", resolve));
  expect(() => lockDirectory(directory)).toThrow(`process ${other.pid} uses it`);
  const gone = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await gone;
  lockDirectory(directory).release();
});

test("releasing leaves another's lock alone", () => {
  const lock = lockDirectory(directory);
  writeFileSync(path, holder(process.pid));
  lock.release();
  expect(existsSync(path)).toBe(true);
});
