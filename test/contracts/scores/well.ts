/** A patient with whom nothing is wrong, for the tests of NEWS2. */
import type { Given, News2, News2Input, News2PartName } from "../../../contracts/scores/news2.ts";

export const value = <T>(of: T): Given<T> => ({ kind: "value", value: of });
export const gone = { kind: "missing", reason: "no sensor" } as const;

/** Nothing is wrong with this patient: every part is 0. */
export const WELL: News2Input = {
  respirationPerMin: value(16),
  spo2Percent: value(98),
  spo2Scale: 1,
  airOrOxygen: value("air"),
  systolicMmHg: value(120),
  pulsePerMin: value(70),
  consciousness: value("alert"),
  temperatureCel: value(37),
};

export const PART_OF = {
  respirationPerMin: "respiration",
  spo2Percent: "oxygen-saturation",
  airOrOxygen: "air-or-oxygen",
  systolicMmHg: "systolic-pressure",
  pulsePerMin: "pulse",
  consciousness: "consciousness",
  temperatureCel: "temperature",
} as const satisfies Record<string, News2PartName>;
type GivenName = keyof typeof PART_OF;
export const GIVEN_NAMES = Object.keys(PART_OF) as GivenName[];

export function scoreOf(result: News2, name: News2PartName): number | null {
  const part = result.parts.find((each) => each.name === name);
  return part !== undefined && "score" in part ? part.score : null;
}
