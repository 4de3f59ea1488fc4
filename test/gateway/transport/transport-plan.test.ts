import { describe, expect, test } from "vitest";
import { GatewayConfig } from "../../../config/gateway.ts";
import { ConfigError } from "../../../config/load.ts";
import { WardFile } from "../../../config/ward.ts";
import { PROFILES } from "../../../devices/profiles.ts";
import { buildTopology } from "../../../gateway/commissioning/topology.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { linkIdOf } from "../../../gateway/transport/link-id.ts";
import { planTransports } from "../../../gateway/transport/transport-plan.ts";
import { HandClock } from "../../support/moments.ts";

type Device = { readonly id: string; readonly profile: string; readonly [way: string]: unknown };

/** A ward of one room that all devices stand in. */
function topologyOf(devices: readonly Device[]) {
  const file = {
    hospitals: [
      {
        id: "north",
        name: "North",
        wards: [
          {
            id: "ward",
            name: "Ward",
            assignmentSource: "none",
            rooms: [{ id: "room", name: "Room" }],
          },
        ],
        devices: devices.map((device) => ({ ...device, room: "room" })),
      },
    ],
  };
  const [hospital] = WardFile.parse(file).hospitals;
  if (hospital === undefined) throw new Error("expected one hospital");
  return buildTopology(hospital, PROFILES);
}

const brokersOf = (...names: string[]) =>
  GatewayConfig.shape.brokers.parse(names.map((name) => ({ name, url: "mqtt://127.0.0.1" })));
const plan = (devices: readonly Device[], ...brokers: string[]) =>
  planTransports(topologyOf(devices), brokersOf(...brokers));
const climate = (id: string, way: object): Device => ({ id, profile: "xy-md02", ...way });
const pad = (id: string, mqtt: object): Device => ({ id, profile: "tasmota-hx711", mqtt });

describe("the ways to the devices of a ward", () => {
  test("units on one line share a bus, and so do units behind one address", () => {
    const { buses } = plan([
      climate("a", { modbusRtu: { line: "/dev/ttyUSB0", unit: 1 } }),
      climate("b", { modbusTcp: { host: "10.0.0.1", unit: 1 } }),
      climate("c", { modbusRtu: { line: "/dev/ttyUSB0", unit: 2 } }),
      climate("d", { modbusTcp: { host: "10.0.0.1", unit: 2 } }),
    ]);
    expect(buses.map(({ way, units }) => [way.kind, units.map(({ unit }) => unit)])).toEqual([
      ["rtu", [1, 2]],
      ["tcp", [1, 2]],
    ]);
  });

  test("a device of the maker's own topics is heard on exactly its own, and may speak below its own name", () => {
    const { ownBroker } = plan([pad("pad-1", { name: "DESK" }), { id: "bed-1", profile: "smart-bed-senml" }]);
    expect(Object.fromEntries(ownBroker)).toEqual({
      "pad-1": { readings: "tele/DESK/SENSOR", ownArea: "tele/DESK/" },
      "bed-1": { readings: "devices/bed-1/readings", ownArea: null },
    });
  });

  test("a device on a hospital's broker is asked for by its topic there, and not let in at our own", () => {
    const { ownBroker, hospitalBrokers } = plan([pad("pad-1", { broker: "house" })], "house");
    expect([...(hospitalBrokers.get("house")?.keys() ?? [])]).toEqual(["tele/pad-1/SENSOR"]);
    expect(ownBroker.size).toBe(0);
  });

  test("each device names the connection that it is heard over", () => {
    const links = new LinkBook(new HandClock());
    const { devices } = topologyOf([
      climate("a", { modbusRtu: { line: "/dev/ttyUSB0", unit: 1 } }),
      climate("b", { modbusTcp: { host: "10.0.0.1", unit: 1 } }),
      { id: "c", profile: "masimo-ascii-1", serial: "tcp://10.0.0.2:4001" },
      pad("d", { broker: "house" }),
    ]);
    expect([...devices.values()].map((place) => linkIdOf(place, links))).toEqual([
      "modbus-rtu /dev/ttyUSB0",
      "modbus-tcp 10.0.0.1:502",
      "serial tcp://10.0.0.2:4001",
      "mqtt-broker house",
    ]);
  });
});

describe("what cannot work is said before anything is opened:", () => {
  test.each<[string, readonly Device[], readonly string[], string]>([
    [
      "units of one line that differ in its settings",
      [
        climate("a", { modbusRtu: { line: "/dev/ttyUSB0", unit: 1 } }),
        climate("b", { modbusRtu: { line: "/dev/ttyUSB0", unit: 2, baudRate: 19_200, parity: "even" } }),
      ],
      [],
      "a says 9600 baud, parity none, 1 stop bit, b says 19200 baud, parity even, 1 stop bit",
    ],
    [
      "a serial device on a bus' line",
      [
        climate("a", { modbusRtu: { line: "/dev/ttyUSB0", unit: 1 } }),
        { id: "m", profile: "masimo-ascii-1", serial: "/dev/ttyUSB0" },
      ],
      [],
      "The serial line /dev/ttyUSB0 of m is also that of a Modbus bus",
    ],
    [
      "two serial devices on one line",
      [
        { id: "m", profile: "masimo-ascii-1", serial: "/dev/ttyUSB0" },
        { id: "n", profile: "masimo-ascii-1", serial: "/dev/ttyUSB0" },
      ],
      [],
      "The serial line /dev/ttyUSB0 of m is also that of n",
    ],
    [
      "a device on a broker that nobody named",
      [pad("p", { broker: "house" })],
      ["ward"],
      "Device p is on broker house, which the gateway configuration does not name; it has ward",
    ],
    [
      "a broker that no device is on",
      [],
      ["house"],
      "names broker house, but no device of the ward file is on it",
    ],
    ["a broker named twice", [], ["house", "house"], "names broker house twice"],
    [
      "two devices of one name on a broker",
      [pad("p", { broker: "house", name: "X" }), pad("q", { broker: "house", name: "X" })],
      ["house"],
      "Devices p and q both speak on tele/X/SENSOR of broker house",
    ],
  ])("%s", (_name, devices, brokers, sentence) => {
    expect(() => plan(devices, ...brokers)).toThrow(ConfigError);
    expect(() => plan(devices, ...brokers)).toThrow(sentence);
  });
});
