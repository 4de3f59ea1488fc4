import type { Derived } from "../../../contracts/bed/derive.ts";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { clockWords, exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import { StateShape } from "../../../contracts/ui/StateShape.tsx";
import { BADGE_WORDS, REASON_WORDS, STATE_TOKENS } from "../../../contracts/ui/states.ts";
import { verificationWords } from "../../../contracts/ui/verification-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS } from "../../../contracts/words/axis-words.ts";
import "./bed-state.css";

export function BedState({
  bed,
  derived,
  sinceMs,
}: {
  readonly bed: BedView;
  readonly derived: Derived;
  readonly sinceMs: number | null;
}) {
  const nowMs = useBeatMs();
  return (
    <section className="drawer-state" aria-label="State" data-display={derived.display}>
      <p className="drawer-state-word">
        <StateShape state={derived.display} /> {STATE_TOKENS[derived.display].word}
      </p>
      <p className="quiet">
        {sinceMs === null
          ? "since when is not known"
          : `since ${exactMomentWords(sinceMs, nowMs)}, for ${durationWords(nowMs - sinceMs)}`}
        {derived.hl7Code === null ? "" : ` · HL7 0116: ${derived.hl7Code}`}
      </p>
      <p className="drawer-badges">
        <span className="badge badge-plain">
          {verificationWords(derived.verification, derived.freshness)}
        </span>
        {derived.badges.map((badge) => (
          <span key={badge} className="badge badge-plain">
            {BADGE_WORDS[badge]}
          </span>
        ))}
      </p>
      <Settling bed={bed} />
      {derived.conflict === null ? null : (
        <p className="drawer-conflict">
          <strong>Conflict for {durationWords(nowMs - derived.conflict.sinceMs)}.</strong>{" "}
          {REASON_WORDS[`conflict-${derived.conflict.kind}`]} Somebody has to look.
        </p>
      )}
    </section>
  );
}

function Settling({ bed }: { readonly bed: BedView }) {
  if (bed.settling === null) return null;
  const { candidate, since, due } = bed.settling;
  const dueWords =
    due === null ? "" : ` If that lasts, the status follows at ${clockWords(Date.parse(due))}.`;
  return (
    <p>
      Settling: since {clockWords(Date.parse(since))} the sensor says “{AXIS_VALUE_WORDS.occupancy[candidate]}
      ”.
      {dueWords}
    </p>
  );
}
