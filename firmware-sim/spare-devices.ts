import type { Hospital } from "./ward-file.ts";

/**
 * Devices that may fail without taking the truth with them: of each bed one that its other sources outvote, or two might
 * fail together, and those beside a bed that have no say in it. A room has one device for each of its sides, so none.
 */
export function spareDevices({ beds, devices }: Hospital): readonly string[] {
  const deciders = beds.flatMap((bed) => bed.deciders);
  const outvoted = beds.flatMap(({ deciders: ofBed }) => {
    const whole = ofBed.reduce((sum, { weight }) => sum + weight, 0);
    return ofBed.filter(({ weight }) => weight < whole - weight).slice(0, 1);
  });
  const silent = devices.filter(
    (device) => "bed" in device && !deciders.some(({ deviceId }) => deviceId === device.id),
  );
  return [...outvoted.map(({ deviceId }) => deviceId), ...silent.map(({ id }) => id)];
}
