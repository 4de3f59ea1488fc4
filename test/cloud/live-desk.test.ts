/** What is done at the desk, on every screen: through this process and through another on the same database. */
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { databaseClock } from "../../cloud/desk/desk-clock.ts";
import type { DeskEvent } from "../../cloud/desk/desk-event.ts";
import { inDeskTransaction } from "../../cloud/desk/desk-transaction.ts";
import { CHANGED_AFTER } from "../../cloud/live/repository.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonRole } from "../../contracts/wire/roles.ts";
import { soon } from "../support/soon.ts";
import { storeClaim } from "./claims.ts";
import { TestClient } from "./live-client.ts";
import { batch, freeBed } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const NORTH = HospitalId.parse("north");
const SOUTH = HospitalId.parse("south");
const BED = BedId.parse("bed-1");

describeOnEachDatabase("the desk on the live socket", (cloud) => {
  let stop: AbortController;
  let running: Promise<unknown>;
  beforeEach(async () => {
    stop = new AbortController();
    await cloud().app.listen({ host: "127.0.0.1", port: 0 });
    running = cloud().run(stop.signal);
    await cloud().sync(batch(freeBed("bed-1")));
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const client = async (role: PersonRole, hospital: "north" | "south" = "north") =>
    await new TestClient(cloud(), await cloud().signIn(role, hospital)).connect();
  const event = (subjectId: string, hospitalIds: readonly HospitalId[]): DeskEvent => ({
    topic: "bookings",
    subjectId,
    kind: "booking-held",
    bedId: null,
    hospitalIds,
    body: {},
  });
  /** Nobody rings: as when another process does it. */
  const elsewhere = () => ({ db: cloud().db, clock: databaseClock, deskChanged: () => {} });
  const told = ({ received }: TestClient) =>
    received.flatMap((message) => (message.kind === "desk" ? message.changed : []));

  test("the network's roles hear of everything, a hospital's of what it may know, each subject once", async () => {
    const coordinator = await client("emergency-coordinator");
    const north = await client("nurse", "north");
    const south = await client("nurse", "south");
    await inDeskTransaction(elsewhere(), "service", async ({ events }) => {
      events.push(
        event("one", [NORTH]),
        event("two", [SOUTH]),
        event("one", [NORTH]),
        event("both", [NORTH, SOUTH]),
      );
    });
    const [one, two, both] = ["one", "two", "both"].map((subjectId) => ({ topic: "bookings", subjectId }));
    await vi.waitFor(() => expect(told(coordinator)).toEqual([one, two, both]), { timeout: 8_000 });
    await vi.waitFor(() => expect(told(north)).toEqual([one, both]), { timeout: 8_000 });
    await vi.waitFor(() => expect(told(south)).toEqual([two, both]), { timeout: 8_000 });
  });

  test("a bed that is held through another process is taken on every screen within a second, and tells until when", async () => {
    const coordinator = await client("emergency-coordinator");
    await soon(() => expect(coordinator.beds.get("bed-1")?.axes.assignment.value).toBe("none"));
    const nowMs = cloud().clock.now;
    await inDeskTransaction(elsewhere(), "service", async ({ trx, events }) => {
      await storeClaim(trx, { sinceMs: nowMs, expiresAtMs: nowMs + 900_000 });
      events.push({ ...event("held", [NORTH]), bedId: BED });
    });
    const committedAtMs = performance.now();
    await vi.waitFor(
      () => {
        const bed = coordinator.beds.get("bed-1");
        expect(bed?.axes.assignment.value).toBe("held");
        expect(bed?.derived.bookable.ok).toBe(false);
        expect(bed?.derived.bookable.reasons).toContain("assignment-held");
        expect(bed?.axes.assignment.lapse).toEqual({
          at: new Date(nowMs + 900_000).toISOString(),
          to: "none",
        });
        expect(JSON.stringify(bed)).not.toContain("R-7F3K");
      },
      { interval: 10, timeout: 8_000 },
    );
    expect(performance.now() - committedAtMs).toBeLessThan(1_000);
  });

  test("reads what has changed by the end of the outbox, and only the beds that it names", async () => {
    const plan = await cloud()
      .db.transaction()
      .execute(async (trx) => {
        // The tables are so small that reading all of them would be cheaper.
        await sql`SET LOCAL enable_seqscan = off`.execute(trx);
        const { rows } = await sql`EXPLAIN SELECT FROM beds bed WHERE ${CHANGED_AFTER(1)}`.execute(trx);
        return JSON.stringify(rows);
      });
    expect(plan).toContain("outbox_pkey");
    expect(plan).toContain("beds_pkey");
    expect(plan).not.toMatch(/Seq Scan|Join/);
  });
});
