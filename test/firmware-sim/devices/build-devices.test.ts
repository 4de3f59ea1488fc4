import { expect, test } from "vitest";
import { buildDevices } from "../../../firmware-sim/devices/build-devices.ts";
import type { DeviceModel, ModbusDevice } from "../../../firmware-sim/devices/device-model.ts";
import { padFactor } from "../../../firmware-sim/devices/load-pad.ts";
import { type Fault, type FaultKind, listedFaults } from "../../../firmware-sim/ward-day/faults.ts";
import { planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import { createWard } from "../../../firmware-sim/ward-day/ward.ts";
import { parseHospital } from "../../../firmware-sim/ward-file.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startedAtMs = Date.UTC(2024, 10, 24, 6);
const rtu = (unit: number) => ({ modbusRtu: { line: "tcp://127.0.0.1:1", unit } });
const hospital = parseHospital(
  {
    hospitals: [
      {
        id: "north",
        wards: [
          {
            rooms: [
              { id: "room-1", isolation: "negative-pressure", beds: [{ id: "bed-1" }, { id: "bed-2" }] },
              { id: "room-2", beds: [{ id: "bed-3", load: { presentAtKg: 9 } }] },
            ],
          },
        ],
        devices: [
          { id: "smart", profile: "smart-bed-senml", bed: "bed-1" },
          { id: "scale", profile: "tasmota-hx711", bed: "bed-1", mqtt: { name: "scale-1" } },
          { id: "text", profile: "bed-text-json", bed: "bed-2" },
          { id: "pad", profile: "load-pad-4", bed: "bed-1", ...rtu(11) },
          { id: "contacts", profile: "dry-contacts", bed: "bed-1", ...rtu(21) },
          { id: "childs-contacts", profile: "dry-contacts", bed: "bed-3", ...rtu(22) },
          { id: "climate", profile: "xy-md02", room: "room-1", ...rtu(1) },
          { id: "pressure", profile: "room-pressure", room: "room-1", ...rtu(31) },
          { id: "turned", profile: "room-pressure", room: "room-1", isSignInverted: true, ...rtu(32) },
          { id: "masimo", profile: "masimo-ascii-1", bed: "bed-1", serial: "tcp://127.0.0.1:2" },
          { id: "nonin", profile: "nonin-ascii", bed: "bed-1", serial: "tcp://127.0.0.1:3" },
          { id: "contec", profile: "contec-cms50d-plus", bed: "bed-1", serial: "tcp://127.0.0.1:4" },
        ],
      },
    ],
  },
  "north",
  "the test's ward",
);
const recordings = [[97, 96, 95].map((spo2Pct) => ({ spo2Pct, pulsePerMin: 61, perfusionIndex: 2 }))];
const plan = planWardDay({
  bedIds: ["bed-1", "bed-2", "bed-3"],
  childrensBedIds: new Set(["bed-3"]),
  seed: 5,
});
const ward = createWard(plan);

function devices({
  faults = [] as readonly Fault[],
  speed = 1,
  speaksFromMs = 0,
} = {}): readonly DeviceModel[] {
  const pace = { startedAtMs, speed };
  return buildDevices({
    hospital,
    ward,
    pace,
    seed: 5,
    recordings,
    faults: listedFaults(faults),
    speaksFromMs,
  });
}

/** Everything a device says up to a moment, as text; of a Modbus unit, what it answers every second. */
function saidBy(model: DeviceModel, untilMs: number, pieceMs = untilMs): string[] {
  const said: string[] = [];
  for (let atMs = pieceMs; atMs <= untilMs; atMs += pieceMs) {
    if (model.kind === "mqtt")
      for (const { topic, payload, atMs: at } of model.messagesUntil(atMs))
        said.push(`${at} ${topic} ${payload}`);
    else if (model.kind === "serial")
      for (const { bytes, atMs: at } of model.bytesUntil(atMs)) said.push(`${at} ${bytes.toString("hex")}`);
  }
  if (model.kind === "modbus")
    for (let atMs = 0; atMs <= untilMs; atMs += 1_000) said.push(answersOf(model, atMs));
  return said;
}

const answersOf = (model: ModbusDevice, atMs: number) =>
  JSON.stringify([
    model.answer(4, 0, 8, atMs),
    model.answer(4, 0, 1, atMs),
    model.answer(4, 1, 2, atMs),
    model.answer(2, 0, 2, atMs),
  ]);

test.each(devices().map(({ deviceId }) => deviceId))(
  "%s says the same however often it is asked, and to whoever has the same seed",
  (deviceId) => {
    const find = () => devices().find((model) => model.deviceId === deviceId) as DeviceModel;
    const atOnce = saidBy(find(), 10 * minuteMs);
    expect(atOnce.length).toBeGreaterThan(50);
    expect(saidBy(find(), 10 * minuteMs, 250)).toEqual(atOnce);
  },
);

test.each([
  ["smart", 5_000, "devices/smart/readings"],
  ["scale", 10_000, "tele/scale-1/SENSOR"],
  ["text", 5_000, "beds/text/state"],
])(
  "%s reports every %d ms of real time, also where the ward's day goes sixty times as fast",
  (id, everyMs, topic) => {
    const model = devices({ speed: 60 }).find(({ deviceId }) => deviceId === id);
    if (model?.kind !== "mqtt") throw new Error(`${id} speaks no MQTT`);
    // A quarter of an hour of real time, in which hardly anything changes at the bed.
    const messages = model.messagesUntil(60 * 15 * minuteMs);
    expect(new Set(messages.map((message) => message.topic))).toEqual(new Set([topic]));
    const wanted = (15 * minuteMs) / everyMs;
    expect(messages.length).toBeGreaterThan(wanted * 0.99 - 1);
    expect(messages.length).toBeLessThan(wanted * 1.3);
  },
);

test("a smart bed's pack bears the time at which it was sent, within the same millisecond", () => {
  const [smart] = devices();
  if (smart?.kind !== "mqtt") throw new Error("no smart bed");
  for (const { payload, atMs } of smart.messagesUntil(minuteMs)) {
    const [{ bt }] = JSON.parse(payload.toString());
    expect(Math.abs(bt * 1_000 - startedAtMs - atMs)).toBeLessThan(1);
  }
});

test("a device that is switched on at noon says nothing of the morning", () => {
  for (const model of devices({ speaksFromMs: 12 * hourMs })) {
    if (model.kind === "modbus") continue;
    const said = saidBy(model, 12 * hourMs + minuteMs);
    expect(said.length).toBeGreaterThan(4);
    for (const line of said) expect(Number.parseFloat(line)).toBeGreaterThanOrEqual(12 * hourMs);
  }
});

/** Whether somebody lies in bed 1, by what the ward's day says, at every fifth minute of a day, away from changes. */
function* quietMoments(bedId: string): Generator<{ atMs: number; kind: string; handledKg: number }> {
  for (let atMs = 5 * minuteMs; atMs < 24 * hourMs; atMs += 5 * minuteMs) {
    const { truth, sinceMs, handledKg } = ward.bedAt(bedId, atMs);
    if (atMs - sinceMs > 2 * minuteMs) yield { atMs, kind: truth.kind, handledKg };
  }
}

function modbus(deviceId: string, faults: readonly Fault[] = []): ModbusDevice {
  const model = devices({ faults }).find((one) => one.deviceId === deviceId);
  if (model?.kind !== "modbus") throw new Error(`${deviceId} is no Modbus unit`);
  return model;
}

const wordsOf = (model: ModbusDevice, address: number, count: number, atMs: number) => {
  const answer = model.answer(4, address, count, atMs);
  if (!Array.isArray(answer)) throw new Error(`no registers: ${JSON.stringify(answer)}`);
  return Buffer.from(answer.flatMap((word: number) => [word >> 8, word & 0xff]));
};

test("a pad's four cells carry whoever lies there, unevenly, and it is unplugged when the bed is rolled away", () => {
  const pad = modbus("pad");
  const seen = new Set<string>();
  for (const { atMs, kind, handledKg } of quietMoments("bed-1")) {
    seen.add(kind);
    if (kind === "rolled-away") {
      expect(pad.answer(4, 0, 8, atMs)).toBe(null);
      continue;
    }
    const words = wordsOf(pad, 0, 8, atMs);
    const cells = [0, 4, 8, 12].map((at) => words.readFloatBE(at));
    const sumKg = cells.reduce((sum, kg) => sum + kg, 0);
    const { truth } = ward.bedAt("bed-1", atMs);
    const patientKg = truth.kind === "in-bed" ? truth.patient.weightKg : 0;
    expect(sumKg).toBeGreaterThan(patientKg + handledKg - 2);
    expect(sumKg).toBeLessThan(patientKg * 1.22 + handledKg + 4);
    if (kind === "in-bed") expect(Math.max(...cells) / Math.min(...cells)).toBeGreaterThan(1.02);
  }
  expect(seen).toContain("in-bed");
  expect(seen).toContain("awaiting-cleaning");
});

test("a pad shows 20 to 30 times the weight in the first frame, then creeps up by 12.6 % within 90 s, as recorded", () => {
  const creeps: number[] = [];
  for (let id = 0; id < 2_000; id++) {
    const patient = { id, weightKg: 70 };
    const first = padFactor(patient, 400, 1_000, 1_000);
    expect(first).toBeGreaterThanOrEqual(20);
    expect(first).toBeLessThan(30);
    expect(padFactor(patient, 400, 2_000, 1_000)).toBeLessThan(1.1);
    creeps.push(padFactor(patient, 400, 400 + 90_000, 1_000) - 1);
    expect(padFactor(patient, 400, hourMs, 1_000) - 1).toBeCloseTo(creeps.at(-1) ?? 0, 9);
  }
  const [p10 = 0, median = 0, p90 = 0] = [0.1, 0.5, 0.9].map(
    (share) => creeps.sort((a, b) => a - b)[share * 2_000],
  );
  expect(p10).toBeCloseTo(0.065, 2);
  expect(median).toBeCloseTo(0.126, 2);
  expect(p90).toBeCloseTo(0.178, 2);
});

test("a mat closes under whoever lies there, a child too in a child's bed, and the call is pressed only by a patient", () => {
  for (const [id, bedId] of [
    ["contacts", "bed-1"],
    ["childs-contacts", "bed-3"],
  ] as const) {
    const contacts = modbus(id);
    let calls = 0;
    for (const { atMs, kind, handledKg } of quietMoments(bedId)) {
      const answer = contacts.answer(2, 0, 2, atMs);
      if (kind === "rolled-away") expect(answer).toBe(null);
      else if (handledKg === 0) expect((answer as number[])[0]).toBe(kind === "in-bed" ? 1 : 0);
      const isCalling = Array.isArray(answer) && answer[1] === 1;
      if (isCalling) expect(kind).toBe("in-bed");
      calls += isCalling ? 1 : 0;
    }
    expect(calls).toBeGreaterThan(0);
  }
});

test("an isolation room keeps 2.5 Pa below the corridor save with an open door or a weak fan; turned round, above it", () => {
  const [pressure, turned] = [modbus("pressure"), modbus("turned")];
  let open = 0;
  let kept = 0;
  for (let atMs = 0; atMs < 24 * hourMs; atMs += 10_000) {
    const pascal = wordsOf(pressure, 0, 1, atMs).readInt16BE(0) / 10;
    const isOpen = (pressure.answer(2, 0, 1, atMs) as number[])[0] === 1;
    open += isOpen ? 1 : 0;
    kept += pascal < -2.5 ? 1 : 0;
    if (isOpen) expect(pascal).toBeGreaterThan(-10);
    expect(wordsOf(turned, 0, 1, atMs).readInt16BE(0) / 10).toBeCloseTo(-pascal, -1);
  }
  expect(open).toBeGreaterThan(40);
  expect(kept / 8_640).toBeGreaterThan(0.8);
  expect(kept / 8_640).toBeLessThan(0.98);
});

const fault = (deviceId: string, kind: FaultKind): Fault => ({
  deviceId,
  kind,
  fromMs: minuteMs,
  untilMs: 9 * minuteMs,
});

test.each(["smart", "scale", "text", "masimo", "nonin", "contec"])(
  "a dead %s says nothing, and is back",
  (id) => {
    const model = devices({ faults: [fault(id, "dead")] }).find(
      ({ deviceId }) => deviceId === id,
    ) as DeviceModel;
    const moments = saidBy(model, 10 * minuteMs).map(Number.parseFloat);
    expect(moments.filter((atMs) => atMs >= minuteMs && atMs < 9 * minuteMs)).toEqual([]);
    expect(moments.some((atMs) => atMs >= 9 * minuteMs)).toBe(true);
  },
);

test("frozen devices go on with what they felt, their clocks go on; dead and babbling units do not answer, or nonsense", () => {
  const smart = devices({ faults: [fault("smart", "frozen")] })[0];
  if (smart?.kind !== "mqtt") throw new Error("no smart bed");
  const frozen = smart.messagesUntil(8 * minuteMs).filter(({ atMs }) => atMs > minuteMs);
  const loads = new Set(frozen.map(({ payload }) => JSON.parse(payload.toString())[1].v));
  const times = new Set(frozen.map(({ payload }) => JSON.parse(payload.toString())[0].bt));
  expect(loads.size).toBe(1);
  expect(times.size).toBe(frozen.length);

  expect(modbus("pad", [fault("pad", "dead")]).answer(4, 0, 8, 2 * minuteMs)).toBe(null);
  expect(modbus("pad", [fault("pad", "babbling")]).answer(4, 0, 8, 2 * minuteMs)).toBe("garbled");
  const pad = modbus("pad", [fault("pad", "frozen")]);
  expect(pad.answer(4, 0, 8, 8 * minuteMs)).toEqual(pad.answer(4, 0, 8, minuteMs));
  expect(pad.answer(4, 0, 8, 10 * minuteMs)).not.toEqual(pad.answer(4, 0, 8, minuteMs));
});

test.each(["masimo", "nonin", "contec"])(
  "a babbling %s makes noise at the line's own rate, and not one frame",
  (id) => {
    const model = devices({ faults: [fault(id, "babbling")] }).find(({ deviceId }) => deviceId === id);
    if (model?.kind !== "serial") throw new Error(`${id} has no serial line`);
    model.bytesUntil(minuteMs);
    const noise = Buffer.concat(model.bytesUntil(8 * minuteMs).map(({ bytes }) => bytes));
    expect(noise.length).toBeGreaterThan(7 * 60 * 900);
    expect(noise.every((byte) => byte >= 0x80)).toBe(true);
  },
);
