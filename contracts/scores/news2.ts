/**
 * NEWS2, the National Early Warning Score, exactly as the Royal College of Physicians published it (London, 2017):
 * chart 1 for the parts, chart 2 for what a total asks for. For patients of 16 years and over who are not pregnant.
 * A total stands only where all seven parts do: a part that is missing is named, never counted as nothing.
 */
import { type MetricName, metricOf } from "../metrics/catalogue.ts";

export const NEWS2_PARTS = [
  "respiration",
  "oxygen-saturation",
  "air-or-oxygen",
  "systolic-pressure",
  "pulse",
  "consciousness",
  "temperature",
] as const;
export type News2PartName = (typeof NEWS2_PARTS)[number];

/** Alert; newly confused; responds to voice, to pain; unresponsive. */
export const CONSCIOUSNESS = ["alert", "confusion", "voice", "pain", "unresponsive"] as const;
export type Consciousness = (typeof CONSCIOUSNESS)[number];

/** What is known of one part, or why it is not. */
export type Given<T> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "missing"; readonly reason: string };

export type News2Input = {
  readonly respirationPerMin: Given<number>;
  readonly spo2Percent: Given<number>;
  /** Scale 2 is for whom a clinician set a target of 88 to 92 %, and for nobody else. */
  readonly spo2Scale: 1 | 2;
  readonly airOrOxygen: Given<"air" | "oxygen">;
  readonly systolicMmHg: Given<number>;
  readonly pulsePerMin: Given<number>;
  readonly consciousness: Given<Consciousness>;
  readonly temperatureCel: Given<number>;
};

export type News2Score = 0 | 1 | 2 | 3;

export type News2Part = {
  readonly name: News2PartName;
  /** As it was scored: rounded to what the chart's bands are written in; null: missing. */
  readonly value: number | string | null;
} & ({ readonly score: News2Score } | { readonly missing: string });

/** By the total: low 0–4, low-medium 0–4 with a part of 3, medium 5–6, high 7 and more. */
export const NEWS2_RISKS = ["low", "low-medium", "medium", "high"] as const;
export type News2Risk = (typeof NEWS2_RISKS)[number];

export type News2 = {
  readonly parts: readonly News2Part[];
  readonly missing: readonly News2PartName[];
  /** Parts that are 3 by themselves; they ask for a review whatever the others are. */
  readonly threes: readonly News2PartName[];
  /** Null unless all seven parts are known. */
  readonly total: number | null;
  readonly risk: News2Risk | null;
};

type Band = readonly [upTo: number, score: News2Score];

/** Each band ends at its value, inclusive; the last has no end. In ascending order. */
const RESPIRATION: readonly Band[] = [
  [8, 3],
  [11, 1],
  [20, 0],
  [24, 2],
  [Infinity, 3],
];
const SPO2_SCALE_1: readonly Band[] = [
  [91, 3],
  [93, 2],
  [95, 1],
  [Infinity, 0],
];
const SPO2_SCALE_2_ON_AIR: readonly Band[] = [
  [83, 3],
  [85, 2],
  [87, 1],
  [Infinity, 0],
];
const SPO2_SCALE_2_ON_OXYGEN: readonly Band[] = [
  [83, 3],
  [85, 2],
  [87, 1],
  [92, 0],
  [94, 1],
  [96, 2],
  [Infinity, 3],
];
const SYSTOLIC: readonly Band[] = [
  [90, 3],
  [100, 2],
  [110, 1],
  [219, 0],
  [Infinity, 3],
];
const PULSE: readonly Band[] = [
  [40, 3],
  [50, 1],
  [90, 0],
  [110, 1],
  [130, 2],
  [Infinity, 3],
];
const TEMPERATURE: readonly Band[] = [
  [35, 3],
  [36, 1],
  [38, 0],
  [39, 1],
  [Infinity, 2],
];

/** Up to here scale 2 scores the same on air and on oxygen. */
const SCALE_2_SHARED_UP_TO = 92;

export function news2(input: News2Input): News2 {
  const parts: readonly News2Part[] = [
    measured("respiration", input.respirationPerMin, "respiratory-rate", 0, RESPIRATION),
    oxygenSaturation(input),
    said("air-or-oxygen", input.airOrOxygen, (value) => (value === "oxygen" ? 2 : 0)),
    measured("systolic-pressure", input.systolicMmHg, "systolic-pressure", 0, SYSTOLIC),
    measured("pulse", input.pulsePerMin, "pulse-rate", 0, PULSE),
    said("consciousness", input.consciousness, (value) => (value === "alert" ? 0 : 3)),
    measured("temperature", input.temperatureCel, "body-temperature", 1, TEMPERATURE),
  ];
  const scores = parts.flatMap((part) => ("score" in part ? [part.score] : []));
  const total = scores.length === parts.length ? scores.reduce<number>((sum, score) => sum + score, 0) : null;
  const threes = parts.flatMap((part) => ("score" in part && part.score === 3 ? [part.name] : []));
  return {
    parts,
    missing: parts.flatMap((part) => ("missing" in part ? [part.name] : [])),
    threes,
    total,
    risk: total === null ? null : riskOf(total, threes.length > 0),
  };
}

function riskOf(total: number, hasThree: boolean): News2Risk {
  if (total >= 7) return "high";
  if (total >= 5) return "medium";
  return hasThree ? "low-medium" : "low";
}

function measured(
  name: News2PartName,
  given: Given<number>,
  metric: MetricName,
  decimals: number,
  bands: readonly Band[],
): News2Part {
  if (given.kind === "missing") return missing(name, given.reason);
  const { min, max } = metricOf(metric);
  // NaN is in no range.
  if (!(given.value >= min && given.value <= max))
    return missing(name, `${given.value} is no value that it can have`);
  const value = rounded(given.value, decimals);
  return { name, value, score: scoreOf(value, bands) };
}

function oxygenSaturation({ spo2Percent, spo2Scale, airOrOxygen }: News2Input): News2Part {
  const on = (bands: readonly Band[]) => measured("oxygen-saturation", spo2Percent, "spo2", 0, bands);
  if (spo2Scale === 1) return on(SPO2_SCALE_1);
  if (airOrOxygen.kind === "value")
    return on(airOrOxygen.value === "air" ? SPO2_SCALE_2_ON_AIR : SPO2_SCALE_2_ON_OXYGEN);
  const part = on(SPO2_SCALE_2_ON_AIR);
  if ("missing" in part || Number(part.value) <= SCALE_2_SHARED_UP_TO) return part;
  return missing("oxygen-saturation", "scale 2 needs to know whether the patient breathes air or oxygen");
}

function said<T extends string>(
  name: News2PartName,
  given: Given<T>,
  score: (value: T) => News2Score,
): News2Part {
  if (given.kind === "missing") return missing(name, given.reason);
  return { name, value: given.value, score: score(given.value) };
}

function missing(name: News2PartName, reason: string): News2Part {
  return { name, value: null, missing: reason };
}

/** The chart's bands are written in whole units, and in tenths of a degree: between 35.0 and 35.1 there is nothing. */
function rounded(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  // 35.05 is stored as a little less; six further digits bring the half back that was written.
  return Math.round(Number((value * factor).toFixed(6))) / factor;
}

function scoreOf(value: number, bands: readonly Band[]): News2Score {
  for (const [upTo, score] of bands) if (value <= upTo) return score;
  throw new Error(`expected a number, got ${value}`);
}
