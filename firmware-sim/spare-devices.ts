import type { Hospital } from "./ward-file.ts";

/**
 * Devices that may fail without taking a bed's truth with them: those that have no say in whether somebody is in a bed,
 * and those that the bed's other sources outvote. One of each bed, or two would fail together.
 */
export function spareDevices({ beds, devices }: Hospital): readonly string[] {
  const deciders = beds.flatMap((bed) => bed.deciders);
  const outvoted = beds.flatMap(({ deciders: ofBed }) => {
    const whole = ofBed.reduce((sum, { weight }) => sum + weight, 0);
    return ofBed.filter(({ weight }) => weight < whole - weight).slice(0, 1);
  });
  const silent = devices.filter(({ id }) => !deciders.some(({ deviceId }) => deviceId === id));
  return [...outvoted.map(({ deviceId }) => deviceId), ...silent.map(({ id }) => id)];
}
