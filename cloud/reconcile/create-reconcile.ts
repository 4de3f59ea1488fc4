/** Puts together what people say of beds and what beds say against it. */
import type { Logger } from "pino";
import { applyBookingEvent } from "../bookings/apply-event.ts";
import { lockBooking } from "../bookings/locks.ts";
import { mayDo } from "../bookings/may.ts";
import type { BookingPorts } from "../bookings/ports.ts";
import { cleaningFollows, cleaningFollowsBack } from "../cleaning/follow-word.ts";
import type { Clock } from "../clock.ts";
import { Declarations } from "../declarations/declarations.ts";
import type { DeskDeps, DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import type { KnownBed } from "../registry/bed.ts";
import { Conflicts } from "./conflicts.ts";
import { Reconciler } from "./reconciler.ts";

export type ReconcileDeps = {
  readonly desk: DeskDeps;
  readonly clock: Clock;
  readonly log: Logger;
  readonly bookings: BookingPorts;
  beds(): readonly KnownBed[];
};

export function createReconcile({ desk, clock, log, bookings, beds }: ReconcileDeps) {
  const releaseHold = async (step: DeskStep, bookingId: string, reason: string) => {
    await applyBookingEvent(bookings, step, bookingId, { event: "release", actor: "service", reason });
  };
  const declarations = new Declarations({
    desk,
    clock,
    releaseHold,
    cleaningFollows,
    cleaningFollowsBack,
  });
  const conflicts = new Conflicts({
    desk,
    clock,
    async applyToBooking(step, caller, bookingId, event, reason) {
      const { booking } = await lockBooking(step.trx, bookingId);
      if (!mayDo(caller, event, booking))
        throw new CloudError("FORBIDDEN", "This is done by the ward of the bed, or by who asked for it.");
      await applyBookingEvent(bookings, step, bookingId, { event, actor: caller, reason });
    },
  });
  const reconciler = new Reconciler({
    desk,
    clock,
    log,
    beds,
    async presenceConfirmed(step, bookingId, presentSinceMs) {
      await applyBookingEvent(bookings, step, bookingId, {
        event: "presence",
        actor: "service",
        presentSinceMs,
      });
    },
    releaseHold,
    endLapsedWords: () => declarations.endLapsed(),
  });
  return { routes: { declarations, conflicts }, reconciler };
}
