import { isMetricName, type MetricName } from "../../contracts/metrics/catalogue.ts";
import { AtMs } from "../../contracts/wire/ids.ts";
import { SENML_PAYLOAD_BYTES_MAX, SenmlPack, type SenmlRecord } from "../../contracts/wire/senml.ts";
import { type Decoded, type DecodedValue, judge, type Unreadable, unreadable } from "../decoded.ts";
import { parseJson } from "../json/parse-json.ts";

/** RFC 8428, 4.5.3: from here on a time is absolute, below it is relative to now. */
const ABSOLUTE_FROM_S = 2 ** 28;
/** RFC 8428, 4.4: the version that this decoder knows. */
const SENML_VERSION_MAX = 10;

/**
 * Reads one SenML pack. A pack that cannot be read at all gives one reason; otherwise each record stands alone.
 * `nowMs` is used only for times that are relative to now.
 */
export function decodeSenml(
  payload: Uint8Array,
  deviceId: string,
  metrics: readonly MetricName[],
  nowMs: number,
): Decoded {
  if (payload.byteLength > SENML_PAYLOAD_BYTES_MAX) {
    return unreadable(
      "payload-too-large",
      `expected at most ${SENML_PAYLOAD_BYTES_MAX} bytes, got ${payload.byteLength}`,
    );
  }
  const json = parseJson(payload);
  if (json === undefined) return unreadable("malformed-json", "expected a SenML pack as JSON in UTF-8");
  const pack = SenmlPack.safeParse(json);
  if (!pack.success) {
    const first = pack.error.issues[0];
    const where = first === undefined || first.path.length === 0 ? "the pack" : first.path.join(".");
    return unreadable("malformed-senml", `${where}: ${first?.message ?? "not a SenML pack"}`);
  }
  return decodeRecords(pack.data, deviceId, metrics, nowMs);
}

type Base = {
  readonly bn: string;
  readonly bt: number;
  readonly bu: string | undefined;
  readonly bv: number | undefined;
};

function decodeRecords(
  records: readonly SenmlRecord[],
  deviceId: string,
  metrics: readonly MetricName[],
  nowMs: number,
): Decoded {
  const values: DecodedValue[] = [];
  const problems: Unreadable[] = [];
  let base: Base = { bn: "", bt: 0, bu: undefined, bv: undefined };
  let anyTime = false;
  for (const record of records) {
    base = {
      bn: record.bn ?? base.bn,
      bt: record.bt ?? base.bt,
      bu: record.bu ?? base.bu,
      bv: record.bv ?? base.bv,
    };
    anyTime ||= record.bt !== undefined;
    const onlyBase = record.n === undefined && record.v === undefined && record.vb === undefined;
    if (onlyBase && record.vs === undefined && record.vd === undefined) continue;
    const decoded = decodeRecord(record, base, deviceId, metrics);
    if ("reason" in decoded) {
      problems.push(decoded);
      continue;
    }
    const hasTime = anyTime || record.t !== undefined;
    const deviceTimeMs = hasTime ? absoluteMs(base.bt + (record.t ?? 0), nowMs) : null;
    values.push(judge(decoded.metric, decoded.value, decoded.unit, deviceTimeMs));
  }
  return { values, unreadable: problems };
}

function decodeRecord(
  record: SenmlRecord,
  base: Base,
  deviceId: string,
  metrics: readonly MetricName[],
): Unreadable | { metric: MetricName; value: number | boolean; unit: string | null } {
  if (record.bver !== undefined && record.bver > SENML_VERSION_MAX) {
    return {
      reason: "malformed-senml",
      detail: `expected SenML version up to ${SENML_VERSION_MAX}, got ${record.bver}`,
    };
  }
  // RFC 8428, 4.4: a field whose name ends in "_" must be understood, or the record is not to be used.
  const mustUnderstand = Object.keys(record).find((field) => field.endsWith("_"));
  if (mustUnderstand !== undefined) {
    return {
      reason: "malformed-senml",
      detail: "a field that must be understood (its name ends in _) is not known",
    };
  }
  const name = base.bn + (record.n ?? "");
  const owner = /^urn:dev:ops:\d+-([a-z0-9-]+):/.exec(name)?.[1];
  if (owner !== undefined && owner !== deviceId) {
    return {
      reason: "name-of-another-device",
      detail: `expected a name of ${deviceId}, got one of ${owner}`,
    };
  }
  const metric = name.slice(name.lastIndexOf(":") + 1);
  if (!isMetricName(metric)) {
    const shown = metric.slice(0, 40).replace(/[^ -~]/g, "?");
    return { reason: "unknown-metric", detail: `"${shown}" is not in the metric catalogue` };
  }
  if (!metrics.includes(metric)) {
    return {
      reason: "metric-not-in-profile",
      detail: `${metric} is not among the metrics of this device's profile`,
    };
  }
  const value = record.vb ?? (record.v === undefined ? undefined : record.v + (base.bv ?? 0));
  if (value === undefined || !Number.isFinite(Number(value)))
    return { reason: "no-value", detail: `${metric}: expected v (a number) or vb (a boolean)` };
  const unit = typeof value === "boolean" ? null : (record.u ?? base.bu ?? null);
  return { metric, value, unit };
}

/** Null for a time that no calendar has: before 1970 or after the year 9999. */
function absoluteMs(seconds: number, nowMs: number): number | null {
  const ms = Math.round(seconds * 1_000);
  const absolute = Math.abs(seconds) >= ABSOLUTE_FROM_S ? ms : nowMs + ms;
  return AtMs.safeParse(absolute).data ?? null;
}
