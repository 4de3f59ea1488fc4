/** What a small gateway says of itself, well and troubled, through its real schema. */
import { GatewayStatus } from "../../contracts/wire/gateway-status.ts";
import { at, MIN } from "./a-bed.ts";

export const value = (
  metric: string,
  of: unknown,
  unit: string | null,
  agoMs: number,
  badReason: string | null = null,
) => ({
  metric,
  value: of,
  unit,
  quality: badReason === null ? "good" : "bad",
  badReason,
  observedAt: at(agoMs),
});
export const problem = (reason: string, count: number, agoMs: number, detail: string) => ({
  reason,
  count,
  lastAt: at(agoMs),
  detail,
});

export const device = (deviceId: string, words: object) => ({
  deviceId,
  profile: "smart-bed-senml",
  bedId: null,
  roomId: null,
  linkId: "mqtt",
  address: null,
  lastHeardAt: at(3_000),
  freshness: "fresh",
  expectedIntervalMs: 10_000,
  readings: 4_211,
  badReadings: 0,
  problems: [],
  latest: [],
  ...words,
});

const smartBed = (number: number, occupied: boolean, agoMs: number) =>
  device(`north-smart-bed-0${number}`, {
    bedId: `north-bed-0${number}`,
    lastHeardAt: at(agoMs),
    latest: [
      value("occupancy", occupied, null, agoMs),
      value("load", occupied ? 78.2 : 0.4, "kg", agoMs),
      value("side-rail", true, null, agoMs),
      value("bed-brake", true, null, agoMs),
      value("battery", 90 - number, "%", agoMs),
    ],
  });

export const vote = (
  deviceId: string,
  metric: string,
  weight: number,
  says: string,
  ageMs: number | null,
  setAside: string | null = null,
) => ({ deviceId, metric, weight, vote: says, isWeak: false, ageMs, setAside });

const MIB = 1_024 * 1_024;

const lane = (name: string, headSeq: number, queued: number, oldestUnsentAt: string | null) => ({
  lane: name,
  headSeq,
  highWaterMarkSeq: headSeq - queued,
  queued,
  oldestUnsentAt,
});

const HEALTHY = {
  gatewayId: "north-gateway",
  hospitalId: "north",
  startedAt: at(3 * 60 * MIN),
  now: at(0),
  cloud: {
    url: "http://localhost:8080",
    state: "connected",
    lastReplyAt: at(1_200),
    lastError: null,
    clockOffsetMs: 12,
    clockUncertaintyMs: 3,
  },
  journal: {
    epoch: "00000000deadbeef",
    lanes: [
      lane("beds", 311, 0, null),
      lane("vitals", 48_213, 4, at(800)),
      lane("environment", 9_120, 0, null),
    ],
    quarantined: 0,
    quarantinedEver: 0,
    parked: 0,
    disk: {
      state: "normal",
      usedBytes: 96 * MIB,
      budgetBytes: 4_096 * MIB,
      freeBytes: 21_504 * MIB,
      tombstoned: { diskBudget: 0, damaged: 0 },
      lastCheckAt: at(26 * 60 * MIN),
      damagedRows: 0,
      salvagedFrom: null,
    },
  },
  log: {
    size: 2_104,
    storedSize: 2_103,
    checkpointSize: 2_104,
    checkpointAt: at(600),
    trouble: null,
    isHalted: false,
    witnessedSize: 40_210,
    witnessedAt: at(1_900),
    witnessRefused: null,
    witnessTrouble: null,
  },
  links: [
    {
      linkId: "mqtt",
      kind: "mqtt",
      running: "running",
      state: "listening",
      since: at(3 * 60 * MIN),
      detail: "4 devices connected",
      reconnects: 0,
    },
    {
      linkId: "modbus-tcp 127.0.0.1:15020",
      kind: "modbus-tcp",
      running: "running",
      state: "connected",
      since: at(3 * 60 * MIN),
      detail: "",
      reconnects: 0,
    },
    {
      linkId: "serial tcp://127.0.0.1:16002",
      kind: "serial",
      running: "running",
      state: "connected",
      since: at(50 * MIN),
      detail: "",
      reconnects: 0,
    },
  ],
  devices: [
    smartBed(1, false, 2_000),
    smartBed(2, true, 5_000),
    smartBed(3, true, 1_000),
    smartBed(4, false, 8_000),
    device("north-climate-1", {
      profile: "xy-md02",
      roomId: "north-room-1",
      linkId: "modbus-tcp 127.0.0.1:15020",
      address: "unit 1",
      expectedIntervalMs: 5_000,
      latest: [value("room-temperature", 22.4, "Cel", 2_000), value("relative-humidity", 47.1, "%", 2_000)],
    }),
    device("north-monitor-02", {
      profile: "masimo-ascii-1",
      bedId: "north-bed-02",
      linkId: "serial tcp://127.0.0.1:16002",
      expectedIntervalMs: 1_000,
      lastHeardAt: at(600),
      latest: [
        value("spo2", 97, "%", 600),
        value("pulse-rate", 71, "/min", 600),
        value("perfusion-index", 2.4, "%", 600),
      ],
    }),
  ],
  beds: [1, 2, 3, 4].map((number) => ({
    bedId: `north-bed-0${number}`,
    label: `${number < 3 ? 1 : 2}${number % 2 === 1 ? "A" : "B"}`,
    wardName: "Intake",
    roomName: `Room ${number < 3 ? 1 : 2}`,
    occupancy: number === 2 || number === 3 ? "present" : "absent",
    occupancySince: at(number * 37 * MIN),
    settling: number === 4 ? "present" : null,
    readiness: number === 2 || number === 3 ? "dirty" : "clean",
    roomCondition: number < 3 ? "within-limits" : "unknown",
    votes: [
      vote(
        `north-smart-bed-0${number}`,
        "occupancy",
        1,
        number === 2 || number === 3 ? "present" : "absent",
        2_000,
      ),
      ...(number === 2 ? [vote("north-monitor-02", "pulse-rate", 0.5, "present", 600)] : []),
    ],
    findings: [],
  })),
  problems: [],
};

