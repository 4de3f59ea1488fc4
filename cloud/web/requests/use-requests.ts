import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import type * as z from "zod";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { SendError, sendJson } from "../../../contracts/ui/send-json.ts";
import {
  type BedNeed,
  type BedRequestBody,
  BookingView,
  LostRace,
  MatchAnswer,
  RequestList,
  RequestView,
} from "../../../contracts/wire/booking.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { TransferView } from "../../../contracts/wire/transfers.ts";
import { KeyRing } from "../desk/key-ring.ts";

/** Beds change by themselves: what is offered is asked for anew this often while it is looked at. */
const MATCHED_EVERY_MS = 2_000;
const ASKED_EVERY_MS = 30_000;

export function useOpenRequests() {
  return useQuery({
    queryKey: ["requests", "open"],
    queryFn: ({ signal }) => readJson(RequestList, "/api/v1/requests?state=open", signal),
    refetchInterval: ASKED_EVERY_MS,
  });
}

/** As the schema takes it: what it fills in by itself may be left out. */
export type NeedWish = z.input<typeof BedNeed>;

/** Once, now. */
export function askMatches(need: NeedWish | null): Promise<MatchAnswer> {
  return sendJson(MatchAnswer, { method: "POST", url: "/api/v1/matches", body: { need, limit: 10 } });
}

export function useMatches(need: NeedWish | null) {
  return useQuery({
    queryKey: ["bookings", "matches", need],
    queryFn: () => askMatches(need),
    enabled: need !== null,
    refetchInterval: MATCHED_EVERY_MS,
    placeholderData: keepPreviousData,
  });
}

export type Held =
  | { readonly kind: "held"; readonly booking: BookingView; readonly requestId: string }
  | { readonly kind: "lost"; readonly lost: LostRace; readonly requestId: string; readonly detail: string };

/** The booking whose patient is to move to another bed. */
export function useTransferOf(bookingId: string | null) {
  return useQuery({
    queryKey: ["bookings", "transfer-of", bookingId],
    queryFn: ({ signal }) => readJson(BookingView, `/api/v1/bookings/${bookingId}`, signal),
    enabled: bookingId !== null,
  });
}

/**
 * Asks for a bed, where that was not done, and holds one. A second click, or one after a lost answer, does it once. For
 * a patient who has a bed already, their transfer begins with it.
 */
export function useHold() {
  const queries = useQueryClient();
  const keys = useRef(new KeyRing());
  return async (
    request: z.input<typeof BedRequestBody> | RequestView,
    bedId: BedId,
    transferOf: BookingView | null,
  ): Promise<Held> => {
    const { requestId } = "requestId" in request ? request : await ask(request, transferOf);
    const wish = { requestId, bedId };
    try {
      const booking = await create(BookingView, "/api/v1/bookings", wish);
      keys.current.granted(wish);
      return { kind: "held", booking, requestId };
    } catch (error) {
      const lost = lostRaceOf(error);
      if (lost === null) throw error;
      return { kind: "lost", ...lost, requestId };
    } finally {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["requests"] }),
        queries.invalidateQueries({ queryKey: ["bookings"] }),
        queries.invalidateQueries({ queryKey: ["transfers"] }),
      ]);
    }
  };

  async function ask(
    body: z.input<typeof BedRequestBody>,
    transferOf: BookingView | null,
  ): Promise<RequestView> {
    const request = await create(RequestView, "/api/v1/requests", body);
    if (transferOf !== null) {
      const { requestId } = request;
      const { bookingId: fromBookingId } = transferOf;
      await create(TransferView, "/api/v1/transfers", { fromBookingId, requestId });
    }
    // Both stand, or the next click sends both again; what is granted of them is not done twice.
    keys.current.granted(body);
    return request;
  }

  async function create<View>(schema: z.ZodType<View>, url: string, body: object): Promise<View> {
    return await keys.current.send(body, (key) => sendJson(schema, { method: "POST", url, body, key }));
  }
}

function lostRaceOf(error: unknown): { readonly lost: LostRace; readonly detail: string } | null {
  if (!(error instanceof SendError) || error.failure.kind !== "refused" || error.failure.code !== "BED_TAKEN")
    return null;
  const lost = LostRace.safeParse(error.failure.problem).data ?? { winner: null, nextBest: null };
  return { lost, detail: error.failure.detail };
}
