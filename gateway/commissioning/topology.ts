/**
 * The hospital as its gateway sees it: which device speaks for which bed or room, and by which limits it is judged.
 * Built once from the ward file; everything after it looks up instead of searching.
 */
import { ConfigError } from "../../config/load.ts";
import type { HospitalWards, WardFileBed, WardFileDevice, WardFileRoom } from "../../config/ward.ts";
import type { AssignmentSource, BedSource } from "../../contracts/wire/bed-event.ts";
import type { BedId, DeviceId, HospitalId, RoomId, WardId } from "../../contracts/wire/ids.ts";
import type { Profile } from "../../devices/profile.ts";

export type Decider = {
  readonly deviceId: DeviceId;
  readonly metric: "occupancy" | "load" | "pulse-rate";
  readonly expectedIntervalMs: number;
};

export type BedPlace = {
  readonly bedId: BedId;
  readonly label: string;
  readonly wardId: WardId;
  readonly wardName: string;
  readonly roomId: RoomId;
  readonly roomName: string;
  readonly assignmentSource: AssignmentSource;
  readonly declared: HospitalWards["wards"][number]["declared"];
  readonly decider: Decider | null;
  readonly debounce: WardFileBed["debounce"];
  readonly load: WardFileBed["load"];
  readonly sources: readonly BedSource[];
};

export type RoomPlace = {
  readonly roomId: RoomId;
  readonly limits: NonNullable<WardFileRoom["climateLimits"]> | null;
  /** Null: no device speaks for the room. */
  readonly sensor: { readonly deviceId: DeviceId; readonly expectedIntervalMs: number } | null;
  readonly bedIds: readonly BedId[];
};

export type DevicePlace = {
  readonly deviceId: DeviceId;
  readonly profile: Profile;
  readonly bedId: BedId | null;
  readonly roomId: RoomId | null;
  readonly expectedIntervalMs: number;
  readonly modbusTcp: NonNullable<WardFileDevice["modbusTcp"]> | null;
  readonly serial: { readonly host: string; readonly port: number } | null;
};

export type Topology = {
  readonly hospitalId: HospitalId;
  readonly beds: ReadonlyMap<BedId, BedPlace>;
  readonly rooms: ReadonlyMap<RoomId, RoomPlace>;
  readonly devices: ReadonlyMap<DeviceId, DevicePlace>;
};

export function buildTopology(hospital: HospitalWards, profiles: ReadonlyMap<string, Profile>): Topology {
  const problems: string[] = [];
  const devices = new Map<DeviceId, DevicePlace>();
  for (const device of hospital.devices) {
    const place = placeDevice(device, profiles, problems);
    if (place !== null) devices.set(place.deviceId, place);
  }
  const beds = new Map<BedId, BedPlace>();
  const rooms = new Map<RoomId, RoomPlace>();
  for (const ward of hospital.wards) {
    for (const room of ward.rooms) {
      rooms.set(room.id, placeRoom(room, devices));
      for (const bed of room.beds) beds.set(bed.id, placeBed(bed, room, ward, devices, problems));
    }
  }
  if (problems.length > 0) {
    throw new ConfigError(
      `The ward file of hospital ${hospital.id} cannot be used:\n  ${problems.join("\n  ")}`,
    );
  }
  return { hospitalId: hospital.id, beds, rooms, devices };
}

function placeDevice(
  device: WardFileDevice,
  profiles: ReadonlyMap<string, Profile>,
  problems: string[],
): DevicePlace | null {
  const profile = profiles.get(device.profile);
  if (profile === undefined) {
    problems.push(
      `device ${device.id}: profile ${device.profile} is not known; expected ${[...profiles.keys()].join(", ")}`,
    );
    return null;
  }
  if (profile.protocol === "modbus" && device.modbusTcp === undefined) {
    problems.push(
      `device ${device.id}: profile ${profile.model} is read over Modbus, add modbusTcp: { host, port, unit }`,
    );
  }
  if (profile.protocol === "lines" && device.serial === undefined) {
    problems.push(
      `device ${device.id}: profile ${profile.model} is read from a serial line, add serial: tcp://host:port`,
    );
  }
  return {
    deviceId: device.id,
    profile,
    bedId: device.bed ?? null,
    roomId: device.room ?? null,
    expectedIntervalMs: device.expectedIntervalMs ?? profile.expectedIntervalMs,
    modbusTcp: device.modbusTcp ?? null,
    serial: device.serial === undefined ? null : hostAndPort(device.serial),
  };
}

function hostAndPort(address: string): { host: string; port: number } {
  const url = new URL(address);
  return { host: url.hostname, port: Number(url.port) };
}

function placeRoom(room: WardFileRoom, devices: ReadonlyMap<DeviceId, DevicePlace>): RoomPlace {
  const sensor = [...devices.values()].find((device) => device.roomId === room.id);
  return {
    roomId: room.id,
    limits: room.climateLimits ?? null,
    sensor:
      sensor === undefined
        ? null
        : { deviceId: sensor.deviceId, expectedIntervalMs: sensor.expectedIntervalMs },
    bedIds: room.beds.map((bed) => bed.id),
  };
}

function placeBed(
  bed: WardFileBed,
  room: WardFileRoom,
  ward: HospitalWards["wards"][number],
  devices: ReadonlyMap<DeviceId, DevicePlace>,
  problems: string[],
): BedPlace {
  const from = bed.occupancyFrom;
  const device = from === undefined ? undefined : devices.get(from.device);
  if (from !== undefined && device !== undefined && !canSay(device.profile, from.metric)) {
    problems.push(`bed ${bed.id}: ${from.metric} is not among what ${device.profile.model} says`);
  }
  const sources = [...devices.values()].filter((one) => one.bedId === bed.id || one.roomId === room.id);
  return {
    bedId: bed.id,
    label: bed.label,
    wardId: ward.id,
    wardName: ward.name,
    roomId: room.id,
    roomName: room.name,
    assignmentSource: ward.assignmentSource,
    declared: ward.declared,
    decider:
      from === undefined || device === undefined
        ? null
        : { deviceId: from.device, metric: from.metric, expectedIntervalMs: device.expectedIntervalMs },
    debounce: bed.debounce,
    load: bed.load,
    sources: sources.map((source) => ({
      deviceId: source.deviceId,
      expectedIntervalMs: source.expectedIntervalMs,
      decides: from?.device === source.deviceId ? from.metric : null,
    })),
  };
}

function canSay(profile: Profile, metric: string): boolean {
  if (profile.protocol === "mqtt-senml") return profile.metrics.some((said) => said === metric);
  return profile.fields.some((field) => field.metric === metric);
}