const TROUBLED = {
  ...HEALTHY,
  cloud: {
    ...HEALTHY.cloud,
    state: "retrying",
    lastReplyAt: at(4 * MIN),
    lastError: "connect ECONNREFUSED 127.0.0.1:8080",
  },
  journal: {
    ...HEALTHY.journal,
    lanes: [
      lane("beds", 322, 11, at(4 * MIN)),
      lane("vitals", 49_801, 1_588, at(4 * MIN)),
      lane("environment", 9_355, 235, at(4 * MIN)),
    ],
    quarantined: 17,
    quarantinedEver: 17,
    parked: 2,
    disk: {
      ...HEALTHY.journal.disk,
      state: "reserve",
      freeBytes: 11 * MIB,
      tombstoned: { diskBudget: 40_000, damaged: 0 },
    },
  },
  links: HEALTHY.links.map((link) =>
    link.kind === "serial"
      ? { ...link, state: "down", since: at(6 * MIN), detail: "connection refused, next try in 8 s" }
      : link,
  ),
  devices: HEALTHY.devices.map((known) => {
    if (known.deviceId === "north-monitor-02")
      return {
        ...known,
        lastHeardAt: at(6 * MIN),
        freshness: "stale",
        latest: [value("spo2", 97, "%", 6 * MIN), value("pulse-rate", null, "/min", 6 * MIN)],
        problems: [
          problem(
            "half-frame",
            3,
            6 * MIN,
            "Expected a line ending in CR, got 41 bytes without one. Check the cable.",
          ),
        ],
      };
    if (known.deviceId === "north-smart-bed-03")
      return {
        ...known,
        badReadings: 6,
        latest: [value("occupancy", true, null, 1_000), value("load", 512.4, "kg", 1_000, "out-of-range")],
        problems: [
          problem(
            "out-of-range",
            6,
            9_000,
            "Load: expected -5 to 500 kg, got 512.4. Tare the bed or check its load cells.",
          ),
        ],
      };
    return known.deviceId === "north-smart-bed-04"
      ? { ...known, lastHeardAt: null, freshness: null, latest: [] }
      : known;
  }),
  problems: [
    problem(
      "unknown-device",
      23,
      12_000,
      "bed-99 published, but no device of this gateway has that id. Add it to the ward file or switch it off.",
    ),
  ],
};

export const HEALTHY_STATUS = GatewayStatus.parse(HEALTHY);
export const TROUBLED_STATUS = GatewayStatus.parse(TROUBLED);
