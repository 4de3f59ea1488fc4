import type { LinkStatus } from "../../../contracts/wire/gateway-status.ts";

export const LINK_KIND_WORDS: Readonly<Record<LinkStatus["kind"], string>> = {
  mqtt: "MQTT broker",
  "mqtt-tls": "MQTT broker over TLS",
  "mqtt-websocket": "MQTT broker over WebSocket",
  "mqtt-broker": "Hospital’s MQTT broker",
  "modbus-tcp": "Modbus TCP",
  "modbus-rtu": "Modbus RTU line",
  serial: "Serial line",
};

export const LINK_STATE_WORDS: Readonly<Record<LinkStatus["state"], string>> = {
  listening: "Listening",
  connected: "Connected",
  connecting: "Connecting",
  down: "Down",
};

export function isUp({ state }: Pick<LinkStatus, "state">): boolean {
  return state === "connected" || state === "listening";
}

/** What should run and is not up needs somebody; what was stopped does not. */
export function isBroken(link: Pick<LinkStatus, "state" | "running">): boolean {
  return link.running === "running" && !isUp(link);
}
