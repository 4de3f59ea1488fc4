import type { MatchAnswer, MatchedBed } from "../../../contracts/wire/booking.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";

/** Beds that fit, the best first, each with why; then those that come closest, each with why not. */
export function MatchList({
  answer,
  chosen,
  pending,
  onHold,
}: {
  readonly answer: MatchAnswer;
  /** Which of the beds the keys mean. */
  readonly chosen: number;
  readonly pending: BedId | null;
  onHold(bed: MatchedBed): void;
}) {
  const { beds, notOffered, searched, offered, keptBack } = answer;
  return (
    <>
      <p className="quiet" role="status">
        {offered} of {searched} beds fit.
      </p>
      {beds.length > 0 ? null : (
        <p>No bed fits now. The request can wait: whoever holds it next is told its place in the line.</p>
      )}
      <ol className="desk-list">
        {beds.map((bed, index) => (
          <li key={bed.bedId} className="desk-card" aria-current={index === chosen}>
            <div className="desk-card-head">
              <div className="desk-card-name">
                <strong>
                  Bed {bed.label}, {bed.wardName}
                </strong>
                <span className="quiet">
                  {bed.roomName}, {bed.hospitalName}
                </span>
              </div>
              <button
                type="button"
                className="control"
                aria-disabled={pending !== null}
                onClick={() => (pending === null ? onHold(bed) : undefined)}
              >
                {pending === bed.bedId ? "Waiting for the service…" : "Hold"}{" "}
                {index === chosen ? <kbd>h</kbd> : null}
                <span className="visually-hidden"> bed {bed.label}</span>
              </button>
            </div>
            <p className="desk-why">
              {bed.why.map((reason) => (
                <span key={reason} className="badge">
                  {reason}
                </span>
              ))}
            </p>
          </li>
        ))}
      </ol>
      {keptBack.length + notOffered.length === 0 ? null : (
        <details>
          <summary>Why not the others</summary>
          <ul className="desk-list">
            {notOffered.map(({ bedId, label, wardName, hospitalId, misfits }) => (
              <li key={bedId}>
                Bed {label}, {wardName}, {hospitalId}:{" "}
                <span className="quiet">{misfits.map(({ text }) => text).join("; ")}</span>
              </li>
            ))}
          </ul>
          <p className="quiet">
            Kept back in all: {keptBack.map(({ code, beds: count }) => `${count} × ${code}`).join(", ")}.
          </p>
        </details>
      )}
    </>
  );
}
