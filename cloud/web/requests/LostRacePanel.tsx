import { Age } from "../../../contracts/ui/Age.tsx";
import { actorWords, BOOKING_STATE_WORDS } from "../../../contracts/ui/booking-words.ts";
import type { LostRace, MatchedBed } from "../../../contracts/wire/booking.ts";

/** Somebody was faster: who, and the next best bed, one key away. */
export function LostRacePanel({
  lost,
  detail,
  onHold,
  onClose,
}: {
  readonly lost: LostRace;
  readonly detail: string;
  onHold(bed: MatchedBed): void;
  onClose(): void;
}) {
  const { winner, nextBest } = lost;
  return (
    <section className="desk-section lost-race" role="alert" aria-label="Another was faster">
      <h3>Another was faster</h3>
      <p>{detail}</p>
      {winner === null ? null : (
        <p>
          {actorWords(winner)} has it: {BOOKING_STATE_WORDS[winner.state].toLowerCase()}{" "}
          <Age atMs={Date.parse(winner.since)} />.
        </p>
      )}
      {nextBest === null ? <p>No other bed fits now.</p> : null}
      <div className="desk-actions">
        {nextBest === null ? null : (
          <button type="button" className="control" onClick={() => onHold(nextBest)}>
            Hold bed {nextBest.label}, {nextBest.wardName} instead <kbd>h</kbd>
          </button>
        )}
        <button type="button" className="control" onClick={onClose}>
          Look at all beds
        </button>
      </div>
    </section>
  );
}
