import type { FINDING_KINDS } from "../wire/bed-event.ts";

export const FINDING_KIND_WORDS: Readonly<Record<(typeof FINDING_KINDS)[number], string>> = {
  stuck: "Stuck",
  drifting: "Drifting",
  implausible: "Implausible",
  contradiction: "Contradiction",
};
