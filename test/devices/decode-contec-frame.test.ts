import { describe, expect, test } from "vitest";
import { decodeContecFrame } from "../../devices/contec/decode-contec-frame.ts";
import {
  CONTEC_FRAME,
  CONTEC_FRAME_FAST_PULSE,
  CONTEC_FRAME_FINGER_JUST_OUT,
  CONTEC_FRAME_FINGER_OUT,
  CONTEC_FRAME_PROBE_ERROR,
  CONTEC_FRAME_SEARCHING,
} from "../fixtures/golden.ts";

const short = (frame: Uint8Array) =>
  decodeContecFrame(frame).values.map(({ value, badReason }) => [value, badReason]);

describe("a frame of a Contec oximeter", () => {
  test("gives saturation and pulse", () => {
    expect(decodeContecFrame(CONTEC_FRAME)).toEqual({
      values: [
        { metric: "spo2", value: 95, unit: "%", badReason: null, deviceTimeMs: null },
        { metric: "pulse-rate", value: 68, unit: "/min", badReason: null, deviceTimeMs: null },
      ],
      unreadable: [],
    });
  });

  test("a pulse above 127 has its highest bit in another byte", () => {
    expect(short(CONTEC_FRAME_FAST_PULSE)).toEqual([
      [95, null],
      [140, null],
    ]);
  });

  test.each([
    ["no finger", CONTEC_FRAME_FINGER_OUT],
    ["a pulse still searched for", CONTEC_FRAME_SEARCHING],
  ])("%s is no value, not zero", (_name, frame) => {
    expect(short(frame)).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test.each([
    ["the finger that has just left", CONTEC_FRAME_FINGER_JUST_OUT],
    ["a broken probe", CONTEC_FRAME_PROBE_ERROR],
  ])("the numbers of %s are kept and marked", (_name, frame) => {
    expect(short(frame)).toEqual([
      [95, "sensor-fault"],
      [68, "sensor-fault"],
    ]);
  });

  test("a saturation above 100 is kept and marked", () => {
    expect(short(Uint8Array.from([0x85, 0x34, 0x06, 0x44, 0x78]))[0]).toEqual([120, "out-of-range"]);
  });

  test("any sync bit turned gives no value, and so does any byte lost or added", () => {
    const broken = [
      ...[0, 1, 2, 3, 4].map((at) => CONTEC_FRAME.with(at, (CONTEC_FRAME[at] ?? 0) ^ 0x80)),
      ...[0, 1, 2, 3, 4].map((at) => Uint8Array.from([...CONTEC_FRAME].toSpliced(at, 1))),
      Uint8Array.from([...CONTEC_FRAME, 0]),
      new Uint8Array(),
    ];
    expect(broken).toHaveLength(12);
    for (const frame of broken) {
      const decoded = decodeContecFrame(frame);
      expect(decoded.values).toEqual([]);
      expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "malformed-frame" })]);
    }
  });
});
