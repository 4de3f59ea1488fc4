/** Archives in a folder: written beside, forced to disk, renamed, and the folder forced to disk too. */
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../../start-error.ts";
import type { ArchivePlace } from "./archive-place.ts";
import { ArchiveTrouble } from "./archive-trouble.ts";

const PART = ".part";

export function directoryPlace(root: string): ArchivePlace {
  return {
    name: root,

    async put(key, bytes) {
      await requireRoot(root);
      const path = join(root, key);
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeDurably(`${path}${PART}`, bytes);
        await rename(`${path}${PART}`, path);
        // Each folder on the way may be new.
        for (let folder = dirname(path); folder.startsWith(root); folder = dirname(folder))
          await syncFolder(folder);
      } catch (error) {
        await rm(`${path}${PART}`, { force: true }).catch(() => undefined);
        throw troubleOf(error, root);
      }
    },

    async get(key) {
      try {
        return await readFile(join(root, key));
      } catch (error) {
        if (errorCode(error) !== "ENOENT") throw troubleOf(error, root);
        await requireRoot(root);
        throw new ArchiveTrouble("missing", `${key} was expected in ${root}, but is not there.`, error);
      }
    },

    async remove(key) {
      await rm(join(root, key), { force: true }).catch((error: unknown) => {
        throw troubleOf(error, root);
      });
    },
  };
}

/** Not made here: a folder that is missing may be a disk that is not mounted, and the one below it the wrong place. */
async function requireRoot(root: string): Promise<void> {
  const found = await stat(root).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return null;
    throw troubleOf(error, root);
  });
  if (found?.isDirectory() === true) return;
  throw new ArchiveTrouble(
    "missing",
    `The archive's folder ${root} was expected to be there, but is not. Mount its disk, or make it.`,
  );
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function troubleOf(error: unknown, root: string): ArchiveTrouble {
  if (error instanceof ArchiveTrouble) return error;
  const code = errorCode(error) ?? "unknown error";
  if (code === "ENOSPC" || code === "EDQUOT")
    return new ArchiveTrouble(
      "full",
      `The disk of the archive's folder ${root} is full. Make room there.`,
      error,
    );
  return new ArchiveTrouble(
    "refused",
    `The archive's folder ${root} was to be written and read, but cannot be (${code}). Let the service's user do so.`,
    error,
  );
}
