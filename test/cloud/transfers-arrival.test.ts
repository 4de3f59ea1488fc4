/** The bed of origin is given back whichever way the arrival is recorded, and only then. */
import { expect, test } from "vitest";
import { applyBookingEvent } from "../../cloud/bookings/apply-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import type { BookingView } from "../../contracts/wire/booking.ts";
import { describeOnEachDatabase } from "./support.ts";
import { TransferDesk } from "./transfer-desk.ts";

describeOnEachDatabase("the arrival of a transfer", (cloud) => {
  const open = () => TransferDesk.open(cloud());

  /** The transfer's request is cancelled, and south-1 reserved for another one of its patient. */
  async function askedAnew(people: TransferDesk): Promise<{ transferId: string; booking: BookingView }> {
    const { coordinator, south } = people;
    const { transferId, requestId } = await people.begun();
    const first = await coordinator.request(requestId);
    const headers = { "if-match": `"${first.version}"` };
    await coordinator.send("POST", `requests/${requestId}/cancel`, {}, headers);
    const next = await people.nextRequest(first);
    const asked = await coordinator.moved(await coordinator.held(next.requestId, "south-1"), "request");
    return { transferId, booking: await south.moved(await south.booking(asked.bookingId), "accept") };
  }

  test("a person lays the patient into the other bed by its booking, and the transfer has arrived", async () => {
    const people = await open();
    const accepted = await people.accepted();
    const booking = await people.south.booking(accepted.to?.bookingId ?? "");
    await people.south.moved(booking, "admit");
    expect(await people.transfer(accepted.transferId)).toMatchObject({
      state: "completed",
      from: { bookingState: "transferred" },
    });
    expect(await people.occupied()).toEqual(["south-1"]);
  });

  test("a hospital that was asked and admits the patient at the bedside has agreed by that", async () => {
    const people = await open();
    const held = await people.held();
    const bookingId = held.to?.bookingId ?? "";
    await people.coordinator.moved(await people.coordinator.booking(bookingId), "request");
    await people.south.moved(await people.south.booking(bookingId), "admit");
    const transfer = await people.transfer(held.transferId);
    expect(transfer).toMatchObject({ state: "completed", from: { bookingState: "transferred" } });
    expect(transfer.stages.map(({ state }) => state)).toEqual([
      "requested",
      "held",
      "accepted",
      "arrived",
      "completed",
    ]);
    expect(await people.occupied()).toEqual(["south-1"]);
  });

  test.each([
    ["arrive", "arrived"],
    ["admit", "completed"],
  ] as const)("in a bed that was asked for anew, by %s, makes it %s", async (event, state) => {
    const people = await open();
    const { transferId, booking } = await askedAnew(people);
    await people.south.moved(booking, event);
    expect(await people.transfer(transferId)).toMatchObject({
      state,
      from: { bookingState: "transferred" },
      to: { bookingId: booking.bookingId },
    });
    expect(await people.occupied()).toEqual(["south-1"]);
  });

  test("in a bed that was asked for anew is said by a person: the bed's own word is not enough", async () => {
    const people = await open();
    const { transferId, booking } = await askedAnew(people);
    const { ports } = cloud().bookings;
    const lies = inDeskTransaction(
      { db: cloud().db, clock: ports.deskClock, deskChanged: () => undefined },
      "service",
      (step) =>
        applyBookingEvent(ports, step, booking.bookingId, {
          event: "presence",
          actor: "service",
          presentSinceMs: step.nowMs,
        }),
    );
    await expect(lies).rejects.toMatchObject({ code: "TRANSFER_REFUSED" });
    expect(await people.occupied()).toEqual(["north-1"]);
    expect(await people.transfer(transferId)).toMatchObject({ state: "requested", to: null });
  });
});
