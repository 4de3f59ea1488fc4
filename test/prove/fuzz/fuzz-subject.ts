/** Drives one reader through seeded bytes and has everything that it finds judged by another reading of the same bytes. */
import { below, type Chance, chanceOf, chunksOf, pieceOf, randomBytes } from "./noise.ts";
import type { Found, Read, Step, Subject } from "./subject.ts";

export const CALL_MS_MAX = 50;
const CALL_MS_SUSPECT = 5;
/** A stream that cannot find its way back is begun anew often, or it would be out of step for most of its length. */
const STREAM_BYTES = 4_096;
const STREAM_BYTES_WITHOUT_WAY_BACK = 64;
/** After noise, a good frame must be found within this many. */
const FRAMES_LOST_MAX = 2;
const MISSES_MAX = 3;

export type Fuzzed = {
  readonly bytes: number;
  readonly found: number;
  readonly slowestCallMs: number;
  readonly keptBytesMax: number;
  readonly framesLostMax: number | null;
  readonly misses: readonly string[];
};

/** Feeds one stream, or one message, as a driver does. */
class Driver {
  slowestCallMs = 0;
  keptBytes = 0;
  #buffer: Uint8Array = new Uint8Array();
  readonly #read: Read;
  readonly found: Found[] = [];

  constructor(read: Read) {
    this.#read = read;
  }

  feed(chunk: Uint8Array): void {
    let buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    // Each call takes at least one byte, or waits.
    for (let calls = 0; ; calls++) {
      if (calls > this.#buffer.length + chunk.length) throw new Error("the scanner stands still");
      const step = this.#timed(buffer);
      // Its bytes may be the buffer's, which goes on being used.
      if (step.found !== null) this.found.push({ ...step.found, frame: Uint8Array.from(step.found.frame) });
      if (step.isWaiting) {
        this.keptBytes = Math.max(this.keptBytes, step.kept.length);
        this.#buffer = step.kept;
        return;
      }
      if (step.kept.length >= buffer.length)
        throw new Error("the scanner took nothing and wants more at once");
      buffer = step.kept;
    }
  }

  #timed(buffer: Uint8Array): Step {
    const startMs = performance.now();
    const step = this.#read(buffer);
    let tookMs = performance.now() - startMs;
    // Readers are pure, so a call that the machine held up can be made again; the fastest of four is the reader's own.
    for (let again = 0; again < 3 && tookMs > CALL_MS_SUSPECT; again++) {
      const againMs = performance.now();
      this.#read(buffer);
      tookMs = Math.min(tookMs, performance.now() - againMs);
    }
    this.slowestCallMs = Math.max(this.slowestCallMs, tookMs);
    return step;
  }
}

export function fuzz(subject: Subject, read: Read, bytesMin: number, seed: number): Fuzzed {
  const chance = chanceOf(seed);
  const misses: string[] = [];
  const miss = (text: string) => void (misses.length < MISSES_MAX && misses.push(`${subject.name}: ${text}`));
  let [bytes, found, slowestCallMs, keptBytesMax] = [0, 0, 0, 0];
  while (bytes < bytesMin) {
    const stream = nextInput(subject, chance);
    const driver = new Driver(read);
    try {
      for (const chunk of subject.comesAs === "messages" ? [stream] : chunksOf(chance, stream))
        driver.feed(chunk);
      const complaint = subject.judge(stream, driver.found);
      if (complaint !== null) miss(complaint);
    } catch (error) {
      miss(`threw at byte ${bytes}: ${(error as Error).message}`);
    }
    bytes += Math.max(1, stream.length);
    found += driver.found.length;
    slowestCallMs = Math.max(slowestCallMs, driver.slowestCallMs);
    keptBytesMax = Math.max(keptBytesMax, driver.keptBytes);
  }
  if (found === 0) miss("found nothing at all, so nothing was judged");
  if (slowestCallMs > CALL_MS_MAX) miss(`one call took ${slowestCallMs.toFixed(1)} ms`);
  if (keptBytesMax > subject.keptBytesMax)
    miss(`kept ${keptBytesMax} bytes, expected at most ${subject.keptBytesMax}`);
  const framesLostMax = subject.resynchronises ? mostFramesLost(subject, read, chance) : null;
  if (framesLostMax !== null && framesLostMax > FRAMES_LOST_MAX)
    miss(`lost ${framesLostMax} good frames after noise, expected at most ${FRAMES_LOST_MAX}`);
  return { bytes, found, slowestCallMs, keptBytesMax, framesLostMax, misses };
}

function nextInput(subject: Subject, chance: Chance): Uint8Array {
  if (subject.comesAs === "messages") {
    // Now and then one far above any limit.
    return chance() < 0.0001 ? randomBytes(chance, 200_000) : pieceOf(chance, subject.golden);
  }
  const pieces: Uint8Array[] = [];
  const wanted = subject.resynchronises ? STREAM_BYTES : STREAM_BYTES_WITHOUT_WAY_BACK;
  for (let length = 0; length < wanted; length += pieces.at(-1)?.length ?? 0)
    pieces.push(pieceOf(chance, subject.golden));
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Noise, then one good frame over and over: how many of them go by before the first is found, at worst. */
function mostFramesLost(subject: Subject, read: Read, chance: Chance): number {
  const [good = new Uint8Array()] = subject.golden;
  const whole = new Driver(read);
  whole.feed(good);
  const wanted = JSON.stringify(whole.found.at(-1)?.said);
  let most = 0;
  for (let trial = 0; trial < 2_000; trial++) {
    const driver = new Driver(read);
    const noise =
      trial % 2 === 0 ? randomBytes(chance, below(chance, 600)) : pieceOf(chance, subject.golden).subarray(1);
    driver.feed(noise);
    let lost = 0;
    for (; lost <= FRAMES_LOST_MAX; lost++) {
      const before = driver.found.length;
      driver.feed(good);
      if (driver.found.slice(before).some(({ said }) => JSON.stringify(said) === wanted)) break;
    }
    most = Math.max(most, lost);
  }
  return most;
}
