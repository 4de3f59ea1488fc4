/**
 * One frame of a Contec CMS50D+ with the older firmware (atbrask/CMS50Dplus, tranzoa.net), five bytes, sixty a second:
 *
 *   1BDF SSSS   0CCC CCCC   0PSE bbbb   0ppp pppp   0sss ssss
 *
 *   first byte alone with bit 7: beep, saturation drops, finger out, signal strength · curve · P pulse bit 7, searching,
 *   probe error, bar · pulse bits 0 to 6 · saturation. Without a value pulse and saturation are 0.
 */
import { isSearching, type OximeterValues, type Probe } from "./oximeter-values.ts";

export const contecFramesPerS = 60;

const signalStrength = 7;
const fingerOut = 0x10;
const beep = 0x40;
const searching = 0x20;
const probeError = 0x10;
const beepS = 0.1;

/** `atS`: seconds of the device's life; the curve and the beep follow the pulse from there. */
export function contecFrame(values: OximeterValues, probe: Probe, atS: number): Buffer {
  const isOn = probe === "on";
  const pulse = isOn ? Math.round(values.pulsePerMin ?? 0) : 0;
  const saturation = isOn ? Math.round(values.spo2Pct ?? 0) : 0;
  const beats = (atS * pulse) / 60;
  const beatS = pulse === 0 ? Number.POSITIVE_INFINITY : ((beats % 1) * 60) / pulse;
  const curve = pulse === 0 ? 0 : Math.round(50 + 40 * Math.sin(2 * Math.PI * beats));
  return Buffer.from([
    0x80 | (isOn ? signalStrength : 0) | (isOn ? 0 : fingerOut) | (beatS < beepS ? beep : 0),
    curve,
    (pulse & 0x80 ? 0x40 : 0) |
      (isSearching(values, probe) ? searching : 0) |
      (probe === "unplugged" ? probeError : 0) |
      Math.round((curve / 127) * 15),
    pulse & 0x7f,
    saturation & 0x7f,
  ]);
}
