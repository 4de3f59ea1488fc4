/** Hospitals and their wards, one row each, with the same place's figures of the period before. Pure. */
import type { KpiAnswer, KpiFigures } from "../../../contracts/wire/kpi.ts";

export type KpiRow = {
  readonly key: string;
  readonly name: string;
  /** A hospital's row is the sum of its wards. */
  readonly isSum: boolean;
  readonly hospitalName: string;
  readonly whole: KpiFigures;
  readonly periods: readonly KpiFigures[];
  /** Null: not there yet, or there was no such ward. */
  readonly before: KpiFigures | null;
};

export function kpiRows(answer: KpiAnswer, before: KpiAnswer | undefined): KpiRow[] {
  return answer.hospitals.flatMap((hospital) => {
    const then = before?.hospitals.find(({ hospitalId }) => hospitalId === hospital.hospitalId);
    const wards = hospital.wards.map((ward) => ({
      key: `${hospital.hospitalId} ${ward.wardId}`,
      name: ward.name,
      isSum: false,
      hospitalName: hospital.name,
      whole: ward.whole,
      periods: ward.periods,
      before: then?.wards.find(({ wardId }) => wardId === ward.wardId)?.whole ?? null,
    }));
    // A hospital of one ward says nothing more than that ward.
    if (wards.length === 1) return wards;
    const { name, whole, periods, hospitalId } = hospital;
    const sum = { key: hospitalId, name, isSum: true, hospitalName: name, whole, periods };
    return [{ ...sum, before: then?.whole ?? null }, ...wards];
  });
}
