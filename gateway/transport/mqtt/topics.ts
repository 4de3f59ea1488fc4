import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { DevicePlace } from "../../commissioning/topology.ts";

/** Native topics: a device speaks only below its own id. */
export const readingsTopic = (deviceId: string) => `devices/${deviceId}/readings`;
export const statusTopic = (deviceId: string) => `devices/${deviceId}/status`;

/** Stands in a profile's topic for the name by which the device goes on its broker. */
const DEVICE = "{device}";

/** The one topic that a device's readings come on; null where it does not speak MQTT. */
export function topicOf({ profile, mqtt }: DevicePlace): string | null {
  if (mqtt === null) return null;
  if (profile.protocol === "mqtt-senml") return readingsTopic(mqtt.name);
  return profile.protocol === "mqtt-json" ? profile.topic.replaceAll(DEVICE, mqtt.name) : null;
}

/**
 * Where a device of the maker's own topics may say what nobody here listens to, such as its firmware's state: everything
 * below its own name. Null where the model's topics do not begin with a level that is its own.
 */
export function ownAreaOf({ profile, mqtt }: DevicePlace): string | null {
  if (mqtt === null || profile.protocol !== "mqtt-json") return null;
  const levels = profile.topic.split("/");
  const own = levels.indexOf(DEVICE);
  return own < 0 ? null : `${[...levels.slice(0, own), mqtt.name].join("/")}/`;
}

/** A filter that reaches no further than the device's own topics. */
export function isOwnFilter(deviceId: DeviceId, filter: string): boolean {
  return filter === `devices/${deviceId}/#` || filter.startsWith(`devices/${deviceId}/`);
}
