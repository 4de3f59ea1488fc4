/** The ward of the proof: beds whose devices remember what was acknowledged, and devices that are only asked or heard. */
import { randomBytes } from "node:crypto";

/** How a remembering device speaks. */
export type Speaker = {
  readonly deviceId: string;
  readonly qos: 1 | 2;
  readonly over: "tcp" | "websocket";
  /** Without a time of its own, only the broker's packet id tells a repetition from a second reading. */
  readonly hasClock: boolean;
};

/** Devices that nobody acknowledges: what they say counts up, so that a repetition and a step back show. */
export type Counter = { readonly deviceId: string; readonly metric: string };

export const MODBUS_TCP: Counter = { deviceId: "counter-tcp", metric: "room-temperature" };
export const MODBUS_RTU: Counter = { deviceId: "counter-rtu", metric: "room-temperature" };
export const SERIAL: Counter = { deviceId: "counter-serial", metric: "pulse-rate" };
export const COUNTERS: readonly Counter[] = [MODBUS_TCP, MODBUS_RTU, SERIAL];

export const SPEAKERS: readonly Speaker[] = [
  ...speakers("qos1", 24, { qos: 1, over: "tcp" }),
  ...speakers("qos2", 12, { qos: 2, over: "tcp" }),
  ...speakers("socket", 6, { qos: 1, over: "websocket" }),
];

function speakers(kind: string, count: number, how: Pick<Speaker, "qos" | "over">): Speaker[] {
  return Array.from({ length: count }, (_, n) => ({
    deviceId: `${kind}-${n}`,
    ...how,
    hasClock: n % 2 === 0,
  }));
}

export type Places = {
  readonly modbusTcpPort: number;
  readonly modbusRtuLine: string;
  readonly serialLine: string;
};

const POLL_EVERY_MS = 100;

export function killWard({ modbusTcpPort, modbusRtuLine, serialLine }: Places) {
  const bedOf = (deviceId: string) => `bed-${deviceId}`;
  const beds = [...SPEAKERS.map(({ deviceId }) => deviceId), SERIAL.deviceId];
  const room = (id: string, of: readonly string[] = []) => ({
    id,
    name: id,
    beds: of.map((deviceId) => ({
      id: bedOf(deviceId),
      label: deviceId,
      occupancyFrom: { device: deviceId, metric: deviceId === SERIAL.deviceId ? SERIAL.metric : "load" },
    })),
  });
  const sensor = (deviceId: string, place: object) => ({
    id: deviceId,
    profile: "xy-md02",
    room: `room-${deviceId}`,
    expectedIntervalMs: POLL_EVERY_MS,
    ...place,
  });
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms: [room("beds", beds), room(`room-${MODBUS_TCP.deviceId}`), room(`room-${MODBUS_RTU.deviceId}`)],
  };
  const devices = [
    ...SPEAKERS.map(({ deviceId }) => ({
      id: deviceId,
      profile: "smart-bed-senml",
      bed: bedOf(deviceId),
    })),
    sensor(MODBUS_TCP.deviceId, { modbusTcp: { host: "127.0.0.1", port: modbusTcpPort, unit: 1 } }),
    sensor(MODBUS_RTU.deviceId, { modbusRtu: { line: modbusRtuLine, unit: 1 } }),
    { id: SERIAL.deviceId, profile: "nonin-ascii", bed: bedOf(SERIAL.deviceId), serial: serialLine },
  ];
  return {
    ward: { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] },
    deviceKeys: new Map(devices.map(({ id }) => [id, randomBytes(16).toString("base64url")])),
  };
}
