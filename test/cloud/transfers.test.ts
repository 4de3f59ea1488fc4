import { sql } from "kysely";
import { expect, test } from "vitest";
import { applyBookingEvent } from "../../cloud/bookings/apply-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import { createLog } from "../../cloud/http/log.ts";
import { TransferSweeper } from "../../cloud/transfers/sweeper.ts";
import type { TransferView } from "../../contracts/wire/transfers.ts";
import { until } from "../support/until.ts";
import { describeOnEachDatabase } from "./support.ts";
import { TransferDesk } from "./transfer-desk.ts";

const MINUTE_MS = 60_000;

describeOnEachDatabase("a transfer", (cloud) => {
  const desk = () => ({
    db: cloud().db,
    clock: cloud().bookings.ports.deskClock,
    deskChanged: () => undefined,
  });
  /** The bed's sensors say that somebody has lain in it since then. */
  const presence = async (bookingId: string, presentSinceMs: number) =>
    await inDeskTransaction(desk(), "service", (step) =>
      applyBookingEvent(cloud().bookings.ports, step, bookingId, {
        event: "presence",
        actor: "service",
        presentSinceMs,
      }),
    );
  const stays = async () =>
    (
      await sql<{ bedId: string; fromMs: number; toMs: number | null }>`
        SELECT bed_id, lower(during) AS from_ms, upper(during) AS to_ms FROM stays
        WHERE is_current ORDER BY lower(during)`.execute(cloud().db)
    ).rows;
  const toId = ({ to }: TransferView) => {
    if (to === null) throw new Error("a destination was expected");
    return to.bookingId;
  };

  test("goes from the hold to its completion, and the bed of origin is given up on arrival", async () => {
    const people = await TransferDesk.open(cloud());
    const { coordinator, north, south } = people;
    let transfer = await people.begun();
    expect(transfer).toMatchObject({
      state: "requested",
      to: null,
      from: { bedId: "north-1", bookingState: "admitted" },
    });
    await people.pass(MINUTE_MS);
    transfer = await people.moved(coordinator, transfer, "hold-destination", { bedId: "south-1" });
    expect(transfer).toMatchObject({ state: "held", to: { bedId: "south-1", bookingState: "held" } });
    transfer = await people.moved(south, transfer, "accept");
    expect(transfer).toMatchObject({ state: "accepted", to: { bookingState: "reserved" } });
    transfer = await people.moved(north, transfer, "order-transport");
    transfer = await people.moved(north, transfer, "depart");
    expect(await people.occupied()).toEqual(["north-1"]);
    await people.pass(MINUTE_MS);
    transfer = await people.moved(south, transfer, "arrive");
    expect(transfer).toMatchObject({
      state: "arrived",
      from: { bookingState: "transferred" },
      to: { bookingState: "arrived" },
    });
    expect(await people.occupied()).toEqual(["south-1"]);
    const arrivedAtMs = cloud().clock.now;
    expect(await stays()).toEqual([
      { bedId: "north-1", fromMs: arrivedAtMs - 2 * MINUTE_MS, toMs: arrivedAtMs },
      { bedId: "south-1", fromMs: arrivedAtMs, toMs: null },
    ]);
    const tasks = await cloud().db.selectFrom("cleaningTasks").select("bedId").execute();
    expect(tasks).toEqual([{ bedId: "north-1" }]);
    transfer = await people.moved(south, transfer, "complete");
    expect(transfer).toMatchObject({ state: "completed", to: { bookingState: "admitted" }, allowed: [] });
    expect(transfer.stages.map(({ state }) => state)).toEqual([
      "requested",
      "held",
      "accepted",
      "transport-ordered",
      "en-route",
      "arrived",
      "completed",
    ]);
    const events = await cloud()
      .db.selectFrom("deskEvents")
      .select(["kind", "hospitalIds"])
      .where("topic", "=", "transfers")
      .orderBy("position")
      .execute();
    expect(events.map(({ kind }) => kind)).toEqual([
      "transfer-requested",
      "transfer-destination-held",
      "transfer-accepted",
      "transfer-transport-ordered",
      "transfer-departed",
      "transfer-arrived",
      "transfer-completed",
    ]);
    expect(events[1]?.hospitalIds).toEqual(["north", "south"]);
  });

  test("arrives by the bed itself once the patient has left, with the stays parted when they lay down", async () => {
    const people = await TransferDesk.open(cloud());
    const ordered = await people.moved(people.north, await people.accepted(), "order-transport");
    await expect(presence(toId(ordered), cloud().clock.now)).rejects.toMatchObject({
      code: "TRANSFER_REFUSED",
    });
    expect(await people.occupied()).toEqual(["north-1"]);
    await people.pass(MINUTE_MS);
    const enRoute = await people.moved(people.north, ordered, "depart");
    // Whoever lay there before the patient left is somebody else.
    await expect(presence(toId(enRoute), cloud().clock.now - 1)).rejects.toMatchObject({
      code: "TRANSFER_REFUSED",
    });
    const presentSinceMs = cloud().clock.now + MINUTE_MS;
    await people.pass(2 * MINUTE_MS);
    await presence(toId(enRoute), presentSinceMs);
    expect(await people.transfer(enRoute.transferId)).toMatchObject({
      state: "arrived",
      stages: expect.arrayContaining([
        expect.objectContaining({ state: "arrived", by: { kind: "bed", role: null } }),
      ]),
    });
    expect(await people.occupied()).toEqual(["south-1"]);
    expect((await stays()).map(({ toMs }) => toMs)).toEqual([presentSinceMs, null]);
    // Who came is confirmed at the booking; the transfer follows.
    await people.south.moved(await people.south.booking(toId(enRoute)), "admit");
    expect((await people.transfer(enRoute.transferId)).state).toBe("completed");
  });

  test("a destination whose hold lapses is lost, the origin keeps the patient, and another one is held", async () => {
    const people = await TransferDesk.open(cloud());
    const held = await people.held();
    await people.pass(60 * MINUTE_MS);
    await cloud().transfers.settleAll();
    const failed = await people.transfer(held.transferId);
    expect(failed).toMatchObject({ state: "failed", to: null, from: { bookingState: "admitted" } });
    expect(failed.stages.at(-1)).toMatchObject({
      by: { kind: "service" },
      reason: expect.stringContaining("expired"),
    });
    expect(await people.occupied()).toEqual(["north-1"]);
  });

  test("tells of a lost destination while nobody looks", async () => {
    const people = await TransferDesk.open(cloud());
    const held = await people.held();
    const log = createLog({ write: () => undefined });
    const stop = new AbortController();
    const running = new TransferSweeper({ transfers: cloud().transfers, log }).run(stop.signal);
    try {
      await people.coordinator.moved(await people.coordinator.booking(toId(held)), "release");
      await until(
        "the loss is told, once",
        async () => {
          const told = await cloud()
            .db.selectFrom("deskEvents")
            .select("kind")
            .where("kind", "=", "transfer-destination-lost")
            .execute();
          return told.length === 1 ? told : undefined;
        },
        5_000,
      );
    } finally {
      stop.abort();
      await running;
    }
  });
});
