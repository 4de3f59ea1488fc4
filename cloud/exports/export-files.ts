/**
 * Where exports lie on disk: under their random ids, so that no name comes from outside. A file has its own name only
 * once it is whole and on disk.
 */
import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../start-error.ts";
import { EXPORT_BYTES_MAX } from "./limits.ts";

const PART = ".part";

export class FileTooLarge extends Error {}

export type OpenExportFile = {
  readonly bytes: number;
  write(chunk: Uint8Array | string): Promise<void>;
  /** To disk, and under its own name; the SHA-256 of what is in it. */
  finish(): Promise<string>;
  /** What was written is gone. */
  discard(): Promise<void>;
};

export class ExportFiles {
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, "exports");
  }

  async create(exportId: string): Promise<OpenExportFile> {
    await mkdir(this.#directory, { recursive: true });
    const path = this.#pathOf(exportId);
    const partPath = `${path}${PART}`;
    const file = await open(partPath, "w", 0o600);
    const hash = createHash("sha256");
    let bytes = 0;
    return {
      get bytes() {
        return bytes;
      },
      async write(chunk) {
        const data = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
        if (bytes + data.byteLength > EXPORT_BYTES_MAX)
          throw new FileTooLarge("an export has become too large");
        await file.writeFile(data);
        hash.update(data);
        bytes += data.byteLength;
      },
      async finish() {
        await file.sync();
        await file.close();
        await rename(partPath, path);
        return hash.digest("hex");
      },
      async discard() {
        await file.close();
        await rm(partPath, { force: true });
      },
    };
  }

  /** Undefined: it is not here, or no more. */
  async read(exportId: string): Promise<ReadStream | undefined> {
    const path = this.#pathOf(exportId);
    try {
      await stat(path);
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
    return createReadStream(path);
  }

  async remove(exportId: string): Promise<void> {
    await rm(this.#pathOf(exportId), { force: true });
  }

  /** What a process that ended while it wrote left behind. Only while nothing is written. */
  async removeUnfinished(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const names = await readdir(this.#directory);
    for (const name of names.filter((each) => each.endsWith(PART)))
      await rm(join(this.#directory, name), { force: true });
  }

  #pathOf(exportId: string): string {
    return join(this.#directory, exportId);
  }
}
