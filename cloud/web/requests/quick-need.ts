/**
 * A need in a few letters: "icu iso" or "general male routine p4". Each word is a value's name or the beginning of one,
 * in any order; what is not understood is named and changes nothing. Pure.
 */
import {
  AGE_BANDS,
  type AgeBand,
  FEATURES,
  type Feature,
  ISOLATION_NEEDS,
  type IsolationNeed,
  LEVELS_OF_CARE,
  type LevelOfCare,
  SEXES,
  type Sex,
  URGENCIES,
  type Urgency,
} from "../../../contracts/booking/vocabulary.ts";

export type Wish = {
  readonly levelOfCare: LevelOfCare;
  readonly features: readonly Feature[];
  readonly isolation: IsolationNeed;
  readonly ageBand: AgeBand;
  readonly sex: Sex;
  readonly urgency: Urgency;
  readonly clinicalPriority: number;
};

export const FIRST_WISH: Wish = {
  levelOfCare: "general",
  features: [],
  isolation: "none",
  ageBand: "adult",
  sex: "unknown",
  urgency: "emergency",
  clinicalPriority: 2,
};

/** What wards say for it. */
const SHORT: Readonly<Record<string, Partial<Wish>>> = {
  icu: { levelOfCare: "intensive" },
  hdu: { levelOfCare: "high-dependency" },
  ward: { levelOfCare: "general" },
  iso: { isolation: "airborne" },
  vent: { features: ["ventilator-invasive"] },
  niv: { features: ["ventilator-noninvasive"] },
  o2: { features: ["oxygen"] },
  side: { features: ["single-room"] },
  f: { sex: "female" },
  m: { sex: "male" },
};

type Setter = (value: string) => Partial<Wish>;
const NAMED: readonly (readonly [readonly string[], Setter])[] = [
  [LEVELS_OF_CARE, (value) => ({ levelOfCare: value as LevelOfCare })],
  [FEATURES, (value) => ({ features: [value as Feature] })],
  [ISOLATION_NEEDS.filter((name) => name !== "none"), (value) => ({ isolation: value as IsolationNeed })],
  [AGE_BANDS, (value) => ({ ageBand: value as AgeBand })],
  [SEXES.filter((name) => name !== "unknown"), (value) => ({ sex: value as Sex })],
  [URGENCIES, (value) => ({ urgency: value as Urgency })],
];

export type QuickNeed = { readonly wish: Wish; readonly unknown: readonly string[] };

export function readQuickNeed(text: string, from: Wish = FIRST_WISH): QuickNeed {
  let wish = from;
  const unknown: string[] = [];
  for (const word of text.toLowerCase().split(/[\s,]+/)) {
    if (word === "") continue;
    const part = SHORT[word] ?? priorityOf(word) ?? namedBy(word);
    if (part === null) unknown.push(word);
    else wish = { ...wish, ...part, features: [...new Set([...wish.features, ...(part.features ?? [])])] };
  }
  return { wish, unknown };
}

function priorityOf(word: string): Partial<Wish> | null {
  const digit = /^p([1-5])$/.exec(word)?.[1];
  return digit === undefined ? null : { clinicalPriority: Number(digit) };
}

/** The whole name, or a beginning that only one name has. */
function namedBy(word: string): Partial<Wish> | null {
  const named = NAMED.flatMap(([names, set]) =>
    names.filter((name) => name.startsWith(word)).map((name) => ({ name, set })),
  );
  const [only, other] = named;
  const whole = named.find(({ name }) => name === word);
  if (whole !== undefined) return whole.set(whole.name);
  return only === undefined || other !== undefined ? null : only.set(only.name);
}
