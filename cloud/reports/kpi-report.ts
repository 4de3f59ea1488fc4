/** A report before it has a format: its rows, and what stands in each column. Pure. */
import type {
  KpiAnswer,
  KpiDurations,
  KpiFigureName,
  KpiFigures,
  KpiMissing,
  KpiPeriod,
} from "../../contracts/wire/kpi.ts";

export type KpiReport = { readonly title: string; readonly kpi: KpiAnswer };

/** Figures of a place in a period; `ward` null: the whole hospital. */
export type ReportRow = {
  readonly hospital: { readonly id: string; readonly name: string };
  readonly ward: { readonly id: string; readonly name: string } | null;
  readonly period: KpiPeriod;
  /** Of the whole range, not of one of its periods. */
  readonly isWhole: boolean;
  readonly figures: KpiFigures;
};

export type ReportTable = Pick<ReportRow, "hospital" | "ward"> & { readonly rows: readonly ReportRow[] };

/** A hospital, then its wards; of each its periods, then the whole range where that is more than one of them. */
export function tablesOf({ kpi }: KpiReport): ReportTable[] {
  const range: KpiPeriod = {
    from: kpi.from,
    to: kpi.to,
    name: "whole",
    isOver: Date.parse(kpi.to) <= Date.parse(kpi.serverTime),
  };
  return kpi.hospitals.flatMap(({ hospitalId, name, wards, ...own }) => {
    const hospital = { id: hospitalId, name };
    const places = [
      { ward: null, periods: own.periods, whole: own.whole },
      ...wards.map(({ wardId, name: wardName, ...rest }) => ({
        ward: { id: wardId, name: wardName },
        ...rest,
      })),
    ];
    return places.map(({ ward, periods, whole }): ReportTable => {
      const rows = kpi.periods.flatMap((period, place): ReportRow[] => {
        const figures = periods[place];
        return figures === undefined
          ? []
          : [{ hospital, ward, period, isWhole: kpi.by === "whole", figures }];
      });
      const last: ReportRow = { hospital, ward, period: range, isWhole: true, figures: whole };
      return { hospital, ward, rows: kpi.by === "whole" ? rows : [...rows, last] };
    });
  });
}

/** minutes, share, count: numbers · a figure that is not known has its reason instead */
export type ReportColumn = {
  /** Ascii, with its unit: a column of a CSV file. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly unit: "minutes" | "share" | "count";
  value(figures: KpiFigures): number | null;
  /** Whose reason it is where the value is null. */
  readonly figure: KpiFigureName | null;
};

const MINUTE_MS = 60_000;
const minutes = (ms: number | null) => (ms === null ? null : ms / MINUTE_MS);

type MsFigure = {
  [Name in KpiFigureName]: KpiFigures[Name] extends number | null ? Name : never;
}[KpiFigureName];

const minutesOf = (name: string, title: string, figure: MsFigure): ReportColumn => ({
  name: `${name}_minutes`,
  title: `${title}, min`,
  unit: "minutes",
  value: (figures) => minutes(figures[figure]),
  figure,
});
const countOf = (name: string, title: string, figure: MsFigure): ReportColumn => ({
  name,
  title,
  unit: "count",
  value: (figures) => figures[figure],
  figure,
});

function durationsOf(name: string, title: string, figure: "exitToClean" | "cleaning"): ReportColumn[] {
  const of = (part: keyof KpiDurations & `${string}Ms`, partName: string, words: string): ReportColumn => ({
    name: `${name}_${partName}_minutes`,
    title: `${title} ${words}, min`,
    unit: "minutes",
    value: (figures) => minutes(figures[figure][part]),
    figure,
  });
  const number = (part: "finished" | "open" | "unseen"): ReportColumn => ({
    name: `${name}_${part}`,
    title: `${title} ${part}`,
    unit: "count",
    value: (figures) => figures[figure][part],
    figure: null,
  });
  return [
    of("medianMs", "median", "median"),
    of("p90Ms", "p90", "90 %"),
    of("longestMs", "longest", "longest"),
    number("finished"),
    number("open"),
    number("unseen"),
  ];
}

export const REPORT_COLUMNS: readonly ReportColumn[] = [
  { name: "beds", title: "Beds", unit: "count", value: ({ beds }) => beds, figure: null },
  {
    name: "in_service_minutes",
    title: "In service, min",
    unit: "minutes",
    value: ({ inServiceMs }) => minutes(inServiceMs),
    figure: null,
  },
  {
    name: "occupied_share",
    title: "Occupied share",
    unit: "share",
    value: ({ occupiedShare }) => occupiedShare,
    figure: "occupiedShare",
  },
  minutesOf("occupied", "Occupied", "occupiedMs"),
  minutesOf("not_known", "Not known", "unknownMs"),
  minutesOf("silent", "Silent", "staleMs"),
  minutesOf("available", "Available", "availableMs"),
  minutesOf("blocked", "Blocked", "blockedMs"),
  minutesOf("conflict", "Conflict", "conflictMs"),
  minutesOf("ghost", "Ghost", "ghostMs"),
  minutesOf("squat", "Squat", "squatMs"),
  minutesOf("contradiction", "Contradiction", "contradictionMs"),
  countOf("stays", "Stays", "stays"),
  countOf("turnovers", "Turnovers", "turnovers"),
  ...durationsOf("exit_to_clean", "Exit to clean", "exitToClean"),
  ...durationsOf("cleaning", "Cleaning", "cleaning"),
];

const REASONS: Readonly<Record<KpiMissing, string>> = {
  "not-yet": "not yet",
  "not-kept": "not kept so long",
  "not-in-service": "not in service",
  "occupancy-unknown": "occupancy unknown",
  "readiness-unknown": "readiness unknown",
  "assignment-unknown": "assignment unknown",
  "state-unknown": "state unknown",
  "none-finished": "none finished",
};

/** Why there is no value in this column, for people. */
export function reasonOf({ figure }: ReportColumn, { missing }: KpiFigures): string {
  const why = figure === null ? undefined : missing[figure];
  return why === undefined ? "not known" : REASONS[why];
}
