/** A disk whose every fsync takes longer: a small library loaded before libc, compiled here. It disturbs less than a tracer. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SOURCE = resolve(import.meta.dirname, "slow-sync.c");
const LONGER_US = 5_000;

export type SlowDisk = { readonly env: Readonly<Record<string, string>>; remove(): void };

/** Null where there is no C compiler. */
export function makeSlowDisk(): SlowDisk | null {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-slow-"));
  const library = join(directory, "slow-sync.so");
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], { stdio: "ignore" });
  } catch {
    remove();
    return null;
  }
  return { env: { LD_PRELOAD: library, SLOW_SYNC_US: String(LONGER_US) }, remove };
}
