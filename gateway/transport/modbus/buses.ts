import { ConfigError } from "../../../config/load.ts";
import type { SerialSettings } from "../../../devices/profile.ts";
import type { DevicePlace, Topology } from "../../commissioning/topology.ts";
import { modbusRtuLinkId, modbusTcpLinkId } from "../link-id.ts";
import type { ModbusUnit, ModbusWay } from "./modbus-bus.ts";

export type Bus = { readonly way: ModbusWay; readonly units: readonly ModbusUnit[] };

/** Units behind one address or on one line share its connection and are asked in turn. */
export function busesOf(topology: Topology): Bus[] {
  const buses = new Map<string, { readonly way: ModbusWay; readonly units: ModbusUnit[] }>();
  const places: [DevicePlace, ModbusWay, ModbusUnit][] = [...topology.devices.values()].flatMap(placeOf);
  for (const [{ deviceId }, way, unit] of places) {
    const linkId = way.kind === "tcp" ? modbusTcpLinkId(way) : modbusRtuLinkId(way.line);
    const bus = buses.get(linkId);
    if (bus === undefined) {
      buses.set(linkId, { way, units: [unit] });
      continue;
    }
    if (way.kind === "rtu" && bus.way.kind === "rtu") {
      const [first, theirs] = [bus.units[0]?.deviceId, bus.way.settings];
      if (wordsFor(theirs) !== wordsFor(way.settings)) {
        throw new ConfigError(
          `The RTU line ${way.line} cannot have two settings: ${first} says ${wordsFor(theirs)}, ${deviceId} says ${wordsFor(way.settings)}. Give every unit of the line the same baudRate, parity and stopBits.`,
        );
      }
    }
    bus.units.push(unit);
  }
  return [...buses.values()];
}

function placeOf(place: DevicePlace): [DevicePlace, ModbusWay, ModbusUnit][] {
  const { deviceId, profile, modbusTcp, modbusRtu, expectedIntervalMs } = place;
  if (profile.protocol !== "modbus") return [];
  const unit = { deviceId, profile, pollEveryMs: expectedIntervalMs };
  if (modbusTcp !== null) {
    const { host, port } = modbusTcp;
    return [[place, { kind: "tcp", host, port }, { ...unit, unit: modbusTcp.unit }]];
  }
  if (modbusRtu === null) return [];
  const { line, baudRate, parity, stopBits } = modbusRtu;
  const settings: SerialSettings = { baudRate, dataBits: 8, parity, stopBits };
  return [[place, { kind: "rtu", line, settings }, { ...unit, unit: modbusRtu.unit }]];
}

const wordsFor = ({ baudRate, parity, stopBits }: SerialSettings) =>
  `${baudRate} baud, parity ${parity}, ${stopBits} stop bit${stopBits === 1 ? "" : "s"}`;
