/**
 * A pad on four load cells, one under each leg: input registers 0 to 7 are four float32 in kilograms, in the word order
 * that the ward file names. It behaves as recorded pressure mats do: the first frame after somebody lay down is 20 to 30
 * times too high, and after it the weight creeps up within 90 s, by a median of 12.6 % (p10 6.5 %, p90 17.8 %).
 */

import type { UnitMap } from "../modbus/answer.ts";
import { float32Words } from "../modbus/float32.ts";
import { lyingPatientOf, type Patient } from "../ward-day/bed-truth.ts";
import { between, chanceAtFor, chanceFor } from "../ward-day/chance.ts";
import type { DeviceOf } from "../ward-file.ts";
import type { ModbusDevice } from "./device-model.ts";
import { createModbusUnit } from "./modbus-unit.ts";
import type { Surroundings } from "./surroundings.ts";

const cells = [0, 1, 2, 3] as const;
/** Of the pad's own time. */
const frameEveryMs = 1_000;
const creepsForMs = 90_000;
/** Share by which the weight has crept up at the end; the quantiles are the recorded ones. */
const creepQuantiles = [
  [0, 0.03],
  [0.1, 0.065],
  [0.5, 0.126],
  [0.9, 0.178],
  [1, 0.22],
] as const;
const noiseKg = 0.08;

export function createLoadPad(device: DeviceOf<"load-pad-4">, surroundings: Surroundings): ModbusDevice {
  const { id: deviceId, bed: bedId, wordOrder } = device;
  const { ward, seed, pace } = surroundings;
  const chance = chanceFor(seed, "load-pad", deviceId);
  const linenKg = between(chance, 0.4, 1.3);
  const zeroKg = cells.map(() => between(chance, -0.4, 0.4));
  const emptyShares = sharesFrom(chance);
  const noise = chanceAtFor(seed, "load-pad-noise", deviceId);
  const frameMs = frameEveryMs * pace.speed;

  const feel = (wardTimeMs: number): UnitMap | null => {
    const frame = Math.floor(wardTimeMs / frameMs);
    const frameAtMs = frame * frameMs;
    const { truth, sinceMs, handledKg } = ward.bedAt(bedId, frameAtMs);
    if (truth.kind === "rolled-away") return null;
    const patient = lyingPatientOf(truth);
    const patientKg =
      patient === undefined ? 0 : patient.weightKg * padFactor(patient, sinceMs, frameAtMs, frameMs);
    const shares = patient === undefined ? emptyShares : sharesFrom(chanceFor(patient.id, "lies", sinceMs));
    const words = cells.flatMap((cell) => {
      const pressesKg = (patientKg + handledKg + linenKg) * (shares[cell] ?? 0);
      const noisyKg = noiseKg * (2 * noise(frame * cells.length + cell) - 1);
      return [...float32Words(pressesKg + (zeroKg[cell] ?? 0) + noisyKg, wordOrder)];
    });
    return { inputRegisters: new Map(words.entries()) };
  };
  return createModbusUnit({ deviceId, device, feel }, surroundings);
}

/** How many times the true weight the pad shows. */
export function padFactor(patient: Patient, sinceMs: number, frameAtMs: number, frameMs: number): number {
  const chance = chanceFor(patient.id, "pad", sinceMs);
  const saturates = between(chance, 20, 30);
  if (frameAtMs - sinceMs < frameMs) return saturates;
  const creep = quantile(chance());
  const through = Math.min(1, (frameAtMs - sinceMs) / creepsForMs);
  // Fast at first and slower and slower, wholly there after 90 s.
  return 1 + (creep * (1 - Math.exp(-3 * through))) / (1 - Math.exp(-3));
}

function quantile(share: number): number {
  const above = creepQuantiles.findIndex(([at]) => at > share);
  const [fromShare, from] = creepQuantiles[above - 1] ?? [0, 0];
  const [toShare, to] = creepQuantiles[above] ?? [1, 0];
  return from + ((to - from) * (share - fromShare)) / (toShare - fromShare);
}

/** Nobody lies in the middle: some legs carry two or three times what others do. */
function sharesFrom(chance: () => number): readonly number[] {
  const parts = cells.map(() => between(chance, 0.5, 1.5));
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / whole);
}
