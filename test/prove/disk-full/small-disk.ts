/** A disk that is full soon: a memory file system of a few megabytes, and a file that takes all that is left of it. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

const CHUNKS_BYTES = [1024 * 1024, 4_096];

export class SmallDisk {
  readonly directory: string;
  readonly #filler: string;

  constructor(directory: string, mebibytes: number) {
    this.directory = directory;
    this.#filler = join(directory, "filler");
    mkdirSync(directory, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "hospitell-disk-full", directory], {
        stdio: "pipe",
      });
    } catch (error) {
      throw new Error(
        "This proof needs a disk of its own that may fill up: it mounts a small tmpfs, and for that it has to run as root " +
          "in a machine or container that may mount.",
        { cause: error },
      );
    }
  }

  /** Takes what is free now, as any other program's log might. */
  fill(): void {
    const zeros = Buffer.alloc(CHUNKS_BYTES[0] as number);
    const descriptor = openSync(this.#filler, "a");
    try {
      for (const bytes of CHUNKS_BYTES) while (isWritten(descriptor, zeros.subarray(0, bytes)));
    } finally {
      closeSync(descriptor);
    }
  }

  empty(): void {
    rmSync(this.#filler, { force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  close(): void {
    execFileSync("umount", [this.directory], { stdio: "pipe" });
  }
}

function isWritten(descriptor: number, bytes: Buffer): boolean {
  try {
    return writeSync(descriptor, bytes) === bytes.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
