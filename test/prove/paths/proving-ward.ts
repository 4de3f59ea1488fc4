/** A ward made for measuring: 500 beds on MQTT, a room on Modbus, a bed on a serial line, and two beds wired wrongly. */
import { randomBytes } from "node:crypto";
import type { Way } from "./way.ts";

export const MQTT_BEDS = 500;
/** Driven by mosquitto_pub, which brings its own connection. */
export const MOSQUITTO_BED = "pub-bed";
export const MODBUS_ROOMS = ["modbus-own", "modbus-pymodbus", "rtu-pymodbus"] as const;
export const SERIAL_BED = "serial-bed";
const SERIAL_DEVICE = "serial-monitor";
/** A monitor that plays a recording, on a bed without a say in it. */
export const RECORDED_DEVICE = "recorded-monitor";
const RECORDED_BED = "recorded-bed";
/** Each of the two devices is told to speak for the other's bed. */
export const CONTROL_BEDS = ["control-a", "control-b"] as const;

/** Status changes at once, so that what is measured is the way and not the wait. */
const AT_ONCE = { presentMs: 0, absentMs: 0 };
const MODBUS_POLL_EVERY_MS = 200;

export const bedOf = (n: number) => `bed-${String(n).padStart(3, "0")}`;
export const deviceOf = (bedId: string) => `dev-${bedId}`;

export type ProvingWard = { readonly ward: object; readonly deviceKeys: ReadonlyMap<string, string> };

export const wayBedOf = (name: string) => `way-${name}`;

export type WardWanted = {
  readonly modbusOwn: number;
  readonly modbusPymodbus: number;
  readonly rtuPymodbus: string;
  readonly serial: number;
  readonly recorded: number;
  readonly ways: readonly Way[];
};

export function provingWard(ports: WardWanted): ProvingWard {
  const mqttBeds = [...Array.from({ length: MQTT_BEDS }, (_, n) => bedOf(n)), MOSQUITTO_BED];
  const [controlA, controlB] = CONTROL_BEDS;
  const smartBed = (id: string, bed: string) => ({ id, profile: "smart-bed-senml", bed });
  const devices = [
    ...mqttBeds.map((bed) => smartBed(deviceOf(bed), bed)),
    smartBed(deviceOf(controlA), controlB),
    smartBed(deviceOf(controlB), controlA),
    modbusRoom("modbus-own", { modbusTcp: { host: "127.0.0.1", port: ports.modbusOwn, unit: 1 } }),
    modbusRoom("modbus-pymodbus", { modbusTcp: { host: "127.0.0.1", port: ports.modbusPymodbus, unit: 1 } }),
    modbusRoom("rtu-pymodbus", { modbusRtu: { line: ports.rtuPymodbus, unit: 1 } }),
    ...ports.ways.map(({ name, device }) => ({
      id: deviceOf(wayBedOf(name)),
      bed: wayBedOf(name),
      ...device,
    })),
    {
      id: SERIAL_DEVICE,
      profile: "masimo-ascii-1",
      bed: SERIAL_BED,
      serial: `tcp://127.0.0.1:${ports.serial}`,
    },
    {
      id: RECORDED_DEVICE,
      profile: "masimo-ascii-1",
      bed: RECORDED_BED,
      serial: `tcp://127.0.0.1:${ports.recorded}`,
    },
  ];
  const onMqtt = (bed: string, device = deviceOf(bed)) => ({
    id: bed,
    label: bed,
    occupancyFrom: { device, metric: "occupancy" },
    debounce: AT_ONCE,
  });
  const rooms = [
    ...chunk(mqttBeds, 10).map((beds, n) => ({
      id: `room-${n}`,
      name: `Room ${n}`,
      beds: beds.map((bed) => onMqtt(bed)),
    })),
    {
      id: "room-control",
      name: "Control",
      beds: [onMqtt(controlA, deviceOf(controlB)), onMqtt(controlB, deviceOf(controlA))],
    },
    ...MODBUS_ROOMS.map((id) => ({
      id,
      name: id,
      climateLimits: {
        temperatureCelMin: 21,
        temperatureCelMax: 24,
        relativeHumidityPctMax: 60,
        debounceMs: 0,
      },
      beds: [{ id: `bed-in-${id}`, label: id }],
    })),
    {
      id: "room-ways",
      name: "Ways",
      beds: ports.ways.map(({ name, decides }) => ({
        id: wayBedOf(name),
        label: name,
        occupancyFrom: { device: deviceOf(wayBedOf(name)), metric: decides },
        debounce: AT_ONCE,
      })),
    },
    {
      id: "room-serial",
      name: "Serial",
      beds: [
        {
          id: SERIAL_BED,
          label: SERIAL_BED,
          occupancyFrom: { device: SERIAL_DEVICE, metric: "pulse-rate" },
          debounce: AT_ONCE,
        },
        { id: RECORDED_BED, label: RECORDED_BED },
      ],
    },
  ];
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "bookings",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms,
  };
  return {
    ward: { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] },
    deviceKeys: new Map(devices.map(({ id }) => [id, randomBytes(32).toString("base64url")])),
  };
}

const modbusRoom = (room: string, place: object) => ({
  id: `sensor-${room}`,
  profile: "xy-md02",
  room,
  ...place,
  expectedIntervalMs: MODBUS_POLL_EVERY_MS,
});

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
}
