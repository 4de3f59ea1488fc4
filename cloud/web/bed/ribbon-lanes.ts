/** A bed's axes over time, as lanes of a ribbon, made of its events. Pure. */
import type { Axis } from "../../../contracts/bed/axes.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS, AXIS_WORDS } from "../../../contracts/words/axis-words.ts";
import type { RibbonLane, RibbonSegment } from "../charts/Ribbon.tsx";
import type { EventLog } from "./event-log.ts";

const LANES = ["occupancy", "readiness", "service"] as const satisfies readonly Axis[];
type LaneAxis = (typeof LANES)[number];
type Pattern = RibbonSegment["pattern"];

const PATTERNS: { readonly [A in LaneAxis]: Readonly<Record<string, Pattern>> } = {
  occupancy: { present: "filled", absent: "hollow" },
  readiness: { clean: "hollow", dirty: "hatched", cleaning: "barred", inspect: "dotted" },
  service: { open: "hollow", blocked: "barred", closed: "filled", "out-of-service": "hatched" },
};

/** Changes faster than this part of the axis are drawn as one segment that says how many they are. */
const SEGMENT_PART_MIN = 1 / 400;

export type RibbonFacts = {
  readonly log: EventLog;
  readonly axes: Pick<BedView["axes"], LaneAxis>;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** When its gateway was heard last, where it is silent: from then on nothing is known. Null: it is heard. */
  readonly silentSinceMs: number | null;
};

export function ribbonLanes(facts: RibbonFacts): RibbonLane[] {
  return LANES.map((axis) => ({ name: AXIS_WORDS[axis], segments: segmentsOf(axis, facts) }));
}

function silence({ silentSinceMs, fromMs, toMs, nowMs }: RibbonFacts): RibbonSegment[] {
  if (silentSinceMs === null) return [];
  const startMs = Math.max(silentSinceMs, fromMs);
  const endMs = Math.min(toMs, nowMs);
  if (endMs <= startMs) return [];
  return [{ fromMs: startMs, toMs: endMs, words: "Gateway silent", pattern: "unknown" }];
}

type Change = { readonly atMs: number; readonly to: string };

function segmentsOf(axis: LaneAxis, facts: RibbonFacts): RibbonSegment[] {
  const { fromMs, toMs } = facts;
  const endMs = Math.min(toMs, facts.nowMs, facts.silentSinceMs ?? toMs);
  const changes = changesOf(axis, facts);
  const inside = changes.filter(({ atMs }) => atMs > fromMs && atMs < endMs);
  const before = changes.findLast(({ atMs }) => atMs <= fromMs);
  // Before the oldest event of all, nobody knew; before the oldest that was read, it is only not known here.
  const firstValue = facts.log.olderCursor === null ? "unknown" : null;
  const starts = [{ atMs: fromMs, to: before?.to ?? null }, ...inside];
  const segments = starts.map(({ atMs, to }, index) =>
    segment(axis, atMs, starts[index + 1]?.atMs ?? endMs, to ?? firstValue),
  );
  const told = merged(
    segments.filter(({ fromMs: start, toMs: end }) => end > start),
    (toMs - fromMs) * SEGMENT_PART_MIN,
  );
  return [...told, ...silence(facts)];
}

/** Events that came late stand by their arrival in the log; on the axis they stand by when they happened. */
function changesOf(axis: LaneAxis, { log, axes }: RibbonFacts): Change[] {
  const changes = log.entries
    .flatMap(({ kind, to, observedAt }) =>
      kind === `${axis}-changed` && to !== null ? [{ atMs: Date.parse(observedAt), to }] : [],
    )
    .sort((one, other) => one.atMs - other.atMs);
  // What holds now may have been declared by a file, of which there is no event.
  const { value, since } = axes[axis];
  const last = changes.at(-1);
  const sinceMs = since === null ? null : Date.parse(since);
  if (sinceMs !== null && (last === undefined || (last.to !== value && last.atMs < sinceMs)))
    changes.push({ atMs: sinceMs, to: value });
  return changes;
}

function segment(axis: LaneAxis, fromMs: number, toMs: number, value: string | null): RibbonSegment {
  if (value === null) return { fromMs, toMs, words: "Not loaded", pattern: "unknown" };
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS[axis];
  return { fromMs, toMs, words: words[value] ?? value, pattern: PATTERNS[axis][value] ?? "unknown" };
}

function merged(segments: readonly RibbonSegment[], shortMs: number): RibbonSegment[] {
  const result: RibbonSegment[] = [];
  let short: RibbonSegment[] = [];
  const flush = () => {
    const [first] = short;
    const last = short.at(-1);
    if (first !== undefined && last !== undefined)
      result.push(
        short.length === 1
          ? first
          : { fromMs: first.fromMs, toMs: last.toMs, words: `${short.length} changes`, pattern: "mixed" },
      );
    short = [];
  };
  for (const each of segments) {
    if (each.toMs - each.fromMs < shortMs) {
      short.push(each);
      continue;
    }
    flush();
    result.push(each);
  }
  flush();
  return result;
}
