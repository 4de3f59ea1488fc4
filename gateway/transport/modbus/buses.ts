import type { DevicePlace, Topology } from "../../commissioning/topology.ts";
import type { ModbusUnit } from "./modbus-bus.ts";

export type Bus = { readonly host: string; readonly port: number; readonly units: readonly ModbusUnit[] };

/** Units behind one address share one connection and are asked in turn. */
export function busesOf(topology: Topology): Bus[] {
  const modbus = [...topology.devices.values()].filter((device) => device.modbusTcp !== null);
  const byAddress = Map.groupBy(modbus, ({ modbusTcp }) => `${modbusTcp?.host}:${modbusTcp?.port}`);
  return [...byAddress.values()].flatMap((devices) => {
    const address = devices[0]?.modbusTcp;
    return address ? [{ host: address.host, port: address.port, units: devices.flatMap(unitOf) }] : [];
  });
}

function unitOf({ deviceId, profile, modbusTcp, expectedIntervalMs }: DevicePlace): ModbusUnit[] {
  if (modbusTcp === null || profile.protocol !== "modbus") return [];
  return [{ deviceId, unit: modbusTcp.unit, profile, pollEveryMs: expectedIntervalMs }];
}
