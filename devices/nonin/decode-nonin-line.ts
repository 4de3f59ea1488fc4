import { type Decoded, type DecodedValue, judge, unreadable } from "../decoded.ts";
import { numberOfPair } from "../lines/key-value.ts";
import type { LineProfile } from "../profile.ts";

/**
 * `SPO2=098 HR=072`, and around it what single models add: a time in front (8600V, 9847), ` F` for fast-responding values
 * (Avant, BT4000), `*` for an event that somebody marked, `B` for a breath (9847). The time has no date and no zone.
 */
const LINE = /^(?:\d{2}:\d{2}:\d{2} )?(SPO2=\S+) (HR=\S+?)(?: F)?(?: ?[B*]){0,2} *$/;

/**
 * Reads one line. The protocol has no check sum, so the whole line must be of its form; the header that a monitor writes
 * when it is switched on is not, and gives no value.
 */
export function decodeNoninLine(profile: LineProfile, line: Uint8Array): Decoded {
  const pairs = LINE.exec(new TextDecoder("latin1").decode(line));
  if (pairs === null)
    return unreadable("malformed-line", "expected SPO2=nnn HR=nnn, with nothing unknown around it");
  const values: DecodedValue[] = [];
  for (const [at, field] of profile.fields.entries()) {
    const value = numberOfPair(field, pairs[at + 1] ?? "");
    if (value === undefined)
      return unreadable("malformed-line", `${field.key}: expected three digits or three dashes`);
    values.push(judge(field.metric, value, undefined, null));
  }
  return { values, unreadable: [] };
}
