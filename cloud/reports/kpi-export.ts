/** Figures of beds as a file, for whoever asks. */
import { type KpiExportRequest, KpiExportRequest as Schema } from "../../contracts/wire/exports.ts";
import type { KpiAnswer } from "../../contracts/wire/kpi.ts";
import { type AnyExportKind, exportKind } from "../exports/export-kind.ts";
import type { Kpi } from "../kpi/kpi.ts";
import { FORMATS } from "./formats.ts";

export function kpiExport(kpi: Kpi): AnyExportKind {
  return exportKind({
    name: "kpi",
    request: Schema,
    async prepare(request, asker) {
      const bedCount = await kpi.prepare(asker, request);
      return {
        fileName: fileNameOf(request),
        contentType: FORMATS[request.format].contentType,
        rowsEstimate: bedCount,
      };
    },
    async run(request, asker, job) {
      const answer = await kpi.answer(asker, request, job.signal, (doneBeds, allBeds) =>
        job.progress(doneBeds, allBeds),
      );
      await FORMATS[request.format].write({ title: titleOf(answer), kpi: answer }, job.write);
    },
  });
}

function titleOf({ hospitals }: KpiAnswer): string {
  const [first, ...others] = hospitals;
  return first !== undefined && others.length === 0 ? `Beds of ${first.name}` : "Beds of all hospitals";
}

function fileNameOf({ hospital, ward, from, to, format }: KpiExportRequest): string {
  const place = [hospital, ward].filter((part) => part !== undefined);
  const times = [from, to].map((time) => new Date(time).toISOString().slice(0, 16).replace(/[-:]/g, ""));
  return `${["beds", ...place, ...times].join(".")}.${format}`;
}
