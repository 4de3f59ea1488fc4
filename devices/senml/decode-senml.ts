import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { AT_MS_MAX } from "../../contracts/wire/ids.ts";
import {
  isSenmlPack,
  SENML_PAYLOAD_BYTES_MAX,
  SenmlPack,
  type SenmlRecord,
} from "../../contracts/wire/senml.ts";
import { type Decoded, type DecodedValue, judge, type Unreadable, unreadable } from "../decoded.ts";
import { parseJson } from "../json/parse-json.ts";
import type { SenmlNames } from "./senml-names.ts";

/** RFC 8428, 4.5.3: from here on a time is absolute, below it is relative to now. */
const ABSOLUTE_FROM_S = 2 ** 28;
/** RFC 8428, 4.4: the version that this decoder knows. */
const SENML_VERSION_MAX = 10;
const NONE: never[] = [];

/**
 * Reads one SenML pack of the device that `names` are of. A pack that cannot be read at all gives one reason; otherwise
 * each record stands alone. `nowMs` is used only for times that are relative to now.
 */
export function decodeSenml(payload: Uint8Array, names: SenmlNames, nowMs: number): Decoded {
  if (payload.byteLength > SENML_PAYLOAD_BYTES_MAX) {
    return unreadable(
      "payload-too-large",
      `expected at most ${SENML_PAYLOAD_BYTES_MAX} bytes, got ${payload.byteLength}`,
    );
  }
  const json = parseJson(payload);
  if (json === undefined) return unreadable("malformed-json", "expected a SenML pack as JSON in UTF-8");
  return isSenmlPack(json) ? decodeRecords(json, names, nowMs) : unreadable("malformed-senml", whyNot(json));
}

function whyNot(json: unknown): string {
  const first = SenmlPack.safeParse(json).error?.issues[0];
  const where = first === undefined || first.path.length === 0 ? "the pack" : first.path.join(".");
  return `${where}: ${first?.message ?? "not a SenML pack"}`;
}

function decodeRecords(records: readonly SenmlRecord[], names: SenmlNames, nowMs: number): Decoded {
  let values: DecodedValue[] = NONE;
  let problems: Unreadable[] = NONE;
  let baseName = "";
  let baseTimeS = 0;
  let baseUnit: string | null = null;
  let baseValue = 0;
  let anyTime = false;
  for (let index = 0; index < records.length; index++) {
    const record = records[index] as SenmlRecord;
    const { bn, bt, bu, bv, n, v, vb, t } = record;
    if (bn !== undefined) baseName = bn;
    if (bu !== undefined) baseUnit = bu;
    if (bv !== undefined) baseValue = bv;
    if (bt !== undefined) {
      baseTimeS = bt;
      anyTime = true;
    }
    const onlyBase = n === undefined && v === undefined && vb === undefined;
    if (onlyBase && record.vs === undefined && record.vd === undefined) continue;
    const problem = notUnderstood(record);
    const metric = problem ?? names.metricOf(baseName, n ?? "");
    if (typeof metric !== "string") {
      problems = withOneMore(problems, metric);
      continue;
    }
    const value = vb ?? (v === undefined ? Number.NaN : v + baseValue);
    if (typeof value === "number" && !Number.isFinite(value)) {
      problems = withOneMore(problems, noValue(metric));
      continue;
    }
    const unit = typeof value === "boolean" ? null : (record.u ?? baseUnit);
    const deviceTimeMs = anyTime || t !== undefined ? absoluteMs(baseTimeS + (t ?? 0), nowMs) : null;
    const decoded = judge(metric, value, unit, deviceTimeMs);
    values = withOneMore(values, decoded);
  }
  return { values, unreadable: problems };
}

/** Most packs have one value and no problem; a list that was empty makes room for many. */
function withOneMore<T>(list: T[], one: T): T[] {
  if (list === NONE) return [one];
  list.push(one);
  return list;
}

/** Null where everything in the record that must be understood is. */
function notUnderstood(record: SenmlRecord): Unreadable | null {
  if (record.bver !== undefined && record.bver > SENML_VERSION_MAX) {
    return {
      reason: "malformed-senml",
      detail: `expected SenML version up to ${SENML_VERSION_MAX}, got ${record.bver}`,
    };
  }
  // RFC 8428, 4.4: a field whose name ends in "_" must be understood, or the record is not to be used.
  for (const field in record) {
    if (field.endsWith("_")) {
      return {
        reason: "malformed-senml",
        detail: "a field that must be understood (its name ends in _) is not known",
      };
    }
  }
  return null;
}

const noValue = (metric: MetricName): Unreadable => ({
  reason: "no-value",
  detail: `${metric}: expected v (a number) or vb (a boolean)`,
});

/** Null for a time that no calendar has: before 1970 or after the year 9999. */
function absoluteMs(seconds: number, nowMs: number): number | null {
  const ms = Math.round(seconds * 1_000);
  const absolute = Math.abs(seconds) >= ABSOLUTE_FROM_S ? ms : nowMs + ms;
  // Minus nothing is no time apart.
  return absolute >= 0 && absolute <= AT_MS_MAX ? absolute + 0 : null;
}
