/** Puts requests and bookings together. */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../clock.ts";
import type { DeskDeps } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import type { Matching } from "../matching/matching.ts";
import { Bookings } from "./bookings.ts";
import type { BookingPorts } from "./ports.ts";
import { Requests } from "./requests.ts";
import { HoldSweeper } from "./sweeper.ts";

export type CreateBookingsDeps = {
  readonly desk: DeskDeps;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly matching: Pick<Matching, "nextBest">;
  /** Left out: nobody is told that a bed was left. */
  readonly bedVacated?: BookingPorts["bedVacated"];
};

export function createBookings({ desk, clock, randomness, log, matching, bedVacated }: CreateBookingsDeps) {
  const ports: BookingPorts = {
    deskClock: desk.clock,
    clock,
    randomness,
    bedVacated: bedVacated ?? (async () => undefined),
  };
  return {
    ports,
    routes: {
      requests: new Requests({ desk, ports }),
      bookings: new Bookings({
        desk,
        ports,
        async nextBest({ need }, bedId) {
          try {
            return await matching.nextBest(need, [bedId]);
          } catch (error) {
            // Who lost the race is told so all the same.
            if (error instanceof CloudError) return null;
            throw error;
          }
        },
      }),
    },
    sweeper: new HoldSweeper({ desk, log }),
  };
}
