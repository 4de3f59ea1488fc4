import type { BookingState } from "../../../contracts/booking/states.ts";
import { StatePanel } from "../../../contracts/ui/StatePanel.tsx";
import type { BookingView } from "../../../contracts/wire/booking.ts";
import { NoticeFrame } from "../desk/notices.tsx";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { PageSkeleton } from "../environment/PageSkeleton.tsx";
import { BookingCard } from "./BookingCard.tsx";
import { useLiveBookings } from "./use-bookings.ts";
import "../desk/desk.css";

const GROUPS: readonly { readonly words: string; readonly states: readonly BookingState[] }[] = [
  { words: "To be answered by the hospital", states: ["requested"] },
  { words: "Arrived: who is it?", states: ["arrived"] },
  { words: "Expected", states: ["reserved", "assigned"] },
  { words: "Held", states: ["held"] },
  { words: "In bed", states: ["admitted", "on-leave"] },
];

/** Every live booking that the caller may see, by what it waits for. */
export function BookingsPage() {
  return (
    <NoticeFrame>
      <Bookings />
    </NoticeFrame>
  );
}

function Bookings() {
  const { data, error, refetch } = useLiveBookings();
  if (data === undefined)
    return error === null ? (
      <PageSkeleton words="Loading the bookings" />
    ) : (
      <FailureNote error={error} retry={() => void refetch()} />
    );
  const groups = GROUPS.map((group) => ({ ...group, bookings: inGroup(data.bookings, group.states) }));
  return (
    <div className="desk desaturates">
      <header className="desk-head">
        <h2>Bookings</h2>
      </header>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data.bookings.length > 0 ? null : (
        <StatePanel title="No bed is booked">
          <p>A bed that is held for a request appears here, and stays until the patient has left it.</p>
        </StatePanel>
      )}
      {groups.map(({ words, bookings }) =>
        bookings.length === 0 ? null : (
          <section key={words} className="desk-section" aria-label={words}>
            <h3>
              {words} <span className="quiet">{bookings.length}</span>
            </h3>
            <ul className="desk-list">
              {bookings.map((booking) => (
                <BookingCard key={booking.bookingId} booking={booking} />
              ))}
            </ul>
          </section>
        ),
      )}
    </div>
  );
}

const inGroup = (bookings: readonly BookingView[], states: readonly BookingState[]) =>
  bookings.filter(({ state }) => states.includes(state));
