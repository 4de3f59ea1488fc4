/**
 * What a hospital's devices say by one moment, as the gateway's transports would hand it on: real bytes out of the
 * device's model, through the gateway's own scanners and framing, without sockets and without waiting.
 */

import type { RegisterBlock } from "../../../devices/modbus/decode-registers.ts";
import { rtuRequest, scanRtu } from "../../../devices/modbus/rtu-frame.ts";
import type { ModbusProfile, SerialProfile } from "../../../devices/profile.ts";
import { scanSerial } from "../../../devices/scan-serial.ts";
import type { DeviceModel } from "../../../firmware-sim/devices/device-model.ts";
import { rtuReply, takeRtuRequest } from "../../../firmware-sim/modbus/rtu-frame.ts";
import type { DevicePlace, Topology } from "../../../gateway/commissioning/topology.ts";
import type { RawMessage } from "../../../gateway/ingest/raw-message.ts";
import type { Moment } from "../../../gateway/moment.ts";
import { readPlan } from "../../../gateway/transport/modbus/read-plan.ts";

type MomentOf = (wardTimeMs: number) => Moment;
type Ear = (untilMs: number) => RawMessage[];

/** In order of time, all of it said since it was asked the last time. */
export function gatewayEar(topology: Topology, models: readonly DeviceModel[], momentOf: MomentOf): Ear {
  const ears = models.map((model) => {
    const place = [...topology.devices.values()].find(({ deviceId }) => deviceId === model.deviceId);
    if (place === undefined) throw new Error(`expected ${model.deviceId} in the ward file`);
    return earOf(place, model, momentOf);
  });
  return (untilMs) =>
    ears.flatMap((ear) => ear(untilMs)).sort((a, b) => a.received.monoMs - b.received.monoMs);
}

function earOf(place: DevicePlace, model: DeviceModel, momentOf: MomentOf): Ear {
  switch (model.kind) {
    case "mqtt":
      return mqttEar(place, model, momentOf);
    case "serial":
      return serialEar(place, model, momentOf);
    case "modbus":
      return modbusEar(place, model, momentOf);
  }
}

function mqttEar(
  { deviceId }: DevicePlace,
  model: Extract<DeviceModel, { kind: "mqtt" }>,
  momentOf: MomentOf,
): Ear {
  let packetId = 0;
  return (untilMs) =>
    model.messagesUntil(untilMs).map(({ payload, atMs }) => {
      packetId = (packetId % 65_535) + 1;
      const body = { kind: "mqtt" as const, payload, packetId, isRepeat: false };
      return { deviceId, received: momentOf(atMs), body };
    });
}

function serialEar(
  { deviceId, profile }: DevicePlace,
  model: Extract<DeviceModel, { kind: "serial" }>,
  momentOf: MomentOf,
): Ear {
  if (profile.protocol !== "lines" && profile.protocol !== "frames")
    throw new Error(`${deviceId} is not on a serial line`);
  const everyMs = profile.protocol === "frames" ? profile.takeOneEveryMs : 0;
  let buffer: Uint8Array = new Uint8Array();
  let lastTakenMs = Number.NEGATIVE_INFINITY;
  return (untilMs) =>
    model.bytesUntil(untilMs).flatMap(({ bytes, atMs }) => {
      const scanned = framesOf(profile, Buffer.concat([buffer, bytes]));
      buffer = scanned.rest;
      // The driver takes the newest of each period; what comes faster gives way.
      const newest = everyMs > 0 ? scanned.frames.slice(-1) : scanned.frames;
      if (newest.length === 0 || atMs - lastTakenMs < everyMs) return [];
      lastTakenMs = atMs;
      return newest.map((frame) => ({
        deviceId,
        received: momentOf(atMs),
        body: { kind: "frame" as const, bytes: frame },
      }));
    });
}

function framesOf(profile: SerialProfile, bytes: Uint8Array): { frames: Uint8Array[]; rest: Uint8Array } {
  const frames: Uint8Array[] = [];
  let rest = bytes;
  for (;;) {
    const scan = scanSerial(profile, rest);
    rest = scan.rest;
    if (scan.kind === "need-more") return { frames, rest };
    if (scan.kind === "frame") frames.push(Uint8Array.from(scan.frame));
  }
}

/** Polled as often as it is due. */
function modbusEar(
  { deviceId, profile, expectedIntervalMs }: DevicePlace,
  model: Extract<DeviceModel, { kind: "modbus" }>,
  momentOf: MomentOf,
): Ear {
  if (profile.protocol !== "modbus") throw new Error(`${deviceId} is not on Modbus`);
  let nextMs: number | null = null;
  return (untilMs) => {
    const messages: RawMessage[] = [];
    nextMs ??= untilMs;
    for (; nextMs <= untilMs; nextMs += expectedIntervalMs) {
      const blocks = poll(profile, model, nextMs);
      if (blocks.length > 0)
        messages.push({ deviceId, received: momentOf(nextMs), body: { kind: "registers", blocks } });
    }
    return messages;
  };
}

function poll(
  profile: ModbusProfile,
  { unit, answer }: Extract<DeviceModel, { kind: "modbus" }>,
  wardTimeMs: number,
): RegisterBlock[] {
  return readPlan(profile).flatMap((range) => {
    const request = { unit, ...range };
    const asked = takeRtuRequest(Buffer.from(rtuRequest(request)));
    if (asked.kind !== "request") throw new Error("a request of ours is not one by the standard");
    const reply = rtuReply(asked.request, (code, address, count) => answer(code, address, count, wardTimeMs));
    if (reply === null) return [];
    const scan = scanRtu(request, reply);
    return scan.kind === "reply"
      ? [{ functionCode: range.functionCode, address: range.address, words: scan.words }]
      : [];
  });
}
