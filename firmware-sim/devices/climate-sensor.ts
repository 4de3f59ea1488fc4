/** XY-MD02 (SHT20): input register 1 is °C × 10, signed; 2 is %RH × 10. */

import type { UnitMap } from "../modbus/answer.ts";
import { climateAt } from "../room-day/climate-day.ts";
import type { DeviceOf } from "../ward-file.ts";
import type { ModbusDevice } from "./device-model.ts";
import { createModbusUnit } from "./modbus-unit.ts";
import type { Surroundings } from "./surroundings.ts";

export type ClimateValues = { readonly temperatureCel: number; readonly relativeHumidityPct: number };

export function createClimateSensor(device: DeviceOf<"xy-md02">, surroundings: Surroundings): ModbusDevice {
  const room = { seed: surroundings.seed, roomId: device.room };
  const feel = (wardTimeMs: number) => climateRegisters(climateAt(room, Math.max(0, wardTimeMs)));
  return createModbusUnit({ deviceId: device.id, device, feel }, surroundings);
}

export function climateRegisters({ temperatureCel, relativeHumidityPct }: ClimateValues): UnitMap {
  return {
    inputRegisters: new Map([
      [1, Math.round(temperatureCel * 10) & 0xffff],
      [2, Math.round(relativeHumidityPct * 10) & 0xffff],
    ]),
  };
}
