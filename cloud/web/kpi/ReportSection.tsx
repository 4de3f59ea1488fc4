import { useQuery } from "@tanstack/react-query";
import { Age } from "../../../contracts/ui/Age.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { ReportList, type ReportView } from "../../../contracts/wire/reports.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { bytesWords } from "../exports/export-words.ts";
import { daysWords } from "./kpi-period.ts";

const ASKED_EVERY_MS = 60_000;

/** Reports that the service makes by its schedule, with their files. */
export function ReportSection() {
  const { data, error, refetch } = useQuery({
    queryKey: ["reports"],
    queryFn: ({ signal }) => readJson(ReportList, "/api/v1/reports", signal),
    refetchInterval: ASKED_EVERY_MS,
  });
  return (
    <section className="kpi-section" aria-labelledby="reports-title">
      <h3 id="reports-title">Scheduled reports</h3>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data?.reports.length === 0 ? (
        <p className="quiet">
          None yet. The service makes them by the schedule in its configuration, and lists them here.
        </p>
      ) : null}
      {data === undefined || data.reports.length === 0 ? null : (
        <FactTable
          labelledBy="reports-title"
          keyOf={({ reportId }) => reportId}
          rows={data.reports}
          columns={[
            { name: "Report", cell: (report) => <Name report={report} /> },
            { name: "Period", cell: ({ from, to }) => daysWords(Date.parse(from), Date.parse(to)) },
            { name: "State", cell: (report) => <State report={report} /> },
            { name: "Files", cell: (report) => <Files report={report} /> },
          ]}
        />
      )}
    </section>
  );
}

type OfReport = { readonly report: ReportView };

function Name({ report: { name, hospitalId, timeZone } }: OfReport) {
  return (
    <>
      {name}
      <span className="block quiet">
        {hospitalId ?? "all hospitals"}, {timeZone}
      </span>
    </>
  );
}

const STATE_WORDS: Readonly<Record<ReportView["state"], string>> = {
  waiting: "Waiting",
  running: "Being made",
  done: "Made",
  failed: "Failed",
};

function State({ report: { state, error, dueAt, madeAt } }: OfReport) {
  return (
    <>
      {state === "failed" ? <span className="badge badge-strong">Failed</span> : STATE_WORDS[state]}{" "}
      <span className="quiet">
        {madeAt === null ? "due " : null}
        <Age atMs={Date.parse(madeAt ?? dueAt)} />
      </span>
      {error === null ? null : <span className="block">{error}</span>}
    </>
  );
}

const FORMAT_WORDS = { pdf: "PDF", xlsx: "Excel", csv: "CSV" } as const;

function Files({ report: { reportId, name, files } }: OfReport) {
  if (files.length === 0) return <span className="quiet">none</span>;
  return (
    <span className="export-actions">
      {files.map(({ format, fileName, bytes }) => (
        <a key={format} href={`/api/v1/reports/${reportId}/files/${format}`} download={fileName}>
          {FORMAT_WORDS[format]}
          <span className="visually-hidden"> of {name}</span>, {bytesWords(bytes)}
        </a>
      ))}
    </span>
  );
}
