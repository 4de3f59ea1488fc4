/**
 * Watches what a device says for what no healthy one does, and opens and closes findings:
 *
 *   stuck        all it measures is bit-identical, companions too, for longer than its limit ─▶ until anything moves
 *   implausible  most of its last values are bad or impossible steps                         ─▶ until few are
 *
 * A healthy oximeter, once a second, says the same SpO₂ for up to 113 s and the same pulse for up to 64 s, so one still
 * value means nothing; and booleans stand still by nature.
 */
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import { METRICS, type MetricName } from "../../contracts/metrics/catalogue.ts";
import type { EvidenceRef, SensorFinding } from "../../contracts/wire/bed-event.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { BadReason } from "../../contracts/wire/reading.ts";
import type { Moment } from "../moment.ts";
import { closed, type Findings, findingOf, opened } from "./findings.ts";
import { withOne } from "./with-one.ts";
import { isWrongChange } from "./wrong-change.ts";

/** A patient's values change within this; they are only called stuck together with another that stands still. */
export const STUCK_PATIENT_MS = 4 * 60_000;
/** A person lies still, an empty pad weighs the same, a room at night is as warm as before: for long. */
export const STUCK_LOAD_MS = 6 * 60 * 60_000;
export const STUCK_CLIMATE_MS = 12 * 60 * 60_000;
/** The pressure between two rooms moves with every door in the corridor. */
export const STUCK_PRESSURE_MS = 2 * 60 * 60_000;
const STUCK_MS_MIN = Math.min(STUCK_PATIENT_MS, STUCK_LOAD_MS, STUCK_CLIMATE_MS, STUCK_PRESSURE_MS);
/** From fewer reports than this nothing is concluded. */
const STUCK_FRAMES_MIN = 30;

/** Of this many last values more than `OPEN` must be wrong, and no more than `CLOSE` for it to be over. */
export const JUDGED_VALUES = 20;
const JUDGED_BITS = 2 ** JUDGED_VALUES - 1;
export const IMPLAUSIBLE_OPENS_ABOVE = 10;
export const IMPLAUSIBLE_CLOSES_AT = 5;

const EVIDENCE_MAX = 8;

export type MetricWatch = {
  /** The first report of the value that still stands. */
  readonly first: EvidenceRef;
  readonly newest: EvidenceRef;
  readonly unchangedSince: Moment;
  readonly heard: Moment;
  readonly frames: number;
  /** One bit a value, the newest lowest: 1 was wrong. */
  readonly wrongBits: number;
  readonly judged: number;
};

/** One for each device and metric. A list, since an object keyed by device ids is of another shape at every bed, which is slow. */
export type Watches = readonly MetricWatch[];

export type Watched = {
  readonly reading: EvidenceRef;
  /** Why it is kept and never used; null: it is good. Here it counts against its sensor. */
  readonly badReason: BadReason | null;
  readonly now: Moment;
};

export type WatchState = { readonly watches: Watches; readonly findings: Findings };

export type WatchPlace = {
  readonly expectedIntervalMs: number;
  /** What the device decides by: a device that stands still as a whole is named by it. Null: it decides nothing. */
  readonly decides: MetricName | null;
};

export function watch(place: WatchPlace, state: WatchState, heard: Watched): WatchState {
  const watched = heard.badReason === "sensor-fault" ? withoutValue(heard) : heard;
  const { deviceId, metric } = watched.reading;
  const index = placeOf(state.watches, deviceId, metric);
  const before = state.watches[index];
  const after = next(place, before, watched);
  const watches = withOne(state.watches, index, after);
  const moved = hasMoved(state.findings, before, watched.reading);
  let findings = moved
    ? closed(state.findings, (open) => open.deviceId === deviceId && open.kind === "stuck")
    : state.findings;
  if (!hasMovedLately(after, watched.now)) findings = judgeStuck(place, findings, watches, watched);
  findings = judgeImplausible(findings, before, after, watched);
  return { watches, findings };
}

/** Behind all others where it is not among them. */
function placeOf(watches: Watches, deviceId: DeviceId, metric: MetricName): number {
  let index = 0;
  for (const { newest } of watches) {
    if (newest.metric === metric && newest.deviceId === deviceId) break;
    index += 1;
  }
  return index;
}

/**
 * A sensor that says itself that it does not measure (a clip without a finger) is honest, not wrong, whatever number of
 * the last finger it goes on showing.
 */
function withoutValue({ reading, now }: Watched): Watched {
  return { reading: { ...reading, value: null }, badReason: null, now };
}

function next(place: WatchPlace, before: MetricWatch | undefined, watched: Watched): MetricWatch {
  const { reading, badReason, now } = watched;
  if (before === undefined) {
    return {
      first: reading,
      newest: reading,
      unchangedSince: now,
      heard: now,
      frames: 1,
      wrongBits: badReason === null ? 0 : 1,
      judged: 1,
    };
  }
  const wrong = badReason !== null || isWrongChange(reading.metric, before.newest.value, reading.value);
  // Over a silence nobody saw the value stand still.
  const isSame =
    before.newest.value === reading.value &&
    now.monoMs - before.heard.monoMs <= staleAfterMs(place.expectedIntervalMs);
  return {
    first: isSame ? before.first : reading,
    newest: reading,
    unchangedSince: isSame ? before.unchangedSince : now,
    heard: now,
    frames: isSame ? before.frames + 1 : 1,
    wrongBits: ((before.wrongBits << 1) | Number(wrong)) & JUDGED_BITS,
    judged: Math.min(JUDGED_VALUES, before.judged + 1),
  };
}

