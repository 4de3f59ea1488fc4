/** Names and keys of the devices that the load generator plays; whoever measures puts them into the ward file. */

export const loadDeviceId = (n: number) => `load-${String(n).padStart(4, "0")}`;
export const loadDeviceKey = (deviceId: string) => `key-of-${deviceId}`;
export const readingsTopic = (deviceId: string) => `devices/${deviceId}/readings`;
