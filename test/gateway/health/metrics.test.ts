import { describe, expect, test } from "vitest";
import { FINDING_KINDS } from "../../../contracts/wire/bed-event.ts";
import { BadReason } from "../../../contracts/wire/reading.ts";
import { UNREADABLE_REASONS } from "../../../devices/decoded.ts";
import { createMetrics } from "../../../gateway/health/metrics.ts";
import { openConsole } from "../../support/open-console.ts";
import { BED_DEVICE } from "../../support/wards.ts";

describe("the figures for Prometheus", () => {
  test("are those of the status page", async () => {
    const { status } = await openConsole();
    const text = await createMetrics(status).text();
    expect(text).toContain('hospitell_gateway_lane_queued{lane="beds"} 3');
    expect(text).toContain(`hospitell_gateway_device_readings{device="${BED_DEVICE}"} 2`);
    expect(text).toContain(`hospitell_gateway_device_bad_readings{device="${BED_DEVICE}"} 1`);
    expect(text).toContain('hospitell_gateway_device_problems{device="",reason="unknown-device"} 1');
    expect(text).toContain("hospitell_gateway_cloud_connected 0");
    expect(text).toContain("hospitell_gateway_quarantined_ever 1");
    const link = 'link="mqtt 127.0.0.1:1883",kind="mqtt"';
    expect(text).toContain(`hospitell_gateway_link_state{${link},state="listening"} 1`);
    expect(text).toContain(`hospitell_gateway_link_state{${link},state="down"} 0`);
    expect(text).toContain(`hospitell_gateway_link_reconnects{${link}} 0`);
  });

  test("count every reason of a decoder from the start, at zero where nothing of it came", async () => {
    const { status } = await openConsole();
    const text = await createMetrics(status).text();
    for (const reason of [...UNREADABLE_REASONS, ...BadReason.options]) {
      const came = reason === "unknown-metric" || reason === "out-of-range" ? 1 : 0;
      expect(text).toContain(`hospitell_gateway_problems{reason="${reason}"} ${came}`);
    }
    for (const kind of FINDING_KINDS)
      expect(text).toContain(`hospitell_gateway_sensor_findings{kind="${kind}"} 0`);
  });

  test("do not grow with the number of reasons that a stranger makes up", async () => {
    const { status } = await openConsole();
    const now = status();
    const lastAt = now.now;
    const problems = Array.from({ length: 5_000 }, (_, index) => ({
      reason: `made-up-${index}`,
      count: 1,
      lastAt,
      detail: "",
    }));
    const text = await createMetrics(() => ({ ...now, problems })).text();
    expect(text.match(/^hospitell_gateway_problems\{/gm)?.length).toBeLessThanOrEqual(101);
    const others = Number(/^hospitell_gateway_problems\{reason="other"\} (\d+)$/m.exec(text)?.[1]);
    expect(others).toBeGreaterThan(4_900);
  });
});
