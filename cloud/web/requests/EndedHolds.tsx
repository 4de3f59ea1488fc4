import { useEffect, useRef, useState } from "react";
import type { BookingState } from "../../../contracts/booking/states.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { BOOKING_STATE_WORDS } from "../../../contracts/ui/booking-words.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { BookingView, type RequestView } from "../../../contracts/wire/booking.ts";

const ANSWER_MS_MAX = 10_000;
const BY_OTHERS: readonly BookingState[] = ["expired", "declined", "preempted"];
const isHold = ({ isOwn, state }: BookingView) => isOwn && (state === "held" || state === "requested");

/** Holds that ended without their owner's doing. They are told until somebody has read it; the request waits again. */
export function EndedHolds({
  bookings,
  requests,
  onFind,
}: {
  /** Live ones. */
  readonly bookings: readonly BookingView[] | undefined;
  /** Those that wait for a bed. */
  readonly requests: readonly RequestView[];
  onFind(request: RequestView): void;
}) {
  const [ended, setEnded] = useState<readonly BookingView[]>([]);
  const close = (bookingId: string) => setEnded((all) => all.filter((one) => one.bookingId !== bookingId));
  useGone(bookings, (booking) => setEnded((all) => [...all, booking]));
  if (ended.length === 0) return null;
  return (
    <section className="desk-section ended-holds" role="alert" aria-label="Holds that ended">
      <h3>No longer held</h3>
      <ul className="desk-list">
        {ended.map(({ bookingId, bedLabel, wardName, callName, requestId, state, since, reason }) => {
          const request = requests.find((one) => one.requestId === requestId);
          return (
            <li key={bookingId} className="desk-card">
              <p>
                <strong>
                  Bed {bedLabel}, {wardName}
                </strong>{" "}
                for {callName}: {BOOKING_STATE_WORDS[state].toLowerCase()} <Age atMs={Date.parse(since)} />
                {reason === null ? "" : `, ${reason}`}. The request waits again.
              </p>
              <div className="desk-actions">
                {request === undefined ? null : (
                  <button
                    type="button"
                    className="control"
                    onClick={() => {
                      onFind(request);
                      close(bookingId);
                    }}
                  >
                    Find another bed<span className="visually-hidden"> for {callName}</span>
                  </button>
                )}
                <button type="button" className="control" onClick={() => close(bookingId)}>
                  Understood
                </button>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Looks up what became of each own hold that is none any more; one that has lapsed may be listed for a moment longer. */
function useGone(bookings: readonly BookingView[] | undefined, tell: (booking: BookingView) => void): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  const newest = useRef(tell);
  newest.current = tell;
  useEffect(() => {
    if (bookings === undefined) return;
    const holds = new Set(bookings.filter(isHold).map(({ bookingId }) => bookingId));
    const gone = [...known.current].filter((bookingId) => !holds.has(bookingId));
    known.current = holds;
    for (const bookingId of gone)
      readJson(BookingView, `/api/v1/bookings/${bookingId}`, AbortSignal.timeout(ANSWER_MS_MAX)).then(
        (booking) => (BY_OTHERS.includes(booking.state) ? newest.current(booking) : undefined),
        // It is not among the live ones either way, and its request stands in the waiting list.
        () => undefined,
      );
  }, [bookings]);
}
