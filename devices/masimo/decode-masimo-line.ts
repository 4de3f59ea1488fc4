import { type Decoded, type DecodedValue, judge, unreadable } from "../decoded.ts";
import { numberOfPair } from "../lines/key-value.ts";
import type { LineProfile } from "../profile.ts";

/** `03/17/16 19:19:36 SN=---------- …` */
const HEAD = /^\d{2}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} SN=[\d-]{10} /;
/** The exception bits close the values: six digits on the Rad-8 and the older Radical-7, seven on the newer. */
const EXCEPTIONS = /^EXC=([0-9A-F]{6,8})$/;

/**
 * Bits of EXC under which the numbers on the line are not the patient's: no sensor, a defective one, pulse search, sensor
 * off, an unrecognised one. A monitor may go on writing its last values meanwhile. Low perfusion (004), interference
 * (010), ambient light (040) and low signal IQ (400) are the monitor's caution about values that it measures and shows;
 * they stay good, as they do at the bedside.
 */
const NOT_MEASURED = 0x001 | 0x002 | 0x008 | 0x020 | 0x080;

/**
 * Reads one line. The protocol has no check sum, so the whole shape is asked for: date, serial number, each field once
 * and in its exact form, exception bits at the end. A line with a piece missing gives no value at all.
 */
export function decodeMasimoLine(profile: LineProfile, line: Uint8Array): Decoded {
  const text = new TextDecoder("latin1").decode(line);
  if (!HEAD.test(text))
    return unreadable("malformed-line", "expected MM/DD/YY hh:mm:ss SN=… at the line's start");
  const pairs = text.split(" ");
  const bits = pairs.filter((pair) => pair.startsWith("EXC="));
  const exceptions = EXCEPTIONS.exec(bits[0] ?? "")?.[1];
  if (exceptions === undefined || bits.length > 1)
    return unreadable("malformed-line", "expected EXC=… once, at the end of the values");
  const isMeasured = (Number.parseInt(exceptions, 16) & NOT_MEASURED) === 0;
  const values: DecodedValue[] = [];
  for (const field of profile.fields) {
    const found = pairs.filter((pair) => pair.startsWith(`${field.key}=`));
    // The perfusion index is not on every model; a field that is there twice means that two lines ran together.
    if (found.length === 0 && field.metric === "perfusion-index") continue;
    const value = found.length === 1 ? numberOfPair(field, found[0] ?? "") : undefined;
    if (value === undefined) {
      return unreadable(
        "malformed-line",
        `${field.key}: expected exactly one value of the form ${field.pattern.source}`,
      );
    }
    const judged = judge(field.metric, value, undefined, null);
    const isFaulty = value !== null && !isMeasured && judged.badReason === null;
    values.push(isFaulty ? { ...judged, badReason: "sensor-fault" } : judged);
  }
  return { values, unreadable: [] };
}
