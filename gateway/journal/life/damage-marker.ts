/** A file beside the journal that says: damage was found, the next start has to salvage. */
import { closeSync, existsSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { isFull } from "./full-disk.ts";

const fileOf = (journal: string) => `${journal}.damage-found`;

export const isMarkedDamaged = (journal: string): boolean => existsSync(fileOf(journal));

export function markDamaged(journal: string, what: string): void {
  const descriptor = openSync(fileOf(journal), "w", 0o600);
  try {
    writeSync(descriptor, `${what}\n`);
    fsyncSync(descriptor);
  } catch (error) {
    // On a full disk it stands there empty, which says the same.
    if (!isFull(error, journal)) throw error;
  } finally {
    closeSync(descriptor);
  }
}

export const unmarkDamaged = (journal: string): void => rmSync(fileOf(journal), { force: true });
