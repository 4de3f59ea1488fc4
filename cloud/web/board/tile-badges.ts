import { BADGE_WORDS } from "../../../contracts/ui/states.ts";
import type { ShownBed } from "../live/shown-bed.ts";

export type TileBadge = { readonly words: string; readonly weight: "strong" | "plain" };

const SETTLING_WORDS = {
  present: "Settling: in bed",
  absent: "Settling: empty",
  unknown: "Settling",
} as const;
const CONFLICT_WORDS = { ghost: "Admitted, but empty", squat: "In bed, unassigned" } as const;

/** A tile's badges in words. Strong is only what asks for a person. */
export function tileBadges(bed: ShownBed): TileBadge[] {
  const strong: string[] = [];
  if (bed.bookable) strong.push("Bookable");
  if (bed.conflict !== null) strong.push(CONFLICT_WORDS[bed.conflict]);
  // Two sensors at odds: somebody has to look into the bed.
  if (bed.badges.includes("sensors-disagree")) strong.push(BADGE_WORDS["sensors-disagree"]);
  const plain: string[] = [];
  // Also while the status is not known yet: what the sensor has begun to say is news.
  if (bed.settling !== null && isHeard(bed)) plain.push(SETTLING_WORDS[bed.settling]);
  if (bed.freshness === "late") plain.push("Late");
  for (const badge of bed.badges)
    if (badge !== "settling" && badge !== "sensors-disagree") plain.push(BADGE_WORDS[badge]);
  return [
    ...strong.map((words): TileBadge => ({ words, weight: "strong" })),
    ...plain.map((words): TileBadge => ({ words, weight: "plain" })),
  ];
}

function isHeard(bed: ShownBed): boolean {
  return bed.freshness === "fresh" || bed.freshness === "late";
}
