/** Bits turned over at random places of a journal's file and its log, and the pages that they lie on. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { below } from "./seeded.ts";

export const FLIPS_MAX = 8;
const PAGE_BYTES = 4_096;
const LOG_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + PAGE_BYTES;

/** Returns the numbers of the pages that were hit. */
export function flipBits(file: string, random: () => number): ReadonlySet<number> {
  const log = `${file}-wal`;
  const parts = [
    { name: file, bytes: readFileSync(file) },
    { name: log, bytes: existsSync(log) ? readFileSync(log) : Buffer.alloc(0) },
  ] as const;
  const total = parts[0].bytes.length + parts[1].bytes.length;
  const pages = new Set<number>();
  for (let flips = 1 + below(random, FLIPS_MAX); flips > 0; flips--) {
    const place = below(random, total);
    const inFile = place < parts[0].bytes.length;
    const part = inFile ? parts[0] : parts[1];
    const at = inFile ? place : place - parts[0].bytes.length;
    part.bytes[at] = (part.bytes[at] as number) ^ (1 << below(random, 8));
    pages.add(inFile ? Math.floor(at / PAGE_BYTES) + 1 : pageOfFrame(part.bytes, at));
  }
  for (const { name, bytes } of parts) if (bytes.length > 0) writeFileSync(name, bytes);
  return pages;
}

function pageOfFrame(log: Buffer, at: number): number {
  const frame = Math.floor((at - LOG_HEADER_BYTES) / FRAME_BYTES);
  return frame < 0 ? 0 : log.readUInt32BE(LOG_HEADER_BYTES + frame * FRAME_BYTES);
}
