import { type Decoded, type DecodedValue, judge, unreadable } from "../decoded.ts";
import type { KeyValueField, LineProfile } from "../profile.ts";

/** `03/17/16 19:19:36 SN=---------- …` */
const HEAD = /^\d{2}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2} SN=[\d-]{10} /;
/** The exception bits close the values; their width differs by model. */
const EXCEPTIONS = / EXC=([0-9A-F]{6,8})(?: |$)/;

/** Bits of EXC that make the values of a line unusable (Masimo ASCII 1). */
const SENSOR_FAULTS = 0x001 | 0x002 | 0x020 | 0x080;

/**
 * Reads one line. The protocol has no check sum, so the whole shape is asked for: date, serial number, each field once
 * and in its exact form, exception bits at the end. A line with a piece missing gives no value at all.
 */
export function decodeMasimoLine(profile: LineProfile, line: Uint8Array): Decoded {
  const text = new TextDecoder("latin1").decode(line);
  if (!HEAD.test(text))
    return unreadable("malformed-line", "expected MM/DD/YY hh:mm:ss SN=… at the line's start");
  const exceptions = EXCEPTIONS.exec(text)?.[1];
  if (exceptions === undefined)
    return unreadable("malformed-line", "expected EXC=… at the end of the values");
  const bits = Number.parseInt(exceptions, 16);
  const values: DecodedValue[] = [];
  const pairs = text.split(" ");
  for (const field of profile.fields) {
    const found = pairs.filter((pair) => pair.startsWith(`${field.key}=`));
    // The perfusion index is not on every model; a field that is there twice means that two lines ran together.
    if (found.length === 0 && field.metric === "perfusion-index") continue;
    const value = found.length === 1 ? numberOf(field, found[0] ?? "") : undefined;
    if (value === undefined) {
      return unreadable(
        "malformed-line",
        `${field.key}: expected exactly one value of the form ${field.pattern.source}`,
      );
    }
    const judged = judge(field.metric, value, undefined, null);
    const faulty = value !== null && (bits & SENSOR_FAULTS) !== 0 && judged.badReason === null;
    values.push(faulty ? { ...judged, badReason: "sensor-fault" } : judged);
  }
  return { values, unreadable: [] };
}

/** Undefined where the text does not have the field's form, null where it is dashes. */
function numberOf(field: KeyValueField, pair: string): number | null | undefined {
  const number = field.pattern.exec(pair.slice(field.key.length + 1))?.[1];
  if (number === undefined) return undefined;
  return number.startsWith("-") ? null : Number(number);
}
