import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../devices/decode-frame.ts";
import type { SerialProfile } from "../../devices/profile.ts";
import { contecCms50dPlus } from "../../devices/profiles/contec-cms50d-plus.ts";
import { masimoAscii1 } from "../../devices/profiles/masimo-ascii-1.ts";
import { noninAscii } from "../../devices/profiles/nonin-ascii.ts";
import { scanSerial } from "../../devices/scan-serial.ts";
import {
  CONTEC_FRAME,
  CONTEC_FRAME_FAST_PULSE,
  CONTEC_FRAME_PROBE_ERROR,
  NONIN_LINE,
  NONIN_LINE_NO_VALUE,
  NONIN_LINE_WITH_TIME,
  RAD_8_LINE,
  RAD_8_LINE_NO_VALUE,
  RADICAL_7_LINE,
} from "../fixtures/golden.ts";

const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (frame: Uint8Array) => Buffer.from(frame).toString("hex");
const CR_LF = bytes("\r\n");

type Case = { profile: SerialProfile; frames: readonly Uint8Array[]; end: Uint8Array; restBytesMax: number };

const CASES: readonly [string, Case][] = [
  [
    "masimo-ascii-1",
    {
      profile: masimoAscii1,
      frames: [RADICAL_7_LINE, RAD_8_LINE_NO_VALUE, RAD_8_LINE],
      end: CR_LF,
      restBytesMax: 513,
    },
  ],
  [
    "nonin-ascii",
    {
      profile: noninAscii,
      frames: [NONIN_LINE, NONIN_LINE_NO_VALUE, NONIN_LINE_WITH_TIME],
      end: CR_LF,
      restBytesMax: 129,
    },
  ],
  [
    "contec-cms50d-plus",
    {
      profile: contecCms50dPlus,
      frames: [CONTEC_FRAME, CONTEC_FRAME_FAST_PULSE, CONTEC_FRAME_PROBE_ERROR],
      end: new Uint8Array(),
      restBytesMax: 4,
    },
  ],
];

/** Feeds chunks as a driver does and collects what comes out; asserts on the way that the buffer stays bounded. */
function scanAll({ profile, restBytesMax }: Case, chunks: readonly Uint8Array[]) {
  const frames: Uint8Array[] = [];
  const reasons: string[] = [];
  let buffer: Uint8Array = new Uint8Array();
  for (const chunk of chunks) {
    buffer = join(buffer, chunk);
    for (let scan = scanSerial(profile, buffer); ; scan = scanSerial(profile, buffer)) {
      expect(scan.rest.length).toBeLessThanOrEqual(buffer.length);
      buffer = scan.rest;
      if (scan.kind === "need-more") break;
      if (scan.kind === "frame") frames.push(scan.frame);
      else reasons.push(scan.reason);
    }
    expect(buffer.length).toBeLessThanOrEqual(restBytesMax);
  }
  return { frames, reasons };
}

const streamOf = ({ frames, end }: Case) => join(...frames.flatMap((frame) => [frame, end]));

describe.each(CASES)("the scanner of %s", (_name, one) => {
  const stream = streamOf(one);
  const wanted = one.frames.map(hex);

  test("finds the same frames in every split in two, and byte by byte", () => {
    for (let at = 0; at <= stream.length; at++) {
      const scanned = scanAll(one, [stream.subarray(0, at), stream.subarray(at)]);
      expect(scanned.frames.map(hex)).toEqual(wanted);
      expect(scanned.reasons).toEqual([]);
    }
    expect(
      scanAll(
        one,
        [...stream].map((byte) => Uint8Array.of(byte)),
      ).frames.map(hex),
    ).toEqual(wanted);
  });

  test("finds the same frames in every split in many", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, i) => stream.subarray(at[i], end));
        expect(scanAll(one, chunks).frames.map(hex)).toEqual(wanted);
      }),
    );
  });

  test("after any noise loses at most two frames", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_500 }), (noise) => {
        const found = scanAll(one, [join(noise, stream)]).frames.map(hex);
        expect(found.at(-1)).toBe(wanted.at(-1));
      }),
    );
  });

  test("joined anywhere in the stream, loses at most the frame that it cut", () => {
    for (let from = 0; from < stream.length; from++) {
      const scanned = scanAll(one, [stream.subarray(from), stream]);
      expect(scanned.frames.slice(-3).map(hex)).toEqual(wanted);
    }
  });

  test("no bytes make it or the decoder throw or stand still", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 4 }), (chunks) => {
        for (const frame of scanAll(one, chunks).frames) decodeFrame(one.profile, frame);
      }),
    );
  });

  test("gives the decoder of its profile what it reads", () => {
    for (const frame of one.frames) {
      const decoded = decodeFrame(one.profile, frame);
      expect(decoded.unreadable).toEqual([]);
      expect(decoded.values.length).toBeGreaterThanOrEqual(2);
    }
  });
});

test("a line without end is dropped and said to be too long, and the next one is read", () => {
  const [, masimo] = CASES[0] ?? [];
  if (masimo === undefined) throw new Error("the first case is gone");
  const noise = bytes("x".repeat(5_000));
  const scanned = scanAll(masimo, [noise, noise, CR_LF, streamOf(masimo)]);
  expect(scanned.frames).toHaveLength(3);
  expect(scanned.reasons).toEqual(["line-too-long"]);
});

describe("a Contec frame with a byte lost", () => {
  const [, contec] = CASES[2] ?? [];
  if (contec === undefined) throw new Error("the third case is gone");

  test("gives nothing itself, and the very next frame is found", () => {
    for (let lost = 1; lost < 5; lost++) {
      const cut = Uint8Array.from([...CONTEC_FRAME].toSpliced(lost, 1));
      const scanned = scanAll(contec, [join(cut, CONTEC_FRAME_FAST_PULSE)]);
      expect(scanned.frames.map(hex)).toEqual([hex(CONTEC_FRAME_FAST_PULSE)]);
      expect(scanned.reasons).toEqual(["malformed-frame"]);
    }
  });

  test("whose first byte is lost is skipped as a whole", () => {
    const scanned = scanAll(contec, [join(CONTEC_FRAME.subarray(1), CONTEC_FRAME)]);
    expect(scanned.frames.map(hex)).toEqual([hex(CONTEC_FRAME)]);
  });
});
