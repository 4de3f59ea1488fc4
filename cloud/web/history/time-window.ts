/** Which stretch of time a page shows: one that ends now and follows it, or one that was chosen and stands. Pure. */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long each range is, and in which steps its end follows now: about the width of a point on the screen. */
export const RANGES = {
  "1h": { words: "1 h", spanMs: HOUR_MS, stepMs: 10 * SECOND_MS },
  "8h": { words: "8 h", spanMs: 8 * HOUR_MS, stepMs: MINUTE_MS },
  "24h": { words: "24 h", spanMs: DAY_MS, stepMs: 2 * MINUTE_MS },
  "7d": { words: "7 d", spanMs: 7 * DAY_MS, stepMs: 10 * MINUTE_MS },
  "30d": { words: "30 d", spanMs: 30 * DAY_MS, stepMs: 30 * MINUTE_MS },
} as const satisfies Record<string, { words: string; spanMs: number; stepMs: number }>;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as RangeName[];
export const DEFAULT_RANGE: RangeName = "8h";

export type TimeWindow =
  | { readonly kind: "live"; readonly range: RangeName }
  | { readonly kind: "chosen"; readonly fromMs: number; readonly toMs: number };

export type Bounds = { readonly fromMs: number; readonly toMs: number };

/** A stretch shorter than this shows nothing that a single reading would not. */
export const CHOSEN_MS_MIN = 10 * SECOND_MS;

/** Of a URL's query: `?range=24h` or `?from=…&to=…`. What means nothing is the default, not refused: a link may be old. */
export function readWindow(search: string): TimeWindow {
  const query = new URLSearchParams(search);
  const fromMs = Date.parse(query.get("from") ?? "");
  const toMs = Date.parse(query.get("to") ?? "");
  // NaN is greater than nothing.
  if (toMs - fromMs >= CHOSEN_MS_MIN) return { kind: "chosen", fromMs, toMs };
  const range = RANGE_NAMES.find((name) => name === query.get("range"));
  return { kind: "live", range: range ?? DEFAULT_RANGE };
}

export function writeWindow(window: TimeWindow): string {
  if (window.kind === "live") return `?range=${window.range}`;
  const at = (ms: number) => new Date(ms).toISOString();
  return `?from=${at(window.fromMs)}&to=${at(window.toMs)}`;
}

export function boundsOf(window: TimeWindow, nowMs: number): Bounds {
  if (window.kind === "chosen") return window;
  const { spanMs, stepMs } = RANGES[window.range];
  // The end lies up to a step ahead of now, so that the newest reading is always inside.
  const toMs = Math.ceil(nowMs / stepMs) * stepMs;
  return { fromMs: toMs - spanMs, toMs };
}

/** What a drag over `bounds` chooses, in whole seconds and not too short. */
export function chosenWindow(fromMs: number, toMs: number): TimeWindow {
  const from = Math.floor(fromMs / SECOND_MS) * SECOND_MS;
  const to = Math.max(Math.ceil(toMs / SECOND_MS) * SECOND_MS, from + CHOSEN_MS_MIN);
  return { kind: "chosen", fromMs: from, toMs: to };
}
