/** A gateway of 72 devices on every kind of link, with what goes wrong on a real ward. */
import { GatewayStatus, type LinkStatus } from "../../contracts/wire/gateway-status.ts";
import { at, MIN } from "./a-bed.ts";
import { device, HEALTHY_STATUS, problem, value, vote } from "./a-gateway-status.ts";

const two = (number: number) => String(number).padStart(2, "0");
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const LINKS: Readonly<Record<LinkStatus["kind"], string>> = {
  mqtt: "mqtt 127.0.0.1:1883",
  "mqtt-tls": "mqtt-tls 127.0.0.1:8883",
  "mqtt-websocket": "mqtt-websocket 127.0.0.1:9001",
  "mqtt-broker": "mqtt-broker house",
  "modbus-tcp": "modbus-tcp 10.4.7.21:502",
  "modbus-rtu": "modbus-rtu /dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0",
  serial: "serial tcp://10.4.7.30:4001",
};

const link = (kind: LinkStatus["kind"], state: LinkStatus["state"], detail: string) => ({
  linkId: LINKS[kind],
  kind,
  running: "running",
  state,
  since: at(3 * 60 * MIN),
  detail,
  reconnects: kind === "serial" ? 14 : 0,
});

const NO_REPLY = "registers 0 to 7: no reply within 300 ms; check power, wiring and unit id";

const smartBeds = numbers(24).map((number) =>
  device(`east-bed-${two(number)}-frame`, {
    bedId: `east-bed-${two(number)}`,
    linkId: LINKS.mqtt,
    lastHeardAt: at(number === 7 ? 24_000 : number * 300),
    latest: [
      value("occupancy", number % 3 !== 0, null, number * 300),
      value("load", number % 3 === 0 ? 0.4 : 60 + number, "kg", number * 300),
      value("battery", 100 - number, "%", number * 300 + 40_000),
    ],
  }),
);

const pads = numbers(24).map((number) => {
  const isDead = [5, 11, 17].includes(number);
  const refuses = number === 20;
  return device(`east-bed-${two(number)}-pad`, {
    profile: "load-pad-4",
    bedId: `east-bed-${two(number)}`,
    linkId: LINKS["modbus-rtu"],
    address: `unit ${number}`,
    expectedIntervalMs: 1_000,
    lastHeardAt: isDead ? at(number * MIN) : at(700),
    latest: refuses
      ? []
      : [
          value("load", number % 3 === 0 ? 0.2 : 60 + number, "kg", isDead ? number * MIN : 700),
          value("load-cell-1", 15.1, "kg", isDead ? number * MIN : 700),
          value("load-cell-2", 15.4, "kg", isDead ? number * MIN : 700),
          value("load-cell-3", 14.9, "kg", isDead ? number * MIN : 700),
          value("load-cell-4", 15.6, "kg", isDead ? number * MIN : 700),
        ],
    badReadings: number === 9 ? 31 : 0,
    problems: [
      ...(isDead ? [problem("no-reply", number * 61, 3_000, `unit ${number}, ${NO_REPLY}`)] : []),
      ...(refuses
        ? [
            problem(
              "modbus-exception-2",
              4_020,
              600,
              "unit 20, registers 0 to 7: the device answered exception 2 (illegal data address)",
            ),
            problem("crc-mismatch", 2, 40 * MIN, "expected CRC 0x4b1f, got 0x4b1e; is the line terminated?"),
          ]
        : []),
    ],
  });
});

const monitors = numbers(8).map((number) =>
  device(`east-bed-${two(number)}-monitor`, {
    profile: number % 2 === 0 ? "nonin-ascii" : "masimo-ascii-1",
    bedId: `east-bed-${two(number)}`,
    linkId: LINKS.serial,
    expectedIntervalMs: 1_000,
    lastHeardAt: number === 8 ? null : at(500),
    latest:
      number === 8
        ? []
        : [value("spo2", 97, "%", 500), value("pulse-rate", number === 3 ? null : 71, "/min", 500)],
  }),
);

const rooms = numbers(8).flatMap((number) => [
  device(`east-room-${number}-pressure`, {
    profile: "room-pressure",
    roomId: `east-room-${number}`,
    linkId: LINKS["modbus-tcp"],
    address: `unit ${number}`,
    expectedIntervalMs: 2_000,
    latest: [
      value("differential-pressure", -12.5, "Pa", 1_000),
      value("door-open", number === 2, null, 1_000),
    ],
  }),
  device(`east-bed-${two(number)}-scale`, {
    profile: "tasmota-hx711",
    bedId: `east-bed-${two(number)}`,
    linkId: LINKS["mqtt-broker"],
    address: `tasmota_8A1${number}F0`,
    latest: [value("load", number === 4 ? 612 : 61.2, "kg", 2_000, number === 4 ? "out-of-range" : null)],
  }),
]);

const finding = (
  deviceId: string,
  metric: string,
  kind: string,
  agoMs: number,
  detail: string,
  evidence: readonly object[],
) => ({ deviceId, metric, kind, since: at(agoMs), detail, evidence });
const reading = (deviceId: string, metric: string, of: unknown, unit: string | null, agoMs: number) => ({
  deviceId,
  metric,
  value: of,
  unit,
  observedAt: at(agoMs),
});

