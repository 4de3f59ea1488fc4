import { describe, expect, test } from "vitest";
import { healthOf, readHealth } from "../../cloud/health/health.ts";
import { describeOnEachDatabase } from "./support.ts";

const WELL = {
  databaseMs: 3,
  ingestWaiting: 0,
  outboxLagRows: 0,
  latestLagRows: 0,
  gatewaysSilent: 0,
  retentionTroubles: [],
};

describe("the cloud's health document", () => {
  test("passes where every stage is well", () => {
    const { status, checks } = healthOf(WELL, 0);
    expect(status).toBe("pass");
    expect(Object.values(checks).flat()).toHaveLength(6);
  });

  test.each([
    ["database:answer", { databaseMs: 5_000 }],
    ["ingest:waiting", { ingestWaiting: 17 }],
    ["live:behind", { outboxLagRows: 1_001 }],
    ["latest:behind", { latestLagRows: 100_001 }],
    ["gateways:silent", { gatewaysSilent: 1 }],
    ["series:behind", { fedStore: { lagMs: 61_000, trouble: null } }],
    ["series:behind", { fedStore: { lagMs: 0, trouble: "The store answered 401. Check INFLUXDB_TOKEN." } }],
    ["retention:troubles", { retentionTroubles: ["The archive's disk is full. Make room there."] }],
  ])("warns at %s, with what to do", (name, facts) => {
    const { status, checks } = healthOf({ ...WELL, ...facts }, 0);
    expect(status).toBe("warn");
    expect(checks[name]?.[0]).toMatchObject({ status: "warn", output: expect.stringMatching(/\w/) });
  });

  test("fails where the database does not answer", () => {
    expect(healthOf({ ...WELL, databaseMs: null }, 0).status).toBe("fail");
  });
});

describeOnEachDatabase("the health of a cloud", (cloud) => {
  const retention = () => ({ isRunning: false, policies: 0, lastRound: null });
  const sources = { ingestQueue: () => ({ atWork: 0, waiting: 0 }), outboxLag: async () => 0, retention };

  test("is read from its database: a gateway that fell silent is counted", async () => {
    const { db, clock } = cloud();
    expect((await readHealth(db, clock, sources)).status).toBe("pass");
    await db
      .updateTable("gateways")
      .set({ lastHeardAtMs: clock.nowMs() - 31_000 })
      .execute();
    const { status, checks } = await readHealth(db, clock, sources);
    expect(status).toBe("warn");
    expect(checks["gateways:silent"]?.[0]?.observedValue).toBe(2);
  });
});
