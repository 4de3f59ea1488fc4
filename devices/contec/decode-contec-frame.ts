import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { type Decoded, type DecodedValue, judge, unreadable } from "../decoded.ts";
import { scanContecFrame } from "./scan-contec-frame.ts";

/** Byte 0: no finger in the clip. */
const FINGER_OUT = 0x10;
/** Byte 2: the probe is broken; the pulse is being searched for. */
const PROBE_ERROR = 0x10;
const SEARCHING = 0x20;
/** Byte 2: bit 7 of the pulse, which has only seven bits in its own byte. */
const PULSE_HIGH = 0x40;

/** No oximeter measures these: the device fills its fields with them where it has no value. */
const NO_PULSE = [0, 0xff];
const NO_SATURATION = [0, 0x7f];

/** Reads one frame. Under a fault its numbers are kept and marked: they are the last finger's, or nobody's. */
export function decodeContecFrame(frame: Uint8Array): Decoded {
  const [status, , flags, pulseLow, saturation] = frame;
  const scan = scanContecFrame(frame);
  const isWhole = scan.kind === "frame" && scan.rest.length === 0;
  if (
    !isWhole ||
    status === undefined ||
    flags === undefined ||
    pulseLow === undefined ||
    saturation === undefined
  ) {
    const detail =
      scan.kind === "corrupt" ? scan.detail : `expected one frame of five bytes, got ${frame.length}`;
    return unreadable("malformed-frame", detail);
  }
  const pulse = (flags & PULSE_HIGH ? 0x80 : 0) | pulseLow;
  const isFaulty = (status & FINGER_OUT) !== 0 || (flags & (PROBE_ERROR | SEARCHING)) !== 0;
  return {
    values: [
      judgeUnder("spo2", NO_SATURATION.includes(saturation) ? null : saturation, isFaulty),
      judgeUnder("pulse-rate", NO_PULSE.includes(pulse) ? null : pulse, isFaulty),
    ],
    unreadable: [],
  };
}

function judgeUnder(metric: MetricName, value: number | null, isFaulty: boolean): DecodedValue {
  const judged = judge(metric, value, undefined, null);
  return isFaulty && value !== null && judged.badReason === null
    ? { ...judged, badReason: "sensor-fault" }
    : judged;
}