/** After a start the finding's own evidence is what a value is compared with. */
function hasMoved(findings: Findings, before: MetricWatch | undefined, reading: EvidenceRef): boolean {
  if (before !== undefined) return before.newest.value !== reading.value;
  if (findings.length === 0) return false;
  return findings.some(
    ({ deviceId, kind, evidence }) =>
      deviceId === reading.deviceId &&
      kind === "stuck" &&
      evidence.some(({ metric, value }) => metric === reading.metric && value !== reading.value),
  );
}

function judgeStuck(
  place: WatchPlace,
  findings: Findings,
  watches: Watches,
  { reading, now }: Watched,
): Findings {
  if (findings.some(({ deviceId, kind }) => deviceId === reading.deviceId && kind === "stuck"))
    return findings;
  const said = watches.filter(
    ({ newest, heard }) =>
      newest.deviceId === reading.deviceId &&
      newest.value !== null &&
      newest.metric !== "battery" &&
      now.monoMs - heard.monoMs <= staleAfterMs(place.expectedIntervalMs),
  );
  const measured = said.filter(({ newest }) => typeof newest.value === "number");
  const limitMs = stuckAfterMs(measured.map(({ newest }) => newest.metric));
  if (limitMs === null || measured.some(({ frames }) => frames < STUCK_FRAMES_MIN)) return findings;
  if (isAtRest(measured.map(({ newest }) => newest))) return findings;
  if (said.some(({ unchangedSince }) => now.monoMs - unchangedSince.monoMs <= limitMs)) return findings;
  return opened(findings, {
    deviceId: reading.deviceId,
    metric: place.decides ?? measured[0]?.newest.metric ?? reading.metric,
    kind: "stuck",
    sinceMs: Math.max(...measured.map(({ unchangedSince }) => unchangedSince.atMs)),
    detail: `All that it measures has stood still for more than ${limitMs / 60_000} min. Look whether it still measures: touch it, or switch it off and on.`,
    evidence: measured.flatMap(({ first, newest }) => [first, newest]).slice(0, EVIDENCE_MAX),
  });
}

/** Any value that moved within the shortest limit shows that its device does not stand still as a whole. */
function hasMovedLately({ newest, unchangedSince }: MetricWatch, now: Moment): boolean {
  if (newest.value === null || newest.metric === "battery") return false;
  return now.monoMs - unchangedSince.monoMs <= STUCK_MS_MIN;
}

/** A scale that cannot say less than zero says exactly that of an empty bed, all night, and is not stuck. */
function isAtRest(newest: readonly EvidenceRef[]): boolean {
  return newest.every(({ metric, value }) => metric === "load" && value === 0);
}

/** Null: nothing among these can be called stuck. */
function stuckAfterMs(metrics: readonly MetricName[]): number | null {
  const limits = metrics.flatMap((metric) => {
    if (metric === "load" || metric.startsWith("load-cell")) return [STUCK_LOAD_MS];
    if (metric === "differential-pressure") return [STUCK_PRESSURE_MS];
    if (metric === "room-temperature" || metric === "relative-humidity" || metric === "co2")
      return metrics.length > 1 ? [STUCK_CLIMATE_MS] : [];
    return METRICS[metric].lane === "vitals" && metrics.length > 1 ? [STUCK_PATIENT_MS] : [];
  });
  return limits.length === 0 ? null : Math.min(...limits);
}

function judgeImplausible(
  findings: Findings,
  before: MetricWatch | undefined,
  seen: MetricWatch,
  { reading, now }: Watched,
): Findings {
  if (findings.length === 0 && seen.wrongBits === 0) return findings;
  const { deviceId, metric } = reading;
  const name = { deviceId, metric, kind: "implausible" as const };
  const wrong = bitsIn(seen.wrongBits);
  if (findingOf(findings, name) !== undefined) {
    const isOver = seen.judged === JUDGED_VALUES && wrong <= IMPLAUSIBLE_CLOSES_AT;
    return isOver ? closed(findings, (open) => isNamed(open, name)) : findings;
  }
  if (wrong <= IMPLAUSIBLE_OPENS_ABOVE) return findings;
  return opened(findings, {
    ...name,
    sinceMs: now.atMs,
    detail: `Of its last ${JUDGED_VALUES} values more than ${IMPLAUSIBLE_OPENS_ABOVE} are out of range or steps that nothing here makes. Check how it is mounted, its cable and its settings.`,
    evidence: before === undefined ? [reading] : [before.newest, reading],
  });
}

const isNamed = (open: SensorFinding, name: Pick<SensorFinding, "deviceId" | "metric" | "kind">) =>
  open.deviceId === name.deviceId && open.metric === name.metric && open.kind === name.kind;

function bitsIn(bits: number): number {
  let count = 0;
  for (let left = bits; left > 0; left >>>= 1) count += left & 1;
  return count;
}
