import type { DevicePlace } from "../commissioning/topology.ts";

/** Where on its link a device is found, in words; null where the link or its own name says it already. */
export function deviceAddress({ deviceId, modbusTcp, modbusRtu, mqtt }: DevicePlace): string | null {
  const unit = modbusTcp?.unit ?? modbusRtu?.unit;
  if (unit !== undefined) return `unit ${unit}`;
  return mqtt === null || mqtt.name === deviceId ? null : mqtt.name;
}
