/** The figures that the page shows: what they are called, how they read, and how they compare. Pure. */
import type { KpiFigureName, KpiFigures, KpiMissing } from "../../../contracts/wire/kpi.ts";

export type Figure = {
  readonly name: FigureName;
  readonly words: string;
  readonly kind: "share" | "count" | "duration";
  /** Whose `missing` says why it is null. */
  readonly of: KpiFigureName;
  /** How it is worked out. */
  readonly definition: string;
  read(figures: KpiFigures): number | null;
};

export const FIGURE_NAMES = [
  "occupied",
  "turnovers",
  "exit-to-clean",
  "cleaning",
  "conflict",
  "stale",
  "unknown",
  "blocked",
] as const;
export type FigureName = (typeof FIGURE_NAMES)[number];

export const FIGURES: readonly [Figure, ...Figure[]] = [
  {
    name: "occupied",
    words: "Occupied",
    kind: "share",
    of: "occupiedShare",
    definition: "Time in which somebody was in a bed, of the time in service in which that was known.",
    read: ({ occupiedShare }) => occupiedShare,
  },
  {
    name: "turnovers",
    words: "Turnovers",
    kind: "count",
    of: "turnovers",
    definition: "Stays that ended in the period: the bed was clean again after somebody had used it.",
    read: ({ turnovers }) => turnovers,
  },
  {
    name: "exit-to-clean",
    words: "Exit to clean, median",
    kind: "duration",
    of: "exitToClean",
    definition:
      "From when a bed was left for the last time before its cleaning until it was clean; the middle one of those that ended in the period. Exits that nobody saw are not in it.",
    read: ({ exitToClean }) => exitToClean.medianMs,
  },
  {
    name: "cleaning",
    words: "Cleaning, median",
    kind: "duration",
    of: "cleaning",
    definition: "From when cleaning was begun until it was finished; the middle one.",
    read: ({ cleaning }) => cleaning.medianMs,
  },
  {
    name: "conflict",
    words: "In conflict",
    kind: "duration",
    of: "conflictMs",
    definition:
      "Time of all beds together in which one was admitted but empty, used but assigned to nobody, or had sensors that said opposite things.",
    read: ({ conflictMs }) => conflictMs,
  },
  {
    name: "stale",
    words: "Stale",
    kind: "duration",
    of: "staleMs",
    definition: "Time of all beds together in which a sensor or the gateway said nothing any more.",
    read: ({ staleMs }) => staleMs,
  },
  {
    name: "unknown",
    words: "Occupancy not known",
    kind: "duration",
    of: "unknownMs",
    definition:
      "Time of all beds together in which nobody could say whether one was occupied; stale time is part of it.",
    read: ({ unknownMs }) => unknownMs,
  },
  {
    name: "blocked",
    words: "Blocked",
    kind: "duration",
    of: "blockedMs",
    definition: "Time of all beds together in which one was shown as blocked.",
    read: ({ blockedMs }) => blockedMs,
  },
];

const MISSING_WORDS: Readonly<Record<KpiMissing, string>> = {
  "not-yet": "not begun yet",
  "not-kept": "not kept so long",
  "not-in-service": "no bed in service",
  "occupancy-unknown": "occupancy never known",
  "readiness-unknown": "readiness never known",
  "assignment-unknown": "claims never known",
  "state-unknown": "state never known",
  "none-finished": "none finished",
};

export function missingWords(figure: Figure, { missing }: KpiFigures): string {
  const why = missing[figure.of];
  return why === undefined ? "no reason given" : MISSING_WORDS[why];
}

export function figureWords({ kind }: Figure, value: number): string {
  switch (kind) {
    case "share":
      return `${(value * 100).toFixed(1)} %`;
    case "count":
      return String(value);
    case "duration":
      return spanWords(value);
  }
}

/** Against the period before; null: one of the two is not known. */
export function changeWords(figure: Figure, value: number | null, before: number | null): string | null {
  if (value === null || before === null) return null;
  const change = value - before;
  const size = Math.abs(change);
  const words = figure.kind === "share" ? `${(size * 100).toFixed(1)} points` : figureWords(figure, size);
  // What rounds to nothing is no change that anybody could see.
  if (words === figureWords(figure, 0) || words === "0.0 points") return "as before";
  return `${words} ${change > 0 ? "more" : "less"}`;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two units where one would hide much: "42 min", "5 h 12 min", "3 d 4 h". */
export function spanWords(ms: number): string {
  if (ms > 0 && ms < MINUTE_MS) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS)
    return two(Math.floor(ms / HOUR_MS), "h", Math.floor((ms % HOUR_MS) / MINUTE_MS), "min");
  return two(Math.floor(ms / DAY_MS), "d", Math.floor((ms % DAY_MS) / HOUR_MS), "h");
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
