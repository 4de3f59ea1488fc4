/** Figures of two hospitals' wards through their real schema, with what is not known among them. */
import { KpiAnswer, type KpiFigures } from "../../contracts/wire/kpi.ts";
import { ReportList } from "../../contracts/wire/reports.ts";
import { at, MIN } from "./a-bed.ts";

const HOUR_MS = 60 * MIN;
const DAY_MS = 24 * HOUR_MS;

const durations = (medianMs: number | null, finished = 6) => ({
  finished,
  medianMs,
  p90Ms: medianMs === null ? null : medianMs * 2,
  longestMs: medianMs === null ? null : medianMs * 3,
  open: 1,
  openSince: at(3 * HOUR_MS),
  unseen: 2,
});

export function someFigures(nth: number, words: Partial<KpiFigures> = {}): KpiFigures {
  return {
    beds: 10,
    inServiceMs: 10 * DAY_MS,
    occupiedMs: 6 * DAY_MS,
    occupiedShare: 0.55 + 0.25 * Math.sin(nth),
    unknownMs: 9 * HOUR_MS,
    staleMs: 4 * HOUR_MS,
    availableMs: 2 * DAY_MS,
    blockedMs: 20 * MIN,
    stateMs: null,
    conflictMs: Math.round((50 + nth * 7) * MIN),
    ghostMs: 10 * MIN,
    squatMs: 0,
    contradictionMs: 20 * MIN,
    stays: 7,
    turnovers: 5 + (Math.round(nth) % 4),
    exitToClean: durations(Math.round((48 + nth) * MIN)),
    cleaning: durations(21 * MIN),
    missing: {},
    ...words,
  };
}

/** Nothing of the kind was seen: null with its reason, never 0. */
const unseen: Partial<KpiFigures> = {
  occupiedMs: null,
  occupiedShare: null,
  turnovers: null,
  exitToClean: durations(null, 0),
  missing: {
    occupiedMs: "occupancy-unknown",
    occupiedShare: "occupancy-unknown",
    turnovers: "readiness-unknown",
    exitToClean: "none-finished",
  },
};

export function aKpi(query: URLSearchParams): KpiAnswer {
  const fromMs = Date.parse(query.get("from") ?? at(7 * DAY_MS));
  const toMs = Date.parse(query.get("to") ?? at(0));
  const by = query.get("by") ?? "whole";
  const starts =
    by === "day"
      ? Array.from({ length: Math.round((toMs - fromMs) / DAY_MS) }, (_, day) => fromMs + day * DAY_MS)
      : [fromMs];
  const ward = (wardId: string, name: string, nth: number, words: Partial<KpiFigures> = {}) => ({
    wardId,
    name,
    periods: starts.map((_, day) => someFigures(nth + day, day === 3 ? unseen : words)),
    whole: someFigures(nth, words),
  });
  const hospital = (hospitalId: string, name: string, nth: number) => ({
    hospitalId,
    name,
    periods: starts.map((_, day) => someFigures(nth + day)),
    whole: someFigures(nth),
    wards: [
      ward(`${hospitalId}-intake`, "Intake", nth + 1, hospitalId === "south" ? unseen : {}),
      ward(`${hospitalId}-medical`, "Medical", nth + 2),
    ],
  });
  return KpiAnswer.parse({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    by,
    timeZone: query.get("timeZone") ?? "UTC",
    periods: starts.map((startMs, day) => ({
      from: new Date(startMs).toISOString(),
      to: new Date(starts[day + 1] ?? toMs).toISOString(),
      name: new Date(startMs).toISOString().slice(0, 10),
      isOver: true,
    })),
    // The period before was a little busier.
    hospitals: [
      hospital("north", "Northside General", by === "day" ? 0 : 0.2),
      hospital("south", "Southbank Hospital", by === "day" ? 3 : 3.1),
    ],
    serverTime: at(0),
  });
}

/** One that is made, one that failed and is tried again. */
export function someReports(): ReportList {
  const report = {
    reportId: "00000000-0000-4000-8000-0000000000a1",
    name: "north, week by week",
    hospitalId: "north",
    from: at(8 * DAY_MS),
    to: at(DAY_MS),
    timeZone: "Europe/London",
    dueAt: at(3 * HOUR_MS),
    state: "done",
    attempts: 1,
    error: null,
    nextAttemptAt: null,
    madeAt: at(2 * HOUR_MS),
    files: [
      { format: "pdf", fileName: "north.pdf", bytes: 84_000, sha256: "a".repeat(64) },
      { format: "xlsx", fileName: "north.xlsx", bytes: 19_000, sha256: "b".repeat(64) },
    ],
  };
  return ReportList.parse({
    reports: [
      report,
      {
        ...report,
        reportId: "00000000-0000-4000-8000-0000000000a2",
        name: "all, yesterday",
        hospitalId: null,
        state: "failed",
        attempts: 3,
        error: "The database did not answer. It is tried again with the next one that is due.",
        madeAt: null,
        files: [],
      },
    ],
    serverTime: at(0),
  });
}
