/** A SenML pack in JSON (RFC 8428), as far as devices here use it; unknown fields are ignored, as the RFC asks. */
import * as z from "zod";

export const SENML_PAYLOAD_BYTES_MAX = 64 * 1024;
export const SENML_RECORDS_MAX = 256;
const NAME_MAX = 256;
const UNIT_MAX = 32;

const SenmlRecordSchema = z.looseObject({
  /** Base name, time (s), unit and value: each holds from its record on. */
  bn: z.string().max(NAME_MAX).optional(),
  bt: z.number().optional(),
  bu: z.string().max(UNIT_MAX).optional(),
  bv: z.number().optional(),
  bver: z.int().positive().optional(),
  n: z.string().max(NAME_MAX).optional(),
  u: z.string().max(UNIT_MAX).optional(),
  v: z.number().optional(),
  vb: z.boolean().optional(),
  vs: z.string().optional(),
  vd: z.string().optional(),
  /** Seconds: since 1970 from 2^28 on, below that relative to now. */
  t: z.number().optional(),
});
export type SenmlRecord = z.infer<typeof SenmlRecordSchema>;

export const SenmlPack = z.array(SenmlRecordSchema).min(1).max(SENML_RECORDS_MAX);

/**
 * The same check written out, for a hundred thousand packs a second; a test holds the two together. The schema says what
 * is wrong where this says no.
 */
export function isSenmlPack(json: unknown): json is readonly SenmlRecord[] {
  if (!Array.isArray(json) || json.length === 0 || json.length > SENML_RECORDS_MAX) return false;
  for (let index = 0; index < json.length; index++) if (!isSenmlRecord(json[index])) return false;
  return true;
}

function isSenmlRecord(json: unknown): boolean {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return false;
  const record = json as Readonly<Record<string, unknown>>;
  for (const field in record) {
    const value = record[field];
    if (value === undefined) continue;
    switch (field) {
      case "bn":
      case "n":
        if (typeof value !== "string" || isLonger(value, NAME_MAX)) return false;
        break;
      case "bu":
      case "u":
        if (typeof value !== "string" || isLonger(value, UNIT_MAX)) return false;
        break;
      case "bt":
      case "bv":
      case "v":
      case "t":
        if (!Number.isFinite(value)) return false;
        break;
      case "vb":
        if (typeof value !== "boolean") return false;
        break;
      case "vs":
      case "vd":
        if (typeof value !== "string") return false;
        break;
      case "bver":
        if (!Number.isSafeInteger(value) || (value as number) <= 0) return false;
        break;
    }
  }
  return true;
}

/** Counted in code points, as the schema counts; one is at most two units of UTF-16. */
function isLonger(text: string, codePointsMax: number): boolean {
  return text.length > codePointsMax && (text.length > 2 * codePointsMax || [...text].length > codePointsMax);
}
