/** An isolation room's monitor: input register 0 is pascal × 10, signed, room against corridor; discrete input 0 the door. */

import type { UnitMap } from "../modbus/answer.ts";
import { createPressureDay } from "../room-day/pressure-day.ts";
import { chanceAtFor } from "../ward-day/chance.ts";
import type { DeviceOf } from "../ward-file.ts";
import type { ModbusDevice } from "./device-model.ts";
import { createModbusUnit } from "./modbus-unit.ts";
import type { Surroundings } from "./surroundings.ts";

const noisePa = 0.3;

export function createPressureSensor(
  device: DeviceOf<"room-pressure">,
  isolation: string,
  surroundings: Surroundings,
): ModbusDevice {
  const { id: deviceId, room: roomId, isSignInverted } = device;
  const { seed } = surroundings;
  const day = createPressureDay({ seed, roomId, isolation });
  const noise = chanceAtFor(seed, "pressure-noise", deviceId);
  const feel = (wardTimeMs: number) => {
    const pressurePa = day.pressurePaAt(wardTimeMs) + noisePa * (2 * noise(Math.floor(wardTimeMs)) - 1);
    return pressureRegisters(isSignInverted ? -pressurePa : pressurePa, day.isDoorOpenAt(wardTimeMs));
  };
  return createModbusUnit({ deviceId, device, feel }, surroundings);
}

export function pressureRegisters(pressurePa: number, isDoorOpen: boolean): UnitMap {
  return {
    inputRegisters: new Map([[0, Math.round(pressurePa * 10) & 0xffff]]),
    discreteInputs: new Map([[0, isDoorOpen ? 1 : 0]]),
  };
}
