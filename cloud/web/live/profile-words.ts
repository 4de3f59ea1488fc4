import type { LevelOfCare } from "../../../contracts/booking/vocabulary.ts";
import { FEATURE_WORDS, LEVEL_WORDS } from "../../../contracts/ui/booking-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";

/** What people on the ward call these. */
const SHORT_WORDS: Readonly<Partial<Record<LevelOfCare, string>>> = {
  "high-dependency": "HDU",
  intensive: "ICU",
};

/** In one line: "Intensive ICU, Ventilator, Single room". Empty: nobody has said what the bed is. */
export function profileWords(profile: BedView["profile"]): string {
  if (profile === null) return "";
  const { levelOfCare, features } = profile;
  const level = [LEVEL_WORDS[levelOfCare], SHORT_WORDS[levelOfCare]].filter(Boolean).join(" ");
  return [level, ...features.map((feature) => FEATURE_WORDS[feature])].join(", ");
}
