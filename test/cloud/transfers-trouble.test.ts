/** What goes wrong on the way: each has one outcome, and the patient always has a bed. */
import { expect, test } from "vitest";
import type { TransferView } from "../../contracts/wire/transfers.ts";
import { type Person, person, setPolicy } from "./booking-desk.ts";
import { describeOnEachDatabase } from "./support.ts";
import { TransferDesk } from "./transfer-desk.ts";

const MINUTE_MS = 60_000;

describeOnEachDatabase("a transfer in trouble", (cloud) => {
  const open = () => TransferDesk.open(cloud());
  /** The south's booking, by the hospital itself. */
  async function cancelled(south: Person, { to }: TransferView): Promise<void> {
    const booking = await south.booking(to?.bookingId ?? "");
    await south.moved(booking, "cancel", { reason: "The ward is full." });
  }

  test("a hospital that cancels while the patient is on the way: failed, another bed is held, and they arrive", async () => {
    const people = await open();
    const { coordinator, north, south } = people;
    const enRoute = await people.enRoute();
    await cancelled(south, enRoute);
    let transfer = await people.transfer(enRoute.transferId);
    expect(transfer).toMatchObject({ state: "failed", to: null, from: { bookingState: "admitted" } });
    expect(transfer.stages.at(-1)?.reason).toBe(
      "The booking of the destination is cancelled (The ward is full.).",
    );
    expect(await people.occupied()).toEqual(["north-1"]);
    transfer = await people.moved(coordinator, transfer, "hold-destination", { bedId: "south-2" });
    transfer = await people.moved(south, transfer, "accept");
    transfer = await people.moved(north, transfer, "order-transport");
    transfer = await people.moved(north, transfer, "depart");
    transfer = await people.moved(south, transfer, "arrive");
    expect(await people.occupied()).toEqual(["south-2"]);
    expect(transfer.stages.map(({ state }) => state)).toContain("failed");
  });

  test("a bed that is closed under the transfer is lost to it, and its claim is over", async () => {
    const people = await open();
    const accepted = await people.accepted();
    const doctor = await person(cloud(), "hospital-admin", "south");
    const body = { axis: "service", to: "closed", reason: "Water in the room" };
    const said = await doctor.send("POST", "beds/south-1/declarations", body, {
      "idempotency-key": "closed",
    });
    expect(said.status, JSON.stringify(said.body)).toBeLessThan(300);
    const transfer = await people.transfer(accepted.transferId);
    expect(transfer).toMatchObject({ state: "failed", to: null });
    expect((await people.coordinator.booking(accepted.to?.bookingId ?? "")).state).toBe("cancelled");
    expect(await people.occupied()).toEqual(["north-1"]);
  });

  test("a hold that gives way to an emergency is lost, with why", async () => {
    const people = await open();
    const held = await people.held();
    const { requestId } = await people.coordinator.askFor({}, { urgency: "emergency", clinicalPriority: 1 });
    const taken = await people.coordinator.hold(requestId, "south-1", { preempts: held.to?.bookingId });
    expect(taken.status, JSON.stringify(taken.body)).toBe(201);
    const failed = await people.transfer(held.transferId);
    expect(failed.state).toBe("failed");
    expect(failed.stages.at(-1)?.reason).toContain("gave way to the emergency");
  });

  test("a hospital that declines ends it and says why; within its time that is taken back", async () => {
    const people = await open();
    const { south, coordinator } = people;
    const held = await people.held();
    expect((await people.event(south, held, "decline")).body.code).toBe("REASON_MISSING");
    const declined = await people.moved(south, held, "decline", { reason: "No nurse tonight." });
    expect(declined).toMatchObject({ state: "declined", allowed: ["undo"] });
    expect((await people.event(coordinator, declined, "undo")).body.code).toBe("UNDO_REFUSED");
    const back = await people.moved(south, declined, "undo");
    expect(back).toMatchObject({ state: "held", to: { bookingState: "held" } });
    const again = await people.moved(south, back, "decline", { reason: "No, indeed." });
    cloud().clock.now += 12_001;
    expect((await people.event(south, again, "undo")).body.code).toBe("UNDO_REFUSED");
    expect((await coordinator.request(held.requestId)).state).toBe("open");
    const next = await people.begin(held.from.bookingId, held.requestId);
    expect(next.status).toBe(201);
  });

  test("an acceptance is taken back to the hold that it was, with its end", async () => {
    const people = await open();
    const held = await people.held();
    const { expiresAt } = await people.coordinator.booking(held.to?.bookingId ?? "");
    const accepted = await people.moved(people.south, held, "accept");
    const back = await people.moved(people.south, accepted, "undo");
    expect(back).toMatchObject({ state: "held", to: { bookingState: "held" } });
    expect(await people.coordinator.booking(held.to?.bookingId ?? "")).toMatchObject({
      state: "held",
      expiresAt,
    });
    expect((await people.moved(people.south, back, "accept")).to?.bookingState).toBe("reserved");
  });

  test("on hold it remembers where it goes on, and nobody arrives meanwhile", async () => {
    const people = await open();
    const { north, south } = people;
    const ordered = await people.moved(north, await people.accepted(), "order-transport");
    const onHold = await people.moved(north, ordered, "put-on-hold", { reason: "Bleeding" });
    expect(onHold).toMatchObject({ state: "on-hold", dueAt: null });
    expect((await people.event(south, onHold, "arrive")).body.code).toBe("TRANSFER_REFUSED");
    const booking = await south.booking(onHold.to?.bookingId ?? "");
    expect((await south.event(booking, "arrive")).body.code).toBe("TRANSFER_REFUSED");
    const resumed = await people.moved(south, onHold, "resume");
    expect(resumed.state).toBe("transport-ordered");
    expect((await people.moved(south, resumed, "undo")).state).toBe("on-hold");
  });

  test("a patient who comes back keeps the bed that they never lost", async () => {
    const people = await open();
    const enRoute = await people.enRoute();
    expect((await people.event(people.north, enRoute, "cancel")).body.code).toBe("TRANSFER_REFUSED");
    const returned = await people.moved(people.north, enRoute, "return", { reason: "Unstable" });
    expect(returned).toMatchObject({ state: "returned", to: { bookingState: "cancelled" } });
    expect(await people.occupied()).toEqual(["north-1"]);
  });

  test("the bed of origin is not given up under a transfer that has a destination", async () => {
    const people = await open();
    const begun = await people.begun();
    const discharge = async () =>
      await people.north.event(await people.north.booking(begun.from.bookingId), "discharge");
    const held = await people.moved(people.north, begun, "hold-destination", { bedId: "north-2" });
    expect(await discharge()).toMatchObject({ status: 409, body: { code: "BOOKING_REFUSED" } });
    const cancelled = await people.moved(people.north, held, "cancel");
    expect(cancelled).toMatchObject({ state: "cancelled", to: { bookingState: "released" } });
    const next = (await people.begin(begun.from.bookingId, begun.requestId)).body as TransferView;
    expect((await discharge()).status).toBe(200);
    expect((await people.transfer(next.transferId)).state).toBe("cancelled");
  });

  test("a bed that was held for the request, and a hospital that agrees by its policy, take the transfer along", async () => {
    const people = await open();
    await setPolicy(cloud(), "south", { autoAccept: true });
    const begun = await people.begun();
    const held = await people.coordinator.held(begun.requestId, "south-1");
    expect((await people.transfer(begun.transferId)).state).toBe("held");
    await people.coordinator.moved(held, "request");
    expect(await people.transfer(begun.transferId)).toMatchObject({
      state: "accepted",
      to: { bookingId: held.bookingId, bookingState: "reserved" },
    });
  });

  test("a declined transfer is not taken back while another one is under way", async () => {
    const people = await open();
    const held = await people.held();
    const declined = await people.moved(people.south, held, "decline", { reason: "No nurse tonight." });
    await people.begin(held.from.bookingId, held.requestId);
    expect((await people.event(people.south, declined, "undo")).body.code).toBe("TRANSFER_EXISTS");
  });

  test("of two at once one is taken, and the other's page is out of date", async () => {
    const people = await open();
    const held = await people.held();
    const answers = await Promise.all([
      people.event(people.south, held, "accept"),
      people.event(people.coordinator, held, "cancel"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(answers.find(({ status }) => status === 412)?.body.code).toBe("STALE_VERSION");
    const { state, to } = await people.transfer(held.transferId);
    expect(["accepted reserved", "cancelled released"]).toContain(`${state} ${to?.bookingState}`);
  });

  test("told of the arrival in three ways at once, it arrives once", async () => {
    const people = await open();
    const enRoute = await people.enRoute();
    await people.pass(MINUTE_MS);
    const booking = await people.south.booking(enRoute.to?.bookingId ?? "");
    const answers = await Promise.all([
      people.event(people.south, enRoute, "arrive"),
      people.south.event(booking, "arrive"),
      people.south.event(booking, "admit"),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 409, 412]).toContain(status);
    expect(await people.occupied()).toEqual(["south-1"]);
    const { stages } = await people.transfer(enRoute.transferId);
    expect(stages.filter(({ state }) => state === "arrived")).toHaveLength(1);
  });

  test("an arrival that gave the bed of origin up is not cancelled: what to do instead is told", async () => {
    const people = await open();
    const arrived = await people.moved(people.south, await people.enRoute(), "arrive");
    const booking = await people.south.booking(arrived.to?.bookingId ?? "");
    expect((await people.south.event(booking, "cancel")).body).toMatchObject({
      code: "BOOKING_REFUSED",
      detail: expect.stringContaining("discharge and ask for a bed anew"),
    });
    await people.south.moved(booking, "discharge");
    expect((await people.transfer(arrived.transferId)).state).toBe("completed");
    expect(await people.occupied()).toEqual([]);
  });

  test("begins once, for the patient in the bed, and for nobody else's request", async () => {
    const people = await open();
    const origin = await people.admitted();
    const { requestId } = await people.nextRequest(origin);
    const answers = await Promise.all(
      ["twice", "twice"].map((key) => people.begin(origin.bookingId, requestId, people.coordinator, key)),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]?.body.transferId).toBe(answers[1]?.body.transferId);
    expect((await people.begin(origin.bookingId, requestId)).body.code).toBe("TRANSFER_EXISTS");
    const other = await people.coordinator.askFor();
    expect((await people.begin(origin.bookingId, other.requestId)).body.code).toBe("TRANSFER_MISMATCH");
    const elsewhere = await people.coordinator.held(other.requestId, "south-2");
    expect((await people.begin(elsewhere.bookingId, other.requestId)).body.code).toBe("TRANSFER_MISMATCH");
  });

  test("each hospital sees its own end's transfers and takes its own steps", async () => {
    const people = await open();
    const { north, south } = people;
    const begun = await people.begun();
    const url = `transfers/${begun.transferId}`;
    expect((await south.send("GET", url)).body.code).toBe("TRANSFER_NOT_FOUND");
    expect((await south.send("GET", "transfers")).body.transfers).toEqual([]);
    const held = await people.moved(people.coordinator, begun, "hold-destination", { bedId: "south-1" });
    expect((await south.send("GET", url)).body).toMatchObject({
      allowed: ["accept", "decline", "put-on-hold"],
    });
    expect((await north.send("GET", "transfers?hospital=south")).body.transfers).toHaveLength(1);
    expect((await people.event(north, held, "accept")).body.code).toBe("FORBIDDEN");
    expect((await people.event(south, held, "cancel")).body.code).toBe("FORBIDDEN");
    for (const role of ["patient", "facility-engineer"] as const)
      expect((await (await person(cloud(), role)).send("GET", "transfers")).status).toBe(403);
  });

  test("who loses the destination is told who has it; of another hospital only that it is not offered", async () => {
    const people = await open();
    const begun = await people.begun();
    await people.coordinator.held((await people.coordinator.askFor()).requestId, "south-1");
    const lost = await people.event(people.coordinator, begun, "hold-destination", { bedId: "south-1" });
    expect(lost).toMatchObject({ status: 409, body: { code: "BED_TAKEN", winner: { state: "held" } } });
    expect((await people.event(people.coordinator, begun, "hold-destination")).body.code).toBe("VALIDATION");
    const fields = { from: { kind: "hospital", hospitalId: "north" } } as never;
    const other = await people.admitted("north-2");
    const own = await people.north.askFor(fields, { encounterId: other.encounterId });
    const transfer = (await people.begin(other.bookingId, own.requestId, people.north)).body as TransferView;
    for (const bedId of ["south-1", "south-99"])
      expect(await people.event(people.north, transfer, "hold-destination", { bedId })).toMatchObject({
        status: 404,
        body: { code: "BED_NOT_FOUND" },
      });
    expect((await people.moved(people.north, transfer, "hold-destination", { bedId: "south-2" })).state).toBe(
      "held",
    );
  });

  test("a stage that takes too long is overdue and stays what it is", async () => {
    const people = await open();
    const accepted = await people.accepted();
    expect(Date.parse(accepted.dueAt ?? "") - Date.parse(accepted.since)).toBe(30 * MINUTE_MS);
    await people.pass(31 * MINUTE_MS);
    expect((await people.transfer(accepted.transferId)).state).toBe("accepted");
  });
});
