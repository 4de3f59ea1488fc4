/**
 * Transfers in any order of steps, by whoever takes them, with destinations that are lost in every way meanwhile. Goal:
 * at every step the patient has exactly one bed, and it is that of origin until they have arrived.
 */

import * as fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { applyBookingEvent } from "../../cloud/bookings/apply-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import { CloudError } from "../../cloud/http/problem.ts";
import type { TransferEventBody, TransferView } from "../../contracts/wire/transfers.ts";
import { describeOnEachDatabase } from "./support.ts";
import { TransferDesk } from "./transfer-desk.ts";

const RUNS = 6;
const STEPS_MAX = 12;
const MINUTE_MS = 60_000;

const EVENTS = [
  "hold-destination",
  "accept",
  "decline",
  "put-on-hold",
  "resume",
  "order-transport",
  "depart",
  "arrive",
  "complete",
  "cancel",
  "return",
  "undo",
] as const satisfies readonly TransferEventBody["event"][];
/** What happens beside the transfer's own steps. */
const OTHERS = [
  "wait",
  "destination-released",
  "destination-cancelled",
  "destination-asked",
  "destination-admitted",
  "destination-lies",
  "origin-discharged",
  "origin-on-leave",
  "next",
] as const;
type Act = (typeof EVENTS)[number] | (typeof OTHERS)[number];

/** As often as they are allowed, the way forward is taken: else few courses would come far. */
const acts = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constant<Act>("next") }, fc.constantFrom<Act>(...EVENTS, ...OTHERS)),
  { minLength: 6, maxLength: STEPS_MAX },
);
const FORWARD = [
  "hold-destination",
  "accept",
  "order-transport",
  "depart",
  "arrive",
  "complete",
  "resume",
] as const;

describeOnEachDatabase("any course of a transfer", (cloud) => {
  async function act(people: TransferDesk, what: Act, transfer: TransferView): Promise<void> {
    const { coordinator, north, south } = people;
    const { to, from } = transfer;
    const destination = to === null ? null : await south.booking(to.bookingId);
    switch (what) {
      case "wait":
        return await people.pass(21 * MINUTE_MS);
      case "next": {
        const views = await Promise.all(
          [south, coordinator].map(async (by) => ({
            by,
            view: (await by.send("GET", `transfers/${transfer.transferId}`)).body as TransferView,
          })),
        );
        for (const event of FORWARD)
          for (const { by, view } of views)
            if (view.allowed?.includes(event)) return void (await people.event(by, view, event, fields()));
        return;
      }
      case "destination-released":
      case "destination-cancelled":
      case "destination-asked": {
        if (destination === null) return;
        const event = { released: "release", cancelled: "cancel", asked: "request" } as const;
        const by = what === "destination-cancelled" ? south : coordinator;
        return void (await by.event(
          destination,
          event[what.slice("destination-".length) as keyof typeof event],
        ));
      }
      case "destination-admitted":
        return destination === null ? undefined : void (await south.event(destination, "admit"));
      case "destination-lies":
        return destination === null ? undefined : await lies(destination.bookingId);
      case "origin-discharged":
        return void (await north.event(await north.booking(from.bookingId), "discharge"));
      case "origin-on-leave":
        return void (await north.event(await north.booking(from.bookingId), "leave"));
      default: {
        const people_ = ["accept", "decline", "arrive", "complete"].includes(what) ? south : coordinator;
        return void (await people.event(people_, transfer, what, { ...fields(), reason: "Said so." }));
      }
    }
  }

  const fields = () => ({ bedId: cloud().clock.now % 2 === 0 ? "south-1" : "south-2" });

  async function lies(bookingId: string): Promise<void> {
    const desk = { db: cloud().db, clock: cloud().bookings.ports.deskClock, deskChanged: () => undefined };
    try {
      await inDeskTransaction(desk, "service", (step) =>
        applyBookingEvent(cloud().bookings.ports, step, bookingId, {
          event: "presence",
          actor: "service",
          presentSinceMs: cloud().clock.now,
        }),
      );
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
    }
  }

  async function course(people: TransferDesk, steps: readonly Act[]): Promise<string> {
    const { transferId, from } = await people.begun();
    let isDischarged = false;
    for (const step of steps) {
      cloud().clock.now += 1_001;
      await act(people, step, await people.transfer(transferId));
      const { state } = await people.transfer(transferId);
      const origin = await people.north.booking(from.bookingId);
      isDischarged ||= origin.state === "discharged";
      const occupied = await people.occupied();
      if (isDischarged) {
        expect(occupied, step).toEqual([]);
        expect(state, step).toMatch(/cancelled|declined|returned/);
      } else if (state === "arrived" || state === "completed") {
        expect(origin.state, step).toBe("transferred");
        expect(occupied, step).toEqual([expect.stringMatching(/^south/)]);
      } else expect(occupied, `${step} → ${state}`).toEqual(["north-1"]);
    }
    return (await people.transfer(transferId)).state;
  }

  /** As it was: nobody in a bed, nothing asked, nothing said. */
  async function clear(): Promise<void> {
    for (const table of [
      "cleaning_tasks",
      "declarations",
      "stays",
      "transfers",
      "conflicts",
      "bookings",
      "bed_requests",
      "encounters",
    ])
      await sql`DELETE FROM ${sql.table(table)}`.execute(cloud().db);
  }

  test("leaves the patient with exactly one bed at every step", async () => {
    const people = await TransferDesk.open(cloud());
    const ends: string[] = [];
    await fc.assert(
      fc.asyncProperty(acts, async (steps) => {
        await clear();
        await people.pass(1_000);
        ends.push(await course(people, steps));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(ends).toHaveLength(RUNS);
  }, 180_000);
});
