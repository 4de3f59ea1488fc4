/** Which device is heard over which connection. What cannot work is said here, before anything is opened. */
import type { GatewayConfig } from "../../config/gateway.ts";
import { ConfigError } from "../../config/load.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { SerialProfile } from "../../devices/profile.ts";
import type { Topology } from "../commissioning/topology.ts";
import { type Bus, busesOf } from "./modbus/buses.ts";

import type { BrokerDevice } from "./mqtt/hospital-broker.ts";
import { type DeviceTopics, ownAreaOf, topicOf } from "./mqtt/topics.ts";

export type SerialDevice = {
  readonly deviceId: DeviceId;
  readonly line: string;
  readonly profile: SerialProfile;
  readonly expectedIntervalMs: number;
};

export type TransportPlan = {
  readonly buses: readonly Bus[];
  readonly lines: readonly SerialDevice[];
  /** Devices that connect to the gateway's own broker. */
  readonly ownBroker: ReadonlyMap<DeviceId, DeviceTopics>;
  /** By broker and topic. */
  readonly hospitalBrokers: ReadonlyMap<string, ReadonlyMap<string, BrokerDevice>>;
};

export function planTransports(topology: Topology, brokers: GatewayConfig["brokers"]): TransportPlan {
  const buses = busesOf(topology);
  const lines = serialDevices(topology);
  const rtuLines = buses.flatMap(({ way }) => (way.kind === "rtu" ? [way.line] : []));
  for (const { line, deviceId } of lines) {
    const other = lines.find((one) => one.line === line && one.deviceId !== deviceId)?.deviceId;
    const user = rtuLines.includes(line) ? "a Modbus bus" : other;
    if (user !== undefined) {
      throw new ConfigError(
        `The serial line ${line} of ${deviceId} is also that of ${user}. One device speaks on a serial line; correct one of them in the ward file.`,
      );
    }
  }
  return {
    buses,
    lines,
    ownBroker: ownBroker(topology),
    hospitalBrokers: hospitalBrokers(topology, brokers),
  };
}

function serialDevices(topology: Topology): SerialDevice[] {
  return [...topology.devices.values()].flatMap(({ deviceId, profile, serial, expectedIntervalMs }) =>
    serial !== null && (profile.protocol === "lines" || profile.protocol === "frames")
      ? [{ deviceId, line: serial, profile, expectedIntervalMs }]
      : [],
  );
}

function ownBroker(topology: Topology): Map<DeviceId, DeviceTopics> {
  return new Map(
    [...topology.devices.values()].flatMap((place) => {
      const readings = place.mqtt?.broker === null ? topicOf(place) : null;
      return readings === null ? [] : [[place.deviceId, { readings, ownArea: ownAreaOf(place) }] as const];
    }),
  );
}

function hospitalBrokers(
  topology: Topology,
  brokers: GatewayConfig["brokers"],
): Map<string, Map<string, BrokerDevice>> {
  const names = brokers.map(({ name }) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) {
    throw new ConfigError(
      `The gateway configuration names broker ${twice} twice. Give each a name of its own.`,
    );
  }
  const plan = new Map(names.map((name) => [name, new Map<string, BrokerDevice>()]));
  for (const place of topology.devices.values()) {
    const name = place.mqtt?.broker ?? null;
    const topic = topicOf(place);
    if (name === null || topic === null) continue;
    const topics = plan.get(name);
    if (topics === undefined) {
      throw new ConfigError(
        `Device ${place.deviceId} is on broker ${name}, which the gateway configuration does not name; it has ${names.join(", ") || "none"}. Add it under brokers, or correct the ward file.`,
      );
    }
    const other = topics.get(topic);
    if (other !== undefined) {
      throw new ConfigError(
        `Devices ${other.deviceId} and ${place.deviceId} both speak on ${topic} of broker ${name}. Give one of them its own mqtt.name in the ward file.`,
      );
    }
    topics.set(topic, { deviceId: place.deviceId, expectedIntervalMs: place.expectedIntervalMs });
  }
  for (const [name, topics] of plan) {
    if (topics.size > 0) continue;
    throw new ConfigError(
      `The gateway configuration names broker ${name}, but no device of the ward file is on it. Name it there as mqtt: { broker: ${name} }, or take it out.`,
    );
  }
  return plan;
}
