import { QueryClientProvider } from "@tanstack/react-query";
import { useState, useSyncExternalStore } from "react";
import { useLocation, useSearch } from "wouter";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { createQueryClient } from "../../../contracts/ui/query-client.ts";
import { ReadError } from "../../../contracts/ui/read-json.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import { useShownBoard } from "../board/BoardContext.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { PageSkeleton } from "../environment/PageSkeleton.tsx";
import { ExportPanel } from "../exports/ExportPanel.tsx";
import { Definitions } from "./Definitions.tsx";
import { FIGURES } from "./figure-words.ts";
import { KpiBars } from "./KpiBars.tsx";
import { FigurePicker, KpiPickers } from "./KpiPickers.tsx";
import { KpiTable } from "./KpiTable.tsx";
import { kpiExports } from "./kpi-exports.ts";
import { beforeWords, daysWords, PERIOD_WORDS, rangeOf, readPeriod } from "./kpi-period.ts";
import { kpiRows } from "./kpi-rows.ts";
import { ReportSection } from "./ReportSection.tsx";
import { type KpiPlace, useKpi } from "./use-kpi.ts";
import "./kpi.css";

/** What wards came to in a period, beside the period before. */
export function KpiPage() {
  const [queries] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <Kpi />
    </QueryClientProvider>
  );
}

const MINUTE_MS = 60_000;
const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Kpi() {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const clock = useClock();
  const layout = useShownBoard()?.layout ?? [];
  const period = readPeriod(search);
  const query = new URLSearchParams(search);
  const place: KpiPlace = { hospital: query.get("hospital"), ward: query.get("ward") };
  const figure = FIGURES.find(({ name }) => name === query.get("figure")) ?? FIGURES[0];
  const minuteMs = useSyncExternalStore(
    clock.subscribe,
    () => Math.floor(clock.beatMs() / MINUTE_MS) * MINUTE_MS,
  );
  const { fromMs, toMs, by, beforeFromMs, beforeToMs } = rangeOf(period, minuteMs);
  const wish = { ...place, fromMs, toMs, by, timeZone: TIME_ZONE };
  const now = useKpi(wish);
  const before = useKpi({
    ...place,
    fromMs: beforeFromMs,
    toMs: beforeToMs,
    by: "whole",
    timeZone: TIME_ZONE,
  });

  const change = (part: Readonly<Record<string, string | null>>) => {
    const next = new URLSearchParams(search);
    for (const [name, value] of Object.entries(part))
      if (value === null) next.delete(name);
      else next.set(name, value);
    navigate(`${path}?${next}`, { replace: true });
  };

  if (now.data === undefined)
    return now.error === null ? (
      <PageSkeleton words="Loading the figures" />
    ) : (
      <NoFigures error={now.error} retry={() => void now.refetch()} />
    );
  const rows = kpiRows(now.data, before.data);
  const hasBeds = rows.some(({ whole }) => whole.beds > 0);
  return (
    <div className="kpi desaturates" aria-busy={now.isPlaceholderData}>
      <header className="kpi-head">
        <h2>
          {PERIOD_WORDS[period]}{" "}
          <span className="kpi-range quiet">
            {daysWords(fromMs, toMs)}, {TIME_ZONE}
          </span>
        </h2>
        <KpiPickers layout={layout} period={period} place={place} onChange={change} />
      </header>
      {now.error === null ? null : <FailureNote error={now.error} retry={() => void now.refetch()} />}
      {before.error === null ? null : (
        <FailureNote error={before.error} retry={() => void before.refetch()} />
      )}
      {hasBeds ? null : <p>No bed was in service in this period. Choose a later one, or another place.</p>}
      <section className="kpi-section" aria-labelledby="kpi-title">
        <h3 id="kpi-title">Wards, and the change against {beforeWords(period)}</h3>
        <div className="kpi-wide">
          <KpiTable labelledBy="kpi-title" rows={rows} />
        </div>
        <Definitions />
      </section>
      {now.data.periods.length < 2 ? null : (
        <section className="kpi-section" aria-labelledby="kpi-bars-title">
          <div className="kpi-head">
            <h3 id="kpi-bars-title">{figure.words}, day by day</h3>
            <FigurePicker figure={figure.name} onChange={(name) => change({ figure: name })} />
          </div>
          <KpiBars figure={figure} rows={rows} periods={now.data.periods} />
        </section>
      )}
      <ExportPanel
        title="These figures as a file"
        note={`${PERIOD_WORDS[period]}, of ${place.hospital === null ? "all that you may see" : "the place chosen above"}: to print, to calculate with, or for programs.`}
        choices={kpiExports(wish)}
      />
      <ReportSection />
    </div>
  );
}

function NoFigures({ error, retry }: { readonly error: Error; retry(): void }) {
  const isDenied = error instanceof ReadError && error.failure.kind === "denied";
  return (
    <StatePanel
      title={isDenied ? "Your role does not open this page" : "The figures could not be loaded"}
      action={{ words: "Try again", run: retry }}
    >
      <p>{error instanceof ReadError ? failureWords(error.failure) : "Something went wrong on this page."}</p>
      <p className="quiet">
        {isDenied
          ? "It is for staff: administrators, coordinators, facility engineers, doctors and nurses."
          : "The other pages go on."}
      </p>
    </StatePanel>
  );
}
