import { Link } from "wouter";
import { type BookingState, OCCUPYING_BOOKING_STATES } from "../../../contracts/booking/states.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { agoWords, durationWords } from "../../../contracts/ui/age-words.ts";
import { actorWords, BOOKING_EVENT_WORDS, BOOKING_STATE_WORDS } from "../../../contracts/ui/booking-words.ts";
import { Countdown } from "../../../contracts/ui/Countdown.tsx";
import type { BookingView } from "../../../contracts/wire/booking.ts";
import { StepButtons } from "../desk/StepButtons.tsx";
import { useSession } from "../history/use-history-queries.ts";
import { type BookingStep, useBookingStep } from "./use-bookings.ts";

/** Keys that stand on buttons. */
const KEY_OF: Partial<Record<BookingStep, string>> = { request: "b" };

const IN_BED: readonly BookingState[] = OCCUPYING_BOOKING_STATES;

/** Who may be told what is kept of a patient; of whom, the service decides. */
const DOCUMENT_READERS: readonly string[] = ["doctor", "nurse"];

const inSentence = (words: string) => `${words[0]?.toLowerCase()}${words.slice(1)}`;

/** One booking: which bed, for whom, until when, what proved it, and what may be done now. */
export function BookingCard({
  booking,
  hasKeys = false,
}: {
  readonly booking: BookingView;
  readonly hasKeys?: boolean;
}) {
  const step = useBookingStep();
  const mayRead = DOCUMENT_READERS.includes(useSession().data?.role ?? "");
  const { bedId, bedLabel, callName, state, since, expiresAt, evidence, presence } = booking;
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong>
          <Link href={`/beds/${bedId}`}>Bed {bedLabel}</Link> for {callName}
        </strong>
        <span className="badge badge-strong">{BOOKING_STATE_WORDS[state]}</span>
        {expiresAt === null ? (
          <Age atMs={Date.parse(since)} />
        ) : (
          <Countdown sinceMs={Date.parse(since)} untilMs={Date.parse(expiresAt)} />
        )}
      </div>
      <p className="quiet">
        {booking.wardName}, {booking.hospitalId} · asked for by {inSentence(actorWords(booking.by))}
        {booking.isOwn ? ", your team" : ""}
      </p>
      <p className="quiet">
        {evidence.ageMs === null
          ? "On a person’s word: the bed has no sensor."
          : `Empty by its sensors, ${agoWords(evidence.ageMs)} when it was held.`}
      </p>
      {presence === null ? null : (
        <p>
          Somebody is in the bed, {presence.by === "sensor" ? "by its sensors" : "by a person’s word"},{" "}
          <Age atMs={Date.parse(presence.since)} />.
        </p>
      )}
      {booking.dischargeOrderedAt === null ? null : (
        <p>
          Discharge ordered <Age atMs={Date.parse(booking.dischargeOrderedAt)} />; the bed is not free before
          it is left.
        </p>
      )}
      <StepButtons
        allowed={booking.allowed}
        wordsOf={BOOKING_EVENT_WORDS}
        of={`bed ${bedLabel}`}
        keyOf={hasKeys ? KEY_OF : {}}
        take={(event) => step(booking, event)}
      />
      {!mayRead ? null : (
        <p>
          <Link href={`/encounters/${booking.encounterId}`}>
            Documents and consent<span className="visually-hidden"> of {callName}</span>
          </Link>
        </p>
      )}
      {!IN_BED.includes(state) ? null : (
        <p>
          <Link href={`/requests?transfer=${booking.bookingId}`}>
            Find another bed<span className="visually-hidden"> for {callName}</span>
          </Link>
        </p>
      )}
      {state === "held" && booking.renewalsLeft === 0 ? (
        <p className="quiet">It was extended once and cannot be again.</p>
      ) : null}
      {expiresAt === null ? null : (
        <p className="visually-hidden">
          Lapses {durationWords(Date.parse(expiresAt) - Date.parse(since))} after it was held.
        </p>
      )}
    </li>
  );
}
