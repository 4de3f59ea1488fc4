/** Contec's frames. Their second reading is one search over the whole stream as text. */
import { decodeFrame } from "../../../devices/decode-frame.ts";
import { contecCms50dPlus } from "../../../devices/profiles/contec-cms50d-plus.ts";
import { scanSerial } from "../../../devices/scan-serial.ts";
import * as golden from "../../fixtures/golden.ts";
import { type Read, type Said, type Subject, saidOf, sameAs } from "./subject.ts";

const read: Read = (bytes) => {
  const scan = scanSerial(contecCms50dPlus, bytes);
  if (scan.kind !== "frame") return { found: null, kept: scan.rest, isWaiting: scan.kind === "need-more" };
  const said = saidOf(decodeFrame(contecCms50dPlus, scan.frame).values);
  return { found: said.length > 0 ? { frame: scan.frame, said } : null, kept: scan.rest, isWaiting: false };
};

/** Takes any five bytes for a frame, as a reader does that counts instead of looking. */
const trust: Read = (bytes) => {
  const frame = bytes.subarray(0, 5);
  if (frame.length < 5) return { found: null, kept: frame, isWaiting: true };
  return { found: { frame, said: readFrame(Buffer.from(frame)) }, kept: bytes.subarray(5), isWaiting: false };
};

function readFrame(frame: Buffer): Said[] {
  const bits = frame.toString("hex");
  const [status, flags] = [Number.parseInt(bits.slice(0, 2), 16), Number.parseInt(bits.slice(4, 6), 16)];
  const isMeasured = status % 32 < 16 && flags % 64 < 16;
  const pulse = frame.readUInt8(3) + (flags % 128 >= 64 ? 128 : 0);
  const spo2 = frame.readUInt8(4);
  const said = (metric: string, value: number, empty: number, max: number): Said =>
    value === 0 || value === empty
      ? { metric, value: null, isGood: true }
      : { metric, value, isGood: isMeasured && value <= max };
  return [said("spo2", spo2, 127, 100), said("pulse-rate", pulse, 255, 300)];
}

export const frameSubjects: readonly Subject[] = [
  {
    name: contecCms50dPlus.model,
    golden: [
      golden.CONTEC_FRAME,
      golden.CONTEC_FRAME_FAST_PULSE,
      golden.CONTEC_FRAME_FINGER_OUT,
      golden.CONTEC_FRAME_FINGER_JUST_OUT,
      golden.CONTEC_FRAME_PROBE_ERROR,
      golden.CONTEC_FRAME_SEARCHING,
    ],
    comesAs: "stream",
    resynchronises: true,
    keptBytesMax: 4,
    read,
    trust,
    judge(stream, found) {
      const frames =
        Buffer.from(stream)
          .toString("latin1")
          .match(/\P{ASCII}\p{ASCII}{4}/gu) ?? [];
      return sameAs(
        frames.map((frame) => readFrame(Buffer.from(frame, "latin1"))),
        found,
      );
    },
  },
];
