import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { DevicePlace } from "../../commissioning/topology.ts";

/** Native topics: a device speaks only below its own id. */
export const readingsTopic = (deviceId: string) => `devices/${deviceId}/readings`;
export const statusTopic = (deviceId: string) => `devices/${deviceId}/status`;

/** What a device of the gateway's own broker may say. */
export type DeviceTopics = {
  /** Its readings. */
  readonly readings: string;
  /** Below this it may say what nobody listens to; null: nowhere. */
  readonly ownArea: string | null;
};

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

export type TopicKind = "readings" | "status" | "own-area" | "foreign";

/** What a device says on that topic; `foreign` is not its to speak on. */
export function topicKindOf(deviceId: DeviceId, topics: DeviceTopics, topic: string): TopicKind {
  if (topic === topics.readings) return "readings";
  if (topic === statusTopic(deviceId)) return "status";
  if (topics.ownArea === null || !topic.startsWith(topics.ownArea)) return "foreign";
  return /[#+\0]/.test(topic) ? "foreign" : "own-area";
}

/** A will tells what became of the device. A reading that others send for it when it is gone would be none. */
export function isOwnWill(deviceId: DeviceId, topics: DeviceTopics, topic: string): boolean {
  const kind = topicKindOf(deviceId, topics, topic);
  return kind === "status" || kind === "own-area";
}

/** A filter that reaches no further than the device's own topics. */
export function isOwnFilter(deviceId: string, filter: string): boolean {
  return filter.startsWith(ownTopics(deviceId));
}

/** What may be told to a device, whatever it has subscribed to. */
export function isOwnTopic(deviceId: DeviceId, topic: string): boolean {
  return topic.startsWith(ownTopics(deviceId));
}

const ownTopics = (deviceId: string) => `devices/${deviceId}/`;
