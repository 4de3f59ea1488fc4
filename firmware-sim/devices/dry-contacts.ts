/** An input module with two contacts at the bed: discrete input 0 closed while somebody is on the mat, 1 the nurse call. */
import { chanceAtFor } from "../ward-day/chance.ts";
import type { DeviceOf } from "../ward-file.ts";
import { bedLoadAt } from "./bed-load.ts";
import type { ModbusDevice } from "./device-model.ts";
import { createModbusUnit } from "./modbus-unit.ts";
import type { Surroundings } from "./surroundings.ts";

/** A mat has one threshold and no scale: whatever is heavier closes it, a knee too. */
const closesAboveKg = { grownUps: 20, children: 7 } as const;

const minuteMs = 60_000;
/** In each stretch of this length a patient calls once or not at all. */
const callStretchMs = 90 * minuteMs;
const callsShare = 0.5;
const callLastsMinutes = { min: 1, max: 8 } as const;

export function createDryContacts(
  device: DeviceOf<"dry-contacts">,
  isForChildren: boolean,
  surroundings: Surroundings,
): ModbusDevice {
  const { id: deviceId, bed: bedId } = device;
  const { ward, seed } = surroundings;
  const calls = chanceAtFor(seed, "nurse-call", bedId);
  const closesAbove = isForChildren ? closesAboveKg.children : closesAboveKg.grownUps;
  return createModbusUnit(
    {
      deviceId,
      device,
      feel: (wardTimeMs) => {
        const { patientKg, handledKg, isRolledAway } = bedLoadAt(ward, bedId, wardTimeMs);
        if (isRolledAway) return null;
        const isClosed = patientKg + handledKg > closesAbove;
        const isCalling = patientKg > 0 && callsAt(calls, wardTimeMs);
        return { discreteInputs: new Map([isClosed, isCalling].map((on, input) => [input, on ? 1 : 0])) };
      },
    },
    surroundings,
  );
}

function callsAt(calls: (place: number) => number, wardTimeMs: number): boolean {
  const stretch = Math.floor(wardTimeMs / callStretchMs);
  if (calls(3 * stretch) >= callsShare) return false;
  const { min, max } = callLastsMinutes;
  const lastsMs = (min + (max - min) * calls(3 * stretch + 1)) * minuteMs;
  const startsAtMs = stretch * callStretchMs + calls(3 * stretch + 2) * (callStretchMs - lastsMs);
  return startsAtMs <= wardTimeMs && wardTimeMs < startsAtMs + lastsMs;
}
