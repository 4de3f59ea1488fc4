import { STATE_TOKENS } from "../../../contracts/ui/states.ts";
import { verificationWords } from "../../../contracts/ui/verification-words.ts";
import type { BoardFilter } from "../address/address.ts";
import type { ShownBed } from "../live/shown-bed.ts";

/** True where a bed passes the filter. Each word of the text must stand somewhere in what the bed is called, is for or is shown as. */
export function matchesFilter(bed: ShownBed, wardName: string, filter: BoardFilter): boolean {
  if (filter.hospitalId !== null && bed.hospitalId !== filter.hospitalId) return false;
  if (filter.state !== null && bed.display !== filter.state) return false;
  if (filter.bookableOnly && !bed.bookable) return false;
  return matchesText(bed, wardName, filter.text);
}

function matchesText(bed: ShownBed, wardName: string, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const said = [
    bed.label,
    bed.roomName,
    bed.profileWords,
    bed.badges.includes("isolation") ? "isolation" : "",
    wardName,
    bed.bedId,
    STATE_TOKENS[bed.display].word,
    verificationWords(bed.verification, bed.freshness),
  ];
  const hay = said.join("\n").toLowerCase();
  return words.every((word) => hay.includes(word));
}
