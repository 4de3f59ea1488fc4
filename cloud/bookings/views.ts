/** Requests and bookings as people's clients read them. Pure. */
import { isLapsed } from "../../contracts/booking/decide-booking.ts";
import { undoUntilMs } from "../../contracts/booking/undo.ts";
import type { BookingView, RankExplained, RequestView } from "../../contracts/wire/booking.ts";
import type { PersonCaller } from "../access/scope.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { allowedEvents } from "./may.ts";
import type { NamedBooking, StoredRequest } from "./rows.ts";

export function bookingView(booking: NamedBooking, caller: PersonCaller, nowMs: number): BookingView {
  const { presenceSinceMs, presenceBy } = booking;
  const undoUntil = undoUntilMs(booking.previous, caller, nowMs);
  // A hold whose time is over is shown as what it is, whatever it is still called.
  const lapsed = isLapsed(booking, nowMs);
  return {
    bookingId: booking.bookingId,
    requestId: booking.requestId,
    encounterId: booking.encounterId,
    callName: booking.callName,
    state: lapsed ? "expired" : booking.state,
    since: rfc3339(lapsed && booking.expiresAtMs !== null ? booking.expiresAtMs : booking.sinceMs),
    bedId: booking.bedId,
    bedLabel: booking.bedLabel,
    hospitalId: booking.hospitalId,
    wardName: booking.wardName,
    by: { role: booking.role, hospitalId: booking.askerHospitalId },
    isOwn: booking.role === caller.role && booking.askerHospitalId === caller.hospitalId,
    expiresAt: rfc3339OrNull(booking.expiresAtMs),
    renewalsLeft: booking.renewalsLeft,
    dischargeOrderedAt: rfc3339OrNull(booking.dischargeOrderedAtMs),
    presence:
      presenceSinceMs === null || presenceBy === null
        ? null
        : { since: rfc3339(presenceSinceMs), by: presenceBy },
    evidence: booking.evidence,
    fencingToken: booking.fencingToken,
    allowed: [...allowedEvents(caller, booking, nowMs), ...(undoUntil === null ? [] : (["undo"] as const))],
    undoUntil: rfc3339OrNull(undoUntil),
    reason: booking.reason,
    version: booking.version,
  };
}

export function requestView(
  request: StoredRequest,
  { rank, bookingId }: { readonly rank: RankExplained | null; readonly bookingId: string | null },
): RequestView {
  const { news2Total, news2TakenAtMs, overrideReason, overrideAtMs, overrideRole } = request;
  return {
    requestId: request.requestId,
    state: request.state,
    need: request.need,
    urgency: request.urgency,
    clinicalPriority: request.clinicalPriority,
    news2:
      news2Total === null || news2TakenAtMs === null
        ? null
        : { total: news2Total, takenAt: rfc3339(news2TakenAtMs) },
    override:
      overrideReason === null || overrideAtMs === null || overrideRole === null
        ? null
        : { reason: overrideReason, at: rfc3339(overrideAtMs), role: overrideRole },
    encounterId: request.encounterId,
    callName: request.callName,
    askedAt: rfc3339(request.askedAtMs),
    askedBy: { role: request.role, hospitalId: request.hospitalId },
    rank,
    bookingId,
    version: request.version,
  };
}
