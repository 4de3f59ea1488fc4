import { describe, expect, test } from "vitest";
import { linkDevices } from "../../gateway/web/status/link-devices.ts";
import { isBroken } from "../../gateway/web/status/link-words.ts";
import { metricInSentence } from "../../gateway/web/status/metric-in-sentence.ts";
import { namesWords } from "../../gateway/web/status/names-words.ts";
import { quarantineKinds } from "../../gateway/web/status/quarantine-kinds.ts";
import { reasonWords } from "../../gateway/web/status/reason-words.ts";
import { valueGroups } from "../../gateway/web/status/value-groups.ts";
import { at, NOW_MS } from "./a-bed.ts";
import { LARGE_STATUS } from "./a-large-gateway.ts";
import { ODD_QUARANTINE } from "./odd-quarantine.ts";

test.each([
  ["out-of-range", "Out of range"],
  ["malformed-json", "Malformed JSON"],
  ["malformed-senml", "Malformed SenML"],
  ["modbus-exception-2", "Modbus exception 2 (illegal data address)"],
  ["modbus-exception-9", "Modbus exception 9 (not in the standard)"],
])("the reason %s reads “%s”", (reason, words) => expect(reasonWords(reason)).toBe(words));

test.each([
  ["load", "load"],
  ["spo2", "SpO₂"],
  ["etco2", "end-tidal CO₂"],
] as const)("%s within a sentence is “%s”", (metric, words) => expect(metricInSentence(metric)).toBe(words));

test("many names are four and a number", () => {
  expect(namesWords(["a", "b", "c", "d"])).toBe("a, b, c, d");
  expect(namesWords([..."abcdef"])).toBe("a, b, c, d and 2 more");
});

test("a link is broken where it should run and is not up", () => {
  const states = ["listening", "connected", "connecting", "down"] as const;
  expect(states.map((state) => isBroken({ running: "running", state }))).toEqual([false, false, true, true]);
  expect(states.some((state) => isBroken({ running: "stopped", state }))).toBe(false);
});

describe("a link's devices", () => {
  const ofLink = (kind: string, nowMs = NOW_MS) => {
    const link = LARGE_STATUS.links.find((known) => known.kind === kind);
    if (link === undefined) throw new Error(`the scene has no ${kind}`);
    return linkDevices(link, LARGE_STATUS.devices, nowMs);
  };

  test("are counted, dead units by their address", () => {
    expect(ofLink("modbus-rtu")).toEqual({
      heard: "21 of 24 heard",
      notHeard: "Not heard: unit 5, unit 11, unit 17",
    });
  });

  test("fall silent by time alone", () => {
    expect(ofLink("modbus-rtu", NOW_MS + 120_000)?.heard).toBe("0 of 24 heard");
  });

  test("that all speak are only counted, and a link without any says nothing", () => {
    expect(ofLink("mqtt")).toEqual({ heard: "24 of 24 heard", notHeard: null });
    expect(ofLink("mqtt-tls")).toBeNull();
  });
});

describe("a device's last values", () => {
  const value = (metric: string, agoMs: number) => ({ metric, observedAt: at(agoMs) }) as never;

  test("share an age where they share a second, under its oldest moment, newest first", () => {
    const groups = valueGroups([value("battery", 40_000), value("load", 1_000), value("occupancy", 1_400)]);
    expect(
      groups.map(({ observedAtMs, values }) => [NOW_MS - observedAtMs, values.map((one) => one.metric)]),
    ).toEqual([
      [1_000, ["load"]],
      [1_400, ["occupancy"]],
      [40_000, ["battery"]],
    ]);
    const together = valueGroups([value("load", 100), value("occupancy", 900)]);
    expect(together).toMatchObject([{ observedAtMs: NOW_MS - 900, values: { length: 2 } }]);
  });

  test("of a device that said nothing are none", () => expect(valueGroups([])).toEqual([]));
});

test("a device that babbles does not hide the others' unreadable messages", () => {
  const kinds = quarantineKinds(ODD_QUARANTINE.entries.toReversed());
  expect(kinds.map(({ newest, earlier }) => [newest.deviceId, newest.reason, earlier.length])).toEqual([
    ["north-smart-bed-01", "payload-too-large", 0],
    ["north-smart-bed-03", "malformed-json", 0],
    ["north-monitor-02", "malformed-line", 2],
    ["north-smart-bed-02", "malformed-senml", 0],
    ["north-climate-1", "short-reply", 0],
    ["north-smart-bed-04-in-the-room-behind-the-stairs-long-name", "malformed-json", 0],
  ]);
});
