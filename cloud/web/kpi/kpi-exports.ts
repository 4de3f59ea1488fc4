/** The figures on the page as files. Pure. */
import { HospitalId, WardId } from "../../../contracts/wire/ids.ts";
import type { ExportChoice } from "../exports/ExportPanel.tsx";
import type { KpiWish } from "./use-kpi.ts";

const FORMATS = [
  ["PDF", "pdf"],
  ["Excel", "xlsx"],
  ["CSV", "csv"],
] as const;

export function kpiExports({ hospital, ward, fromMs, toMs, by, timeZone }: KpiWish): ExportChoice[] {
  const hospitalId = HospitalId.safeParse(hospital).data;
  const wardId = WardId.safeParse(ward).data;
  const place = {
    ...(hospitalId === undefined ? {} : { hospital: hospitalId }),
    ...(hospitalId === undefined || wardId === undefined ? {} : { ward: wardId }),
  };
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return FORMATS.map(([words, format]) => ({
    words,
    request: { kind: "kpi", format, ...place, ...range, by, timeZone },
  }));
}
