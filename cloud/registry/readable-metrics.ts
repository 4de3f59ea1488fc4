/** Which of a bed's newest values a person may read. Pure. */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { Role } from "../../contracts/wire/roles.ts";

/** What a bed and its room say of themselves. Everything else in the catalogue is measured on a patient. */
const BED_AND_ROOM_METRICS: readonly MetricName[] = [
  "occupancy",
  "load",
  "load-cell-1",
  "load-cell-2",
  "load-cell-3",
  "load-cell-4",
  "bed-brake",
  "side-rail",
  "cleaning",
  "battery",
  "room-temperature",
  "relative-humidity",
  "co2",
  "differential-pressure",
  "door-open",
];

const CLINICAL_ROLES: readonly Role[] = ["doctor", "nurse"];

export function isVitalSign(metric: MetricName): boolean {
  return !BED_AND_ROOM_METRICS.includes(metric);
}

export type Reader = { readonly role: Role; readonly hospitalId: HospitalId | null };

/** Only for a bed that the reader may see at all. */
export function mayReadMetric(reader: Reader, bedHospitalId: HospitalId, metric: MetricName): boolean {
  if (!isVitalSign(metric)) return true;
  return CLINICAL_ROLES.includes(reader.role) && reader.hospitalId === bedHospitalId;
}
