import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NewestValues } from "../../cloud/ingest/newest-values.ts";
import { SeriesIds } from "../../cloud/ingest/series.ts";
import { storeBatch } from "../../cloud/ingest/store-batch.ts";
import { WholeBatches } from "../../cloud/ingest/whole-batches.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonRole } from "../../contracts/wire/roles.ts";
import { soon } from "../support/soon.ts";
import { TestClient } from "./live-client.ts";
import {
  batch,
  changed,
  commissioned,
  decommissioned,
  freeBed,
  heartbeat,
  START_MS,
  south,
} from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("the live socket", (cloud) => {
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(async () => {
    stop = new AbortController();
    await cloud().app.listen({ host: "127.0.0.1", port: 0 });
    running = cloud().run(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const cookies = new Map<string, string>();
  beforeEach(() => cookies.clear());
  async function client(role: PersonRole = "emergency-coordinator", hospital: "north" | "south" = "north") {
    const who = `${role} ${hospital}`;
    const cookie = cookies.get(who) ?? (await cloud().signIn(role, hospital));
    cookies.set(who, cookie);
    return new TestClient(cloud(), cookie);
  }
  /** Until the board in memory has followed everything that is stored. */
  async function caughtUp(): Promise<void> {
    const { newest } = await cloud()
      .db.selectFrom("outbox")
      .select((select) => select.fn.max("id").as("newest"))
      .executeTakeFirstOrThrow();
    const probe = await (await client()).connect();
    await soon(() => expect(probe.seq).toBe(newest));
    probe.disconnect();
  }
  /** Sequence numbers as a gateway gives them out, a lane for each hospital. */
  const nextSeq = { north: 1, south: 1 };
  beforeEach(() => Object.assign(nextSeq, { north: 1, south: 1 }));
  async function send(hospital: "north" | "south", ...events: readonly unknown[]): Promise<void> {
    const gateway = hospital === "south" ? south : {};
    const { status } = await cloud().sync(batch(events, { ...gateway, firstSeq: nextSeq[hospital] }));
    expect(status).toBe(200);
    nextSeq[hospital] += events.length;
  }

  test("a first message holds every bed, and evidence follows", async () => {
    await send("north", ...freeBed("bed-1"));
    await send("south", ...freeBed("bed-2"));
    await caughtUp();
    const coordinator = await (await client()).connect();
    expect(coordinator.received.map(({ kind }) => kind)).toEqual(["snapshot", "evidence"]);
    expect([...coordinator.beds.keys()]).toEqual(["bed-1", "bed-2"]);
    expect(coordinator.received[0]).toMatchObject({
      hospitals: [{ hospitalId: "north" }, { hospitalId: "south" }],
    });
  });

  test("a change is told at once, as the whole bed", async () => {
    await send("north", ...freeBed("bed-1"));
    const coordinator = await (await client()).connect();
    await send("north", changed("occupancy", "present"));
    await soon(() => expect(coordinator.beds.get("bed-1")?.axes.occupancy.value).toBe("present"));
    expect(coordinator.seq).toBe(coordinator.beds.get("bed-1")?.liveSeq);
  });

  test("a heartbeat is told as evidence, of its own gateway only", async () => {
    await send("north", ...freeBed("bed-1"));
    await send("south", ...freeBed("bed-2"));
    await caughtUp();
    const coordinator = await (await client()).connect();
    const sources = [{ bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs: 250 }];
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, sources }));
    const lastObservedAt = new Date(START_MS - 250).toISOString();
    await soon(() =>
      expect(coordinator.received).toContainEqual(
        expect.objectContaining({
          kind: "evidence",
          gateways: expect.arrayContaining([expect.objectContaining({ gatewayId: "gw-north" })]),
          sources: [{ bedId: "bed-1", deviceId: "mat-1", lastObservedAt }],
        }),
      ),
    );
  });

  test("somebody of a hospital hears of that hospital only", async () => {
    await send("north", ...freeBed("bed-1"));
    await send("south", ...freeBed("bed-2"));
    await caughtUp();
    const nurse = await (await client("nurse", "south")).connect();
    await send("north", changed("occupancy", "present"));
    await cloud().sync(heartbeat({ bedsHeadSeq: 7 }));
    await send("south", changed("occupancy", "present", { bedId: "bed-2" }));
    await soon(() => expect(nurse.beds.get("bed-2")?.axes.occupancy.value).toBe("present"));
    expect(JSON.stringify(nurse.received)).not.toMatch(/bed-1|gw-north/);
  });

  test("after a break, a client is told what it missed, also that a bed is gone", async () => {
    await send("north", ...freeBed("bed-1"), ...freeBed("bed-2"), ...freeBed("bed-3"));
    await caughtUp();
    const coordinator = await (await client()).connect();
    coordinator.disconnect();
    await send("north", changed("occupancy", "present"), decommissioned({ bedId: "bed-2" }));
    await caughtUp();
    await coordinator.connect();
    expect(coordinator.received.findLast(({ kind }) => kind === "changes")).toMatchObject({
      kind: "changes",
      beds: [{ bedId: "bed-1" }],
      removed: ["bed-2"],
    });
    expect([...coordinator.beds.keys()].sort()).toEqual(["bed-1", "bed-3"]);
  });

  test.each([
    ["later than anything here", 2 ** 52],
    ["from before this database", 17],
  ])("a client at a position %s is given everything", async (_where, after) => {
    await send("north", ...freeBed("bed-1"));
    const coordinator = await (await client()).connect({ after });
    expect(coordinator.received[0]?.kind).toBe("snapshot");
  });

  type Step =
    | { kind: "event"; hospital: "north" | "south"; bed: number; what: number }
    | { kind: "heartbeat"; ageMs: number }
    | { kind: "break" }
    | { kind: "resume" };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("event" as const),
        hospital: fc.constantFrom("north" as const, "south" as const),
        bed: fc.nat(3),
        what: fc.nat(4),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("heartbeat" as const), ageMs: fc.nat(60_000) }) },
    { weight: 2, arbitrary: fc.constant({ kind: "break" as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: "resume" as const }) },
  );

  async function take(taken: Step, followers: readonly TestClient[]): Promise<void> {
    switch (taken.kind) {
      case "event": {
        const bedId = `${taken.hospital}-${taken.bed}`;
        const source = { deviceId: `mat-${bedId}`, expectedIntervalMs: 1_000, decides: "occupancy" };
        const events = [
          [commissioned({ bedId, sources: [source] })],
          [changed("occupancy", "present", { bedId })],
          [changed("occupancy", "absent", { bedId }), changed("readiness", "dirty", { bedId })],
          [decommissioned({ bedId })],
          [
            commissioned({ bedId, sources: [source], label: "moved" }),
            changed("service", "closed", { bedId }),
          ],
        ];
        return await send(taken.hospital, ...(events[taken.what] ?? []));
      }
      case "heartbeat": {
        const beds = [0, 1, 2, 3].map((bed) => `north-${bed}`);
        const sources = beds.map((bedId) => ({
          bedId,
          deviceId: `mat-${bedId}`,
          evidenceAgeMs: taken.ageMs,
        }));
        cloud().clock.now += 1_000;
        await cloud().sync(heartbeat({ bedsHeadSeq: nextSeq.north - 1, sources }));
        return;
      }
      case "break":
        for (const follower of followers) follower.disconnect();
        return;
      case "resume":
        for (const follower of followers) {
          follower.disconnect();
          await follower.connect();
        }
    }
  }

  test("whatever happens on the way, a client that resumes shows what a fresh one shows", async () => {
    await send("north", commissioned({ bedId: "north-0" }));
    const roles: [PersonRole, "north" | "south"][] = [
      ["emergency-coordinator", "north"],
      ["nurse", "north"],
    ];
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const steady = await (await client()).connect();
      const breaking = await Promise.all(roles.map(async (who) => (await client(...who)).connect()));
      for (const taken of steps) await take(taken, breaking);
      await take({ kind: "resume" }, breaking);
      const fresh = await Promise.all(roles.map(async (who) => (await client(...who)).connect()));
      const shown = (clients: readonly TestClient[]) => clients.map((each) => each.shown());
      await vi.waitFor(
        () => expect(shown([steady, ...breaking])).toEqual(shown([fresh[0] ?? steady, ...fresh])),
        { timeout: 8_000 },
      );
      for (const each of [steady, ...breaking, ...fresh]) each.disconnect();
    });
    await fc.assert(property, { numRuns: 10 });
  }, 60_000);

  test("of two gateways that report at the same moments, no change is stepped over", async () => {
    const beds = Array.from({ length: 40 }, (_, n) => n);
    const coordinator = await (await client()).connect();
    const report = async (hospital: "north" | "south") => {
      for (const n of beds) await send(hospital, commissioned({ bedId: `${hospital}-${n}` }));
    };
    await Promise.all([report("north"), report("south")]);
    await vi.waitFor(() => expect(coordinator.beds.size).toBe(2 * beds.length), { timeout: 8_000 });
  });

  test("nobody listens in without a session, or from another site's page", async () => {
    const unknown = new TestClient(cloud(), "hospitell=x");
    await expect(unknown.connect()).rejects.toThrow("HTTP 401");
    const elsewhere = new TestClient(cloud(), await cloud().signIn("nurse"), "http://evil.example");
    await expect(elsewhere.connect()).rejects.toThrow("HTTP 403");
    const patient = await client("patient");
    await expect(patient.connect()).rejects.toThrow("HTTP 403");
  });

  test("when the service stops, clients are told to go", async () => {
    const coordinator = await (await client()).connect();
    stop.abort();
    await soon(() => expect(coordinator.closeCode).toBe(1001));
  });

  test("a bed that another process stored is shown within the second", async () => {
    const coordinator = await (await client()).connect();
    const sent = batch([commissioned()]);
    const gateway = {
      kind: "gateway",
      gatewayId: sent.gatewayId,
      hospitalId: HospitalId.parse("north"),
    } as const;
    const deps = {
      db: cloud().db,
      seriesIds: new SeriesIds(),
      newestValues: new NewestValues(),
      wholeBatches: new WholeBatches(cloud().db),
    };
    await storeBatch(deps, gateway, sent, START_MS);
    await vi.waitFor(() => expect(coordinator.beds.size).toBe(1), { timeout: 2_000, interval: 50 });
  });
});
