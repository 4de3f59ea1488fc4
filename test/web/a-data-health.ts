/** A morning's data health through its real schema: two hospitals, one gateway silent, one sensor stuck, one noisy. */
import { DataHealth } from "../../contracts/wire/data-health.ts";
import { aFinding, at, MIN } from "./a-bed.ts";

type Words = Partial<Record<keyof DataHealth["devices"][number], unknown>>;

export function aDevice(deviceId: string, words: Words = {}): unknown {
  const hospitalId = deviceId.split("-")[0];
  return {
    gatewayId: `${hospitalId}-gateway`,
    hospitalId,
    deviceId,
    kind: "bed",
    beds: [
      {
        bedId: `${hospitalId}-bed-01`,
        label: "1A",
        wardId: `${hospitalId}-intake`,
        roomId: `${hospitalId}-room-1`,
      },
    ],
    metrics: ["occupancy", "load"],
    expectedIntervalMs: 5_000,
    lastObservedAt: at(3_000),
    freshness: "fresh",
    readings: 720,
    badReadings: 0,
    badAmongGood: 0,
    lag: { readings: 720, minutes: 60, p50Ms: 180, p95Ms: 640, maxMs: 4_200 },
    gapMinutes: 0,
    settlings: 2,
    noise: 0.2,
    ...words,
  };
}

export function aDataHealth(words: Partial<Record<keyof DataHealth, unknown>> = {}): DataHealth {
  const gateway = (hospitalId: string) => ({
    gatewayId: `${hospitalId}-gateway`,
    hospitalId,
    lastHeardAt: at(2_000),
    isSilent: false,
    clock: { offsetMs: 120, measuredAt: at(4_000) },
    lanes: [
      {
        lane: "beds",
        storedThroughSeq: 4_100,
        receivedAt: at(60_000),
        behindMs: 300,
        unappliedRecords: null,
      },
      {
        lane: "vitals",
        storedThroughSeq: 912_004,
        receivedAt: at(1_000),
        behindMs: 400,
        unappliedRecords: 3,
      },
      { lane: "environment", storedThroughSeq: 0, receivedAt: null, behindMs: null, unappliedRecords: 0 },
    ],
    parkedRecords: 0,
    refused: null,
    tombstones: null,
    lag: { readings: 60_000, minutes: 60, p50Ms: 210, p95Ms: 900, maxMs: 62_000 },
  });
  return DataHealth.parse({
    from: at(61 * MIN),
    to: at(MIN),
    hospitals: [
      { hospitalId: "north", name: "Northside General" },
      { hospitalId: "south", name: "Southbank Hospital" },
    ],
    gateways: [
      gateway("north"),
      {
        ...gateway("south"),
        lastHeardAt: at(7 * MIN),
        isSilent: true,
        clock: { offsetMs: -94_000, measuredAt: at(7 * MIN) },
        lanes: [
          {
            lane: "beds",
            storedThroughSeq: 80,
            receivedAt: at(7 * MIN),
            behindMs: 4 * 60 * MIN,
            unappliedRecords: null,
          },
        ],
        parkedRecords: 4,
        refused: { times: 3, lastAt: at(26 * 60 * MIN) },
        tombstones: { records: 61_200, ranges: 2, lastAt: at(3 * 60 * MIN) },
        lag: null,
      },
    ],
    devices: [
      aDevice("south-mat-02", {
        freshness: "stale",
        lastObservedAt: at(8 * MIN),
        readings: 0,
        lag: null,
        gapMinutes: 41,
      }),
      aDevice("south-door-01", {
        kind: "unknown",
        metrics: [],
        lastObservedAt: null,
        freshness: "stale",
        readings: 0,
        lag: null,
        gapMinutes: null,
      }),
      aDevice("north-pad-07", { settlings: 31, noise: 2.6 }),
      aDevice("north-monitor-03", {
        kind: "patient",
        metrics: ["pulse-rate", "spo2"],
        badReadings: 88,
        badAmongGood: 88,
        noise: 2.4,
      }),
      aDevice("north-climate-01", {
        kind: "room",
        metrics: ["co2"],
        expectedIntervalMs: 60_000,
        gapMinutes: null,
      }),
      ...Array.from({ length: 30 }, (_, n) => aDevice(`north-mat-${String(n + 10).padStart(2, "0")}`)),
    ],
    devicesInAll: 35,
    noisy: [
      { gatewayId: "north-gateway", deviceId: "north-pad-07" },
      { gatewayId: "north-gateway", deviceId: "north-monitor-03" },
    ],
    suspects: [
      {
        ...aFinding("stuck", "north-mat-04"),
        evidence: [
          {
            lane: "vitals",
            seq: 17,
            deviceId: "north-mat-04",
            metric: "occupancy",
            value: true,
            unit: null,
            observedAt: at(30 * MIN),
          },
        ],
        hospitalId: "north",
        gatewayId: "north-gateway",
        bedId: "north-bed-04",
        bedLabel: "2B",
      },
    ],
    stores: [
      {
        stage: "latest",
        behindRecords: 3,
        oldestReceivedAt: at(1_000),
        state: null,
        trouble: null,
        refusedRecords: 0,
        refusedReason: null,
      },
      {
        stage: "rollups",
        behindRecords: 0,
        oldestReceivedAt: null,
        state: null,
        trouble: null,
        refusedRecords: 0,
        refusedReason: null,
      },
      {
        stage: "influxdb",
        behindRecords: 18_400,
        oldestReceivedAt: at(4 * MIN),
        state: "waiting",
        trouble: {
          message: "InfluxDB does not answer at its address. Start it, or correct the address.",
          since: at(4 * MIN),
        },
        refusedRecords: 2,
        refusedReason: "field type conflict",
      },
    ],
    serverTime: at(0),
    ...words,
  });
}
