/**
 * Checksums of the journal's rows, so that a bit that flipped on the disk is found before anybody is told a wrong value.
 * 32 bits, signed, so that SQLite keeps them in four bytes. A change of a single word is always found, any other in all
 * but one of four thousand million cases.
 */
import { crc32 } from "node:zlib";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** MurmurHash3's step: for each state a one-to-one map of the word, so that no single changed word goes unseen. */
function mix(hash: number, word: number): number {
  const scattered = Math.imul(word, 0xcc9e2d51);
  const turned = Math.imul((scattered << 15) | (scattered >>> 17), 0x1b873593);
  const mixed = hash ^ turned;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function mixNumber(hash: number, number: number): number {
  // SQLite keeps no minus zero.
  float[0] = number + 0;
  return mix(mix(hash, words[0] as number), words[1] as number);
}

/** `stamp` is null or NaN where there is none. Its series' own checksum goes in, so that a wrong series is found too. */
export function checksumOfReading(
  lane: number,
  seq: number,
  seriesChecksum: number,
  receivedAtMs: number,
  observedAtMs: number,
  stamp: number | null,
  value: number,
  flags: number,
): number {
  let hash = mix(mix(mixNumber(lane, seq), seriesChecksum), flags);
  hash = mixNumber(mixNumber(hash, receivedAtMs), observedAtMs);
  // No number has the same bits as "none": those of NaN are not the same everywhere.
  hash = stamp === null || Number.isNaN(stamp) ? mix(mix(hash, -1), -1) : mixNumber(hash, stamp);
  return mixNumber(hash, value);
}

export function checksumOfText(...parts: readonly (string | number | null)[]): number {
  let crc = 0;
  for (const part of parts) crc = crc32(`${typeof part}:${part};`, crc);
  return crc | 0;
}

export const checksumOfSeries = (id: number, of: SeriesFacts): number =>
  checksumOfText("series", id, of.deviceId, of.bedId, of.roomId, of.metric, of.unit);

export const checksumOfEvent = (seq: number, receivedAtMs: number, body: string): number =>
  checksumOfText("event", seq, receivedAtMs, body);

export const checksumOfState = (subject: string, body: string): number =>
  checksumOfText("state", subject, body);

export const checksumOfMarks = (lane: number, headSeq: number, acknowledgedSeq: number): number =>
  checksumOfText("lane", lane, headSeq, acknowledgedSeq);

export const checksumOfEpoch = (epoch: string): number => checksumOfText("epoch", epoch);

export const checksumOfTombstone = (
  lane: number,
  of: {
    readonly fromSeq: number;
    readonly throughSeq: number;
    readonly reason: string;
    readonly stepMs: number | null;
    readonly notedAtMs: number;
  },
): number => checksumOfText("tombstone", lane, of.fromSeq, of.throughSeq, of.reason, of.stepMs, of.notedAtMs);

export const checksumOfAggregate = (
  lane: number,
  fromSeq: number,
  seriesChecksum: number,
  of: {
    readonly startAtMs: number;
    readonly count: number;
    readonly min: number;
    readonly mean: number;
    readonly max: number;
  },
): number =>
  checksumOfText(
    "aggregate",
    lane,
    fromSeq,
    seriesChecksum,
    of.startAtMs,
    of.count,
    of.min + 0,
    of.mean + 0,
    of.max + 0,
  );
