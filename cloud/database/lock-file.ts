/**
 * One process at a time on a data directory. PGlite takes no lock of its own, and two of them on one directory
 * destroy it without a word.
 *
 *   no lock file            → made with O_EXCL; held until released
 *   its process is alive    → refused
 *   its process is dead     → taken over (a kill -9 leaves the file behind)
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { errorCode, StartError } from "../start-error.ts";

const Holder = z.object({ pid: z.int().positive(), startedAt: z.string().nullable() });
type Holder = z.infer<typeof Holder>;

export type DirectoryLock = { release(): void };

export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, "lock");
  const own = JSON.stringify(holderOf(process.pid));
  if (!create(path, own)) {
    const found = readIfPresent(path);
    const holder = parseHolder(found);
    if (holder !== null && isRunning(holder)) throw inUse(directory, `process ${holder.pid}`);
    if (found !== null) setAside(path, found, directory);
    if (!create(path, own)) throw inUse(directory, "another process that has just started");
  }
  return {
    release() {
      if (readIfPresent(path) === own) rmSync(path, { force: true });
    },
  };
}

function inUse(directory: string, by: string): StartError {
  return new StartError(
    `The data directory ${directory} was to be this process's own, but ${by} uses it. Stop that process, or set another dataDirectory in the configuration.`,
  );
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Moves the dead process's file away. Of two who try, the rename lets one through. */
function setAside(path: string, found: string, directory: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw inUse(directory, "another process that has just started");
    throw error;
  }
  if (readFileSync(aside, "utf8") !== found) {
    // Somebody was quicker, and this is their live lock: it goes back.
    linkSync(aside, path);
    rmSync(aside);
    throw inUse(directory, "another process that has just started");
  }
  rmSync(aside);
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Null for a file that names no process: it was cut short by a crash. */
function parseHolder(text: string | null): Holder | null {
  try {
    return Holder.parse(JSON.parse(text ?? ""));
  } catch {
    return null;
  }
}

function holderOf(pid: number): Holder {
  return { pid, startedAt: startOf(pid) };
}

function isRunning(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if (errorCode(error) === "ESRCH") return false;
  }
  return startOf(holder.pid) === holder.startedAt;
}

/**
 * Since when a process runs, where the system tells. Process ids come again, in a container even at once (its first
 * process is always 1), so the id alone would take a restarted service for its own dead predecessor's rival.
 */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold blanks; the 22nd is the start time.
    const afterName = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return `${boot} ${afterName[19]}`;
  } catch {
    return null;
  }
}
