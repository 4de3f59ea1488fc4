/** Puts requests and bookings together. */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../clock.ts";
import type { DeskDeps, DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import type { Matching } from "../matching/matching.ts";
import { Bookings } from "./bookings.ts";
import type { BookingMove, BookingPorts, NextBest } from "./ports.ts";
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
  /** Left out: nothing is bound to a booking. */
  readonly bookingMoves?: (ports: BookingPorts, step: DeskStep, move: BookingMove) => Promise<void>;
};

export function createBookings(deps: CreateBookingsDeps) {
  const { desk, clock, randomness, log, matching, bedVacated, bookingMoves } = deps;
  const ports: BookingPorts = {
    deskClock: desk.clock,
    clock,
    randomness,
    bedVacated: bedVacated ?? (async () => undefined),
    async bookingMoves(step, move) {
      await bookingMoves?.(ports, step, move);
    },
  };
  const nextBest: NextBest = async ({ need }, bedId) => {
    try {
      return await matching.nextBest(need, [bedId]);
    } catch (error) {
      // Who lost the race is told so all the same.
      if (error instanceof CloudError) return null;
      throw error;
    }
  };
  return {
    ports,
    nextBest,
    routes: {
      requests: new Requests({ desk, ports }),
      bookings: new Bookings({ desk, ports, nextBest }),
    },
    sweeper: new HoldSweeper({ desk, log }),
  };
}
