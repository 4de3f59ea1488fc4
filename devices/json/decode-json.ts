import { type Decoded, type DecodedValue, judge, type Unreadable, unreadable } from "../decoded.ts";
import type { JsonField, JsonProfile } from "../profile.ts";
import { timeOf } from "./json-time.ts";
import { parseJson } from "./parse-json.ts";
import { wholeNumber } from "./whole-number.ts";

/** Longer is not a bed's report. It gives way as a whole: half a report is none. */
export const JSON_PAYLOAD_BYTES_MAX = 64 * 1024;

/**
 * Reads one message by the paths of its profile. Each field stands alone; one that the message does not have is not among
 * the values, since many devices send only what changed. A name that stands twice in one object counts as it stands last.
 */
export function decodeJson(profile: JsonProfile, payload: Uint8Array): Decoded {
  if (payload.byteLength > JSON_PAYLOAD_BYTES_MAX) {
    return unreadable(
      "payload-too-large",
      `expected at most ${JSON_PAYLOAD_BYTES_MAX} bytes, got ${payload.byteLength}`,
    );
  }
  const message = parseJson(payload);
  if (message === undefined) return unreadable("malformed-json", "expected JSON in UTF-8");
  const { time } = profile;
  const deviceTimeMs = time === null ? null : timeOf(at(message, time.path), time.format);
  const values: DecodedValue[] = [];
  const problems: Unreadable[] = [];
  for (const field of profile.fields) {
    const written = at(message, field.path);
    if (written === undefined) continue;
    const value = readValue(field, written);
    if (value === undefined) problems.push({ reason: "not-a-value", detail: complaint(field, written) });
    else values.push(judge(field.metric, value, undefined, deviceTimeMs));
  }
  if (values.length === 0 && problems.length === 0) {
    return unreadable(
      "no-value",
      `expected one of ${profile.fields.map(({ path }) => path).join(", ")}, got none of them`,
    );
  }
  return { values, unreadable: problems };
}

/** What stands at a path; undefined where nothing does. Only an object's own names count, whatever they are called. */
function at(message: unknown, path: string): unknown {
  let here = message;
  for (const name of path.split(".")) {
    if (typeof here !== "object" || here === null || Array.isArray(here) || !Object.hasOwn(here, name))
      return undefined;
    here = (here as Readonly<Record<string, unknown>>)[name];
  }
  return here;
}

/**
 * Null: the device has no value. Undefined: what stands there is none, and cannot be kept as one. A boolean for a number
 * and a number for a boolean can be kept; the catalogue marks them.
 */
function readValue(
  { type, scale, noValue = [] }: JsonField,
  written: unknown,
): number | boolean | null | undefined {
  if (written === null || noValue.some((sentinel) => sentinel === written)) return null;
  if (typeof type === "object") {
    if (written === type.true) return true;
    return written === type.false ? false : undefined;
  }
  const value = type === "number-as-text" && typeof written === "string" ? wholeNumber(written) : written;
  if (typeof value === "boolean") return value;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (noValue.includes(value)) return null;
  if (type === "boolean" || scale === undefined) return value;
  // 714 × 0.1 is 71.4 and not 71.4 and a bit; no scale resolves more than twelve digits.
  return Number((value * scale).toPrecision(12));
}

/** Says what kind of thing stands there and never what it says: it might be a name. */
function complaint({ path, type }: JsonField, written: unknown): string {
  const kind = Array.isArray(written) ? "a list" : `${written === null ? "null" : typeof written}`;
  if (typeof type === "object")
    return `${path}: expected "${type.true}" or "${type.false}", got other ${kind}`;
  if (typeof written === "string" && type === "number-as-text")
    return `${path}: expected a text that is wholly a number, got a text that is not`;
  if (typeof written === "number") return `${path}: expected a number that can be stored, got one too large`;
  return `${path}: expected a ${type}, got ${kind}`;
}
