import { useQuery } from "@tanstack/react-query";
import { BOOKING_EVENT_WORDS } from "../../../contracts/ui/booking-words.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { BookingList, BookingView } from "../../../contracts/wire/booking.ts";
import { useStep } from "../desk/use-step.ts";

/** Of the live socket's word that something changed, one may be lost with a connection; this finds it. */
const ASKED_EVERY_MS = 30_000;

export function useLiveBookings() {
  return useQuery({
    queryKey: ["bookings", "live"],
    queryFn: ({ signal }) => readJson(BookingList, "/api/v1/bookings?live=true", signal),
    refetchInterval: ASKED_EVERY_MS,
  });
}

export type BookingStep = BookingView["allowed"][number];

export function useBookingStep(): (booking: BookingView, event: BookingStep) => Promise<void> {
  const step = useStep({
    topic: "bookings",
    schema: BookingView,
    urlOf: ({ bookingId }) => `/api/v1/bookings/${bookingId}/events`,
    always: ({ fencingToken }) => ({ fencingToken }),
  });
  return (booking, event) =>
    step(booking, event, `${BOOKING_EVENT_WORDS[event]}: bed ${booking.bedLabel} for ${booking.callName}.`);
}