const FINDINGS: Readonly<Record<number, readonly object[]>> = {
  1: [
    finding(
      "east-bed-01-pad",
      "load",
      "drifting",
      5 * 60 * MIN,
      "The empty bed grew 6.2 kg heavier since its baseline was taken. Tare the pad, and look for what lies on it.",
      [
        reading("east-bed-01-pad", "load", 0.3, "kg", 11 * 60 * MIN),
        reading("east-bed-01-pad", "load", 6.5, "kg", 20 * MIN),
      ],
    ),
  ],
  3: [
    finding(
      "east-bed-03-monitor",
      "pulse-rate",
      "stuck",
      9 * MIN,
      "Pulse, SpO₂ and perfusion have said the very same for 9 min. Is the probe on a patient? Restart the monitor.",
      [
        reading("east-bed-03-monitor", "pulse-rate", 71, "/min", 9 * MIN),
        reading("east-bed-03-monitor", "spo2", 97, "%", 500),
      ],
    ),
  ],
  4: [
    finding(
      "east-bed-04-scale",
      "load",
      "implausible",
      2 * MIN,
      "612 kg is more than a bed carries. Check the wiring of its load cells.",
      [reading("east-bed-04-scale", "load", 612, "kg", 2_000)],
    ),
  ],
  6: [
    finding(
      "east-bed-06-frame",
      "occupancy",
      "contradiction",
      14 * MIN,
      "The frame says empty and the pad carries a person. Look at the bed, then recalibrate the one that is wrong.",
      [
        reading("east-bed-06-frame", "occupancy", false, null, 1_800),
        reading("east-bed-06-pad", "load", 66.1, "kg", 700),
      ],
    ),
  ],
};

const beds = numbers(24).map((number) => {
  const isPresent = number % 3 !== 0;
  const bedId = `east-bed-${two(number)}`;
  const says = isPresent ? "present" : "absent";
  const isDead = [5, 11, 17].includes(number);
  return {
    bedId,
    label: `${Math.ceil(number / 3)}${"ABC"[(number - 1) % 3]}`,
    wardName: "Medical East",
    roomName: `Room ${Math.ceil(number / 3)}`,
    occupancy: number === 6 ? "unknown" : says,
    occupancySince: at(number * 17 * MIN),
    settling: number === 12 ? "present" : null,
    readiness: isPresent ? "dirty" : "clean",
    roomCondition: number > 21 ? "out-of-limits" : "within-limits",
    votes: [
      vote(`${bedId}-frame`, "occupancy", 1, number === 6 ? "absent" : says, number * 300),
      vote(
        `${bedId}-pad`,
        "load",
        2,
        number === 6 ? "present" : isDead ? "unknown" : says,
        isDead ? number * MIN : 700,
        isDead ? "stale: due every 1 s" : number === 1 ? "drifting since 04:00" : null,
      ),
      ...(number <= 8
        ? [
            vote(
              `${bedId}-monitor`,
              "pulse-rate",
              0.5,
              number === 8 ? "unknown" : "present",
              number === 8 ? null : 500,
              number === 3 ? "stuck since 08:51" : number === 8 ? "never heard" : null,
            ),
          ]
        : []),
    ],
    findings: FINDINGS[number] ?? [],
  };
});

const LARGE = {
  ...HEALTHY_STATUS,
  gatewayId: "east-gateway",
  hospitalId: "east",
  journal: { ...HEALTHY_STATUS.journal, quarantined: 17, quarantinedEver: 17 },
  links: [
    link("mqtt", "listening", "24 of its devices connected"),
    link("mqtt-tls", "listening", "no device connected"),
    link("mqtt-websocket", "listening", "no device connected"),
    link("mqtt-broker", "connected", "mqtts://broker.house:8883, 8 topics"),
    link("modbus-tcp", "connected", "8 units"),
    link("modbus-rtu", "connected", "24 units, 3 at rest"),
    link("serial", "connected", "9600 8N1"),
  ],
  devices: [...smartBeds, ...pads, ...monitors, ...rooms],
  beds,
};

export const LARGE_STATUS = GatewayStatus.parse(LARGE);

export const LINKS_DOWN_STATUS = GatewayStatus.parse({
  ...LARGE_STATUS,
  links: LARGE_STATUS.links.map(({ kind, ...rest }, index) => ({
    ...rest,
    kind,
    state: index === 4 ? "connecting" : "down",
    since: at(6 * MIN),
    detail:
      index % 2 === 0
        ? "connect ECONNREFUSED; next try in 8 s"
        : "cable unplugged or port renamed; trying again",
  })),
  devices: LARGE_STATUS.devices.map((known) => ({
    ...known,
    lastHeardAt: known.lastHeardAt === null ? null : at(6 * MIN),
    freshness: known.lastHeardAt === null ? null : "stale",
    latest: known.latest.map((of) => ({ ...of, observedAt: at(6 * MIN) })),
    problems: [],
  })),
});
