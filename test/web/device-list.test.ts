import { describe, expect, test } from "vitest";
import { type DeviceOrder, groupDevices } from "../../gateway/web/status/device-groups.ts";
import { PROBLEM_RECENT_MS, TROUBLES, troubleOf } from "../../gateway/web/status/device-trouble.ts";
import { type DeviceFilter, matchesDevice, NO_DEVICE_FILTER } from "../../gateway/web/status/match-device.ts";
import { shownDevices } from "../../gateway/web/status/shown-device.ts";
import { at, MIN, NOW_MS } from "./a-bed.ts";
import { HEALTHY_STATUS } from "./a-gateway-status.ts";
import { LARGE_STATUS } from "./a-large-gateway.ts";

const [aDevice] = HEALTHY_STATUS.devices;
if (aDevice === undefined) throw new Error("the scene has no device");
const problem = { reason: "no-reply", count: 1, lastAt: at(0), detail: "" };

test.each([
  ["was never heard", { lastHeardAt: null, problems: [problem] }, true, 0, "never-heard"],
  ["is silent, whatever else", { problems: [problem] }, true, 61_000, "silent"],
  ["is suspected", { problems: [problem] }, true, 0, "suspected"],
  ["has errors just now", { problems: [problem] }, false, 1_000, "failing"],
  [
    "had errors a while ago and is heard",
    { lastHeardAt: at(-PROBLEM_RECENT_MS), problems: [problem] },
    false,
    PROBLEM_RECENT_MS,
    "fine",
  ],
  ["is late", {}, false, 25_000, "late"],
  ["is fine", {}, false, 0, "fine"],
] as const)("a device that %s is listed so", (_name, words, isSuspected, laterMs, trouble) => {
  const device = {
    ...aDevice,
    lastHeardAt: at(0),
    ...words,
    problems: [...((words as { problems?: [] }).problems ?? [])],
  };
  expect(troubleOf(device, isSuspected, NOW_MS + laterMs)).toBe(trouble);
});

describe("a list of 72 devices", () => {
  const shown = shownDevices(LARGE_STATUS, NOW_MS);
  const groups = (order: DeviceOrder) => groupDevices(shown, order, LARGE_STATUS.links);
  const names = (filter: Partial<DeviceFilter>) =>
    shown
      .filter((one) => matchesDevice(one, { ...NO_DEVICE_FILTER, ...filter }))
      .map(({ device }) => device.deviceId);

  test("begins with what is worst, and loses nobody in either order", () => {
    expect(groups("trouble").map(({ title, devices }) => [title, devices.length])).toEqual([
      ["Never heard", 1],
      ["Silent", 3],
      ["Suspected by its values", 4],
      ["With errors just now", 1],
      ["Late", 1],
      ["Fine", 62],
    ]);
    for (const order of ["trouble", "link"] as const)
      expect(
        groups(order)
          .flatMap(({ devices }) => devices)
          .toSorted(),
      ).toHaveLength(72);
  });

  test("goes link by link in the links' order, the trouble of each first and numbers as numbers", () => {
    const byLink = groups("link");
    expect(byLink.map(({ title }) => title.split(" ")[0])).toEqual([
      "mqtt",
      "mqtt-broker",
      "modbus-tcp",
      "modbus-rtu",
      "serial",
    ]);
    const rtu = byLink[3]?.devices.map(({ device }) => device.address) ?? [];
    expect(rtu.slice(0, 6)).toEqual(["unit 5", "unit 11", "unit 17", "unit 1", "unit 20", "unit 2"]);
  });

  test("keeps the devices of a link that the gateway does not know", () => {
    const none = groupDevices(shown, "link", []);
    expect(none.flatMap(({ devices }) => devices)).toHaveLength(72);
  });

  test.each<[string, Partial<DeviceFilter>, number]>([
    ["everything", {}, 72],
    ["spaces alone", { text: "  " }, 72],
    ["a name", { text: "EAST-BED-09-PAD" }, 1],
    ["a model and a link", { text: "load-pad-4 rtu" }, 24],
    ["a unit's address", { text: "unit 20" }, 1],
    ["a bed's label and a room", { text: "bed 2b room 2" }, 4],
    ["a reason in words", { text: "illegal data address" }, 1],
    ["a finding in words", { text: "drifting" }, 1],
    ["a metric in words", { text: "differential pressure" }, 8],
    ["its trouble in words", { text: "never heard" }, 1],
    ["words that do not all fit", { text: "pad helicopter" }, 0],
    ["one trouble", { trouble: "silent" }, 3],
    ["any trouble", { trouble: "any" }, 10],
    ["a trouble and words", { trouble: "silent", text: "unit 11" }, 1],
  ])("is found by %s", (_name, filter, count) => expect(names(filter)).toHaveLength(count));

  test("has each device under one trouble", () => {
    const each = TROUBLES.flatMap((trouble) => names({ trouble }));
    expect(each.toSorted()).toEqual(names({}).toSorted());
  });

  test("says where a device stands, and what else the status says of it", () => {
    const pad = shown.find(({ device }) => device.deviceId === "east-bed-01-pad");
    expect(pad).toMatchObject({ bed: { label: "1A", roomName: "Room 1" }, trouble: "suspected" });
    expect(pad?.findings.map(({ kind }) => kind)).toEqual(["drifting"]);
    const pressure = shown.find(({ device }) => device.deviceId === "east-room-1-pressure");
    expect(pressure?.bed).toBeNull();
  });

  test("grows old by time alone", () => {
    const later = shownDevices(LARGE_STATUS, NOW_MS + 2 * MIN);
    expect(later.filter(({ trouble }) => trouble === "silent")).toHaveLength(71);
  });
});
