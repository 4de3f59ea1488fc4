import { memo } from "react";
import { Link } from "wouter";
import { StateShape } from "../../../contracts/ui/StateShape.tsx";
import { STATE_TOKENS } from "../../../contracts/ui/states.ts";
import { verificationWords } from "../../../contracts/ui/verification-words.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { useShownBed } from "../board/BoardContext.tsx";
import { tileBadges } from "../board/tile-badges.ts";
import { LaneRow } from "./LaneRow.tsx";
import type { WardFigures } from "./use-ward-figures.ts";

/** A bed in its ward: its state as the board has it, and how its values went. The whole box leads to its history. */
export const WardBed = memo(function WardBed({
  bedId,
  figures,
}: {
  readonly bedId: BedId;
  readonly figures: WardFigures;
}) {
  const bed = useShownBed(bedId);
  if (bed === undefined) return null;
  const { lanes, fromMs, toMs } = figures;
  return (
    <article className="ward-bed" data-bed-id={bedId} data-display={bed.display}>
      <h4>
        <Link href={`/beds/${bedId}`} className="ward-bed-link">
          Bed {bed.label}
        </Link>
      </h4>
      <p className="ward-bed-state">
        <StateShape state={bed.display} /> {STATE_TOKENS[bed.display].word}
        <span className="ward-bed-proof quiet">{verificationWords(bed.verification, bed.freshness)}</span>
      </p>
      {tileBadges(bed).length === 0 ? null : (
        <p className="ward-bed-badges">
          {tileBadges(bed).map(({ words, weight }) => (
            <span key={words} className={`badge badge-${weight}`}>
              {words}
            </span>
          ))}
        </p>
      )}
      <div className="lanes">
        {lanes.map((lane) => (
          <LaneRow
            key={lane.name}
            lane={lane}
            value={figures.valueOf(bedId, lane)}
            columns={figures.columnsOf(bedId, lane)}
            fromMs={fromMs}
            toMs={toMs}
          />
        ))}
      </div>
    </article>
  );
});
