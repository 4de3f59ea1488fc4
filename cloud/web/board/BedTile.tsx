import { memo, useCallback, useSyncExternalStore } from "react";
import { agoWords } from "../../../contracts/ui/age-words.ts";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { briefMomentWords } from "../../../contracts/ui/clock-words.ts";
import { StateShape } from "../../../contracts/ui/StateShape.tsx";
import { STATE_TOKENS } from "../../../contracts/ui/states.ts";
import { verificationWords } from "../../../contracts/ui/verification-words.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useBoardParts, useShownBed } from "./BoardContext.tsx";
import { tileBadges } from "./tile-badges.ts";
import { useChangeFlash } from "./use-change-flash.ts";
import "./tile.css";

/** One bed as a button. Its data attributes say the same as its words, for whoever reads the page by program. */
export const BedTile = memo(function BedTile({ bedId }: { readonly bedId: BedId }) {
  const { addressBar } = useBoardParts();
  const clock = useClock();
  const bed = useShownBed(bedId);
  const flash = useChangeFlash(bed?.display, bed?.settling);
  if (bed === undefined) return null;
  return (
    <button
      ref={flash}
      type="button"
      className="tile"
      data-bed-id={bed.bedId}
      data-display={bed.display}
      data-verification={bed.verification}
      data-settling={bed.settling ?? ""}
      data-badges={bed.badges.join(" ")}
      data-bookable={bed.bookable}
      onClick={() => addressBar.openBed(bedId)}
    >
      <span className="tile-name">
        <span className="tile-label">{bed.label}</span> <span className="quiet">{bed.roomName}</span>
      </span>
      <span className="tile-state">
        <StateShape state={bed.display} /> <span>{STATE_TOKENS[bed.display].word}</span>
      </span>
      <span className="tile-since quiet">
        {bed.sinceMs === null ? "" : `since ${briefMomentWords(bed.sinceMs, clock.beatMs())}`}
      </span>
      <span className="tile-badges">
        {tileBadges(bed).map((badge) => (
          <span key={badge.words} className={`badge badge-${badge.weight}`}>
            {badge.words}
          </span>
        ))}
      </span>
      <span className="tile-proof">
        <span className="tile-verification">{verificationWords(bed.verification, bed.freshness)}</span>{" "}
        <TileAge bedId={bedId} />
      </span>
    </button>
  );
});

/** The age of the newest evidence that decides, ticking by itself, so that its tile need not render for it. */
function TileAge({ bedId }: { readonly bedId: BedId }) {
  const { store } = useBoardParts();
  const clock = useClock();
  const ageWords = useCallback(() => {
    const atMs = store.evidenceAtMs(bedId);
    return atMs === null ? "" : agoWords(clock.beatMs() - atMs);
  }, [store, clock, bedId]);
  return <span className="tile-age quiet">{useSyncExternalStore(clock.subscribe, ageWords)}</span>;
}
