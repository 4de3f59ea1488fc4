/** The names of connections, as the status page shows them and as each device names its own. */
import type { DevicePlace } from "../commissioning/topology.ts";
import type { LinkBook } from "./link-book.ts";

export const modbusTcpLinkId = ({ host, port }: { readonly host: string; readonly port: number }) =>
  `modbus-tcp ${host}:${port}`;
export const modbusRtuLinkId = (line: string) => `modbus-rtu ${line}`;
export const serialLinkId = (line: string) => `serial ${line}`;
export const hospitalBrokerLinkId = (name: string) => `mqtt-broker ${name}`;

/** The connection that a device is heard over. */
export function linkIdOf({ modbusTcp, modbusRtu, serial, mqtt }: DevicePlace, links: LinkBook): string {
  if (modbusTcp !== null) return modbusTcpLinkId(modbusTcp);
  if (modbusRtu !== null) return modbusRtuLinkId(modbusRtu.line);
  if (serial !== null) return serialLinkId(serial);
  if (mqtt !== null && mqtt.broker !== null) return hospitalBrokerLinkId(mqtt.broker);
  // The own broker's name holds the port that it took. Which of its listeners a device uses is the device's choice.
  return links.list().find((link) => link.kind === "mqtt")?.linkId ?? "mqtt";
}
