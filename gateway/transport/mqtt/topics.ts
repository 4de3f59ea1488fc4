import type { DeviceId } from "../../../contracts/wire/ids.ts";

/** Native topics: a device speaks only below its own id. */
export const readingsTopic = (deviceId: DeviceId) => `devices/${deviceId}/readings`;
export const statusTopic = (deviceId: DeviceId) => `devices/${deviceId}/status`;

/** A filter that reaches no further than the device's own topics. */
export function isOwnFilter(deviceId: DeviceId, filter: string): boolean {
  return filter === `devices/${deviceId}/#` || filter.startsWith(`devices/${deviceId}/`);
}
