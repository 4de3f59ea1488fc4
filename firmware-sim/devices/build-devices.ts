/** Every device of a hospital as a model without a port. */
import type { Recording } from "../monitor/recording.ts";
import type { Faults } from "../ward-day/faults.ts";
import type { Ward } from "../ward-day/ward.ts";
import type { WardPace } from "../ward-day/ward-clock.ts";
import type { Hospital, HospitalDevice } from "../ward-file.ts";
import { createClimateSensor } from "./climate-sensor.ts";
import type { DeviceModel } from "./device-model.ts";
import { createDryContacts } from "./dry-contacts.ts";
import { createLoadPad } from "./load-pad.ts";
import { createContec, createMasimo, createNonin } from "./monitors.ts";
import { createPressureSensor } from "./pressure-sensor.ts";
import { createSmartBed } from "./smart-bed.ts";
import type { Surroundings } from "./surroundings.ts";
import { createTasmotaScale } from "./tasmota-scale.ts";
import { createTextBed } from "./text-bed.ts";

export type DevicesWanted = {
  readonly hospital: Hospital;
  readonly ward: Ward;
  readonly pace: WardPace;
  readonly seed: number;
  readonly recordings: readonly Recording[];
  readonly faults: Faults;
  /** Ward time from which on the devices are switched on; what they would have said before is never said. */
  readonly speaksFromMs: number;
};

export function buildDevices({
  hospital,
  recordings,
  faults,
  ...rest
}: DevicesWanted): readonly DeviceModel[] {
  const surroundings: Surroundings = { ...rest, faultAt: faults.at };
  return hospital.devices.map((device) => buildDevice(device, hospital, surroundings, recordings));
}

function buildDevice(
  device: HospitalDevice,
  hospital: Hospital,
  surroundings: Surroundings,
  recordings: readonly Recording[],
): DeviceModel {
  switch (device.profile) {
    case "smart-bed-senml":
      return createSmartBed(device, surroundings);
    case "tasmota-hx711":
      return createTasmotaScale(device, surroundings);
    case "bed-text-json":
      return createTextBed(device, surroundings, recordings);
    case "xy-md02":
      return createClimateSensor(device, surroundings);
    case "room-pressure": {
      const room = hospital.rooms.find(({ roomId }) => roomId === device.room);
      return createPressureSensor(device, room?.isolation ?? "none", surroundings);
    }
    case "load-pad-4":
      return createLoadPad(device, surroundings);
    case "dry-contacts": {
      const bed = hospital.beds.find(({ bedId }) => bedId === device.bed);
      return createDryContacts(device, bed?.isForChildren ?? false, surroundings);
    }
    case "masimo-ascii-1":
      return createMasimo(device, surroundings, recordings);
    case "contec-cms50d-plus":
      return createContec(device, surroundings, recordings);
    case "nonin-ascii":
      return createNonin(device, surroundings, recordings);
  }
}
