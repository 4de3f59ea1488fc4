import { describe, expect, test } from "vitest";
import { healthOf } from "../../../gateway/health/health.ts";
import { HEALTHY_STATUS, TROUBLED_STATUS } from "../../web/a-gateway-status.ts";

describe("the health document", () => {
  test("passes for a healthy gateway, with a figure for every stage", () => {
    const health = healthOf(HEALTHY_STATUS);
    expect(health.status).toBe("pass");
    expect(Object.keys(health.checks).toSorted()).toEqual([
      "journal:disk",
      "journal:integrity",
      "log:sync",
      "log:witness",
      "sync:beds",
      "sync:cloud",
      "sync:environment",
      "sync:parked",
      "sync:vitals",
      "time:clock-offset",
      "transport:devices",
      "transport:links",
    ]);
    for (const [check] of Object.values(health.checks)) expect(check?.output).toBeUndefined();
  });

  test("warns of each trouble in its own words, and is as bad as the worst", () => {
    const { status, checks } = healthOf(TROUBLED_STATUS);
    expect(status).toBe("warn");
    expect(checks["journal:disk"]?.[0]).toMatchObject({ status: "warn", observedValue: "reserve" });
    expect(checks["sync:beds"]?.[0]).toMatchObject({ status: "warn", observedValue: 240 });
    expect(checks["sync:cloud"]?.[0]?.output).toContain("ECONNREFUSED");
    expect(checks["transport:links"]?.[0]?.output).toContain("serial tcp://127.0.0.1:16002");
    expect(checks["sync:parked"]?.[0]).toMatchObject({ status: "warn", observedValue: 2 });
  });

  test("fails where nothing is acknowledged, where rows are damaged, and where the cloud refuses", () => {
    const { journal, cloud } = HEALTHY_STATUS;
    const withDisk = (disk: object) =>
      healthOf({ ...HEALTHY_STATUS, journal: { ...journal, disk: { ...journal.disk, ...disk } } }).status;
    expect(withDisk({ state: "stalled" })).toBe("fail");
    expect(withDisk({ damagedRows: 1 })).toBe("fail");
    expect(healthOf({ ...HEALTHY_STATUS, cloud: { ...cloud, state: "refused" } }).status).toBe("fail");
  });
});
