/**
 * No bytes crash a decoder, hold it up, or get a value out of it that its frame does not say. Every scanner with its
 * decoder reads seeded noise, broken frames and good ones among them; whatever it finds is held against a second reading
 * that shares no code with it. The control trusts every frame, and must be caught for every protocol.
 */
import type { Claim } from "../claim.ts";
import { frameSubjects } from "./frame-subjects.ts";
import { CALL_MS_MAX, fuzz } from "./fuzz-subject.ts";
import { lineSubjects } from "./line-subjects.ts";
import { messageSubjects } from "./message-subjects.ts";
import { modbusSubjects } from "./modbus-subjects.ts";
import type { Subject } from "./subject.ts";

const BYTES = 10_000_000;
const BYTES_SHORT = 200_000;
const CONTROL_BYTES = 50_000;
const SEED = 0x5eed_2026;

const SUBJECTS: readonly Subject[] = [
  ...lineSubjects,
  ...frameSubjects,
  ...messageSubjects,
  ...modbusSubjects,
];

export const proveFuzz: Claim = async ({ isShort, say }) => {
  const bytesEach = isShort ? BYTES_SHORT : BYTES;
  const decoders: Record<string, unknown> = {};
  const misses: string[] = [];
  for (const [n, subject] of SUBJECTS.entries()) {
    const startMs = performance.now();
    const real = fuzz(subject, subject.read, bytesEach, SEED + n);
    const control = fuzz(subject, subject.trust, CONTROL_BYTES, SEED + n);
    misses.push(...real.misses);
    const isCaught = control.misses.some((miss) => !miss.includes("found nothing"));
    if (!isCaught) misses.push(`${subject.name}: a reader that trusts every frame was not caught`);
    decoders[subject.name] = {
      bytes: real.bytes,
      found: real.found,
      slowestCallMs: Number(real.slowestCallMs.toFixed(2)),
      keptBytesMax: real.keptBytesMax,
      ...(real.framesLostMax === null ? {} : { framesLostAfterNoiseMax: real.framesLostMax }),
      isControlCaught: isCaught,
    };
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    say(
      `${subject.name}: ${real.bytes} bytes, ${real.found} found, ${real.misses.length} misses, ${seconds} s`,
    );
  }
  return {
    figures: { seed: SEED, bytesEach, callMsMax: CALL_MS_MAX, decoders },
    misses,
  };
};
