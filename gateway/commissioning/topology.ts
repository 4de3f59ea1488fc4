/**
 * The hospital as its gateway sees it: which device speaks for which bed or room, and by which limits it is judged.
 * Built once from the ward file; everything after it looks up instead of searching.
 */
import { ConfigError } from "../../config/load.ts";
import type {
  HospitalWards,
  WardFileBed,
  WardFileDecider,
  WardFileDevice,
  WardFileRoom,
} from "../../config/ward.ts";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { AssignmentSource, BedSource, RoomLimit } from "../../contracts/wire/bed-event.ts";
import type { BedId, DeviceId, HospitalId, RoomId, WardId } from "../../contracts/wire/ids.ts";
import { type DeviceOptions, metricsOf, type Profile } from "../../devices/profile.ts";
import { roomLimits } from "./room-limits.ts";

export type Decider = {
  readonly deviceId: DeviceId;
  readonly metric: WardFileDecider["metric"];
  readonly expectedIntervalMs: number;
  readonly weight: number;
};

export type BedPlace = {
  readonly bedId: BedId;
  readonly label: string;
  readonly wardId: WardId;
  readonly wardName: string;
  readonly roomId: RoomId;
  readonly roomName: string;
  readonly roomIsolation: WardFileRoom["isolation"];
  readonly roomLimits: readonly RoomLimit[];
  readonly assignmentSource: AssignmentSource;
  readonly declared: HospitalWards["wards"][number]["declared"];
  /** Every source that has a say in the bed's occupancy; none: the bed has no sensor. */
  readonly deciders: readonly Decider[];
  readonly debounce: WardFileBed["debounce"];
  readonly load: WardFileBed["load"];
  readonly sources: readonly BedSource[];
};

export type RoomSensor = { readonly deviceId: DeviceId; readonly expectedIntervalMs: number };

/** A room with the device that speaks for each of its sides; null: none does. */
export type RoomPlace = {
  readonly roomId: RoomId;
  readonly climateLimits: NonNullable<WardFileRoom["climateLimits"]> | null;
  readonly climate: RoomSensor | null;
  readonly isolation: WardFileRoom["isolation"];
  /** Null: not an isolation room. */
  readonly pressureLimits: WardFileRoom["pressureLimits"] | null;
  readonly pressure: RoomSensor | null;
  readonly door: RoomSensor | null;
  readonly bedIds: readonly BedId[];
};

export type DevicePlace = {
  readonly deviceId: DeviceId;
  readonly profile: Profile;
  readonly bedId: BedId | null;
  readonly roomId: RoomId | null;
  readonly expectedIntervalMs: number;
  readonly options: DeviceOptions;
  readonly modbusTcp: NonNullable<WardFileDevice["modbusTcp"]> | null;
  readonly modbusRtu: NonNullable<WardFileDevice["modbusRtu"]> | null;
  /** A device path, or tcp://host:port. */
  readonly serial: string | null;
  /** Null where the device does not speak MQTT; broker null: the gateway's own. */
  readonly mqtt: { readonly broker: string | null; readonly name: string } | null;
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
      rooms.set(room.id, placeRoom(room, devices, problems));
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
  const wrong = wrongWay(device, profile);
  if (wrong !== null) problems.push(`device ${device.id}: profile ${profile.model} ${wrong}`);
  const isMqtt = profile.protocol === "mqtt-senml" || profile.protocol === "mqtt-json";
  return {
    deviceId: device.id,
    profile,
    bedId: device.bed ?? null,
    roomId: device.room ?? null,
    expectedIntervalMs: device.expectedIntervalMs ?? profile.expectedIntervalMs,
    options: { wordOrder: device.wordOrder ?? null, isSignInverted: device.isSignInverted },
    modbusTcp: device.modbusTcp ?? null,
    modbusRtu: device.modbusRtu ?? null,
    serial: device.serial ?? null,
    mqtt: isMqtt ? { broker: device.mqtt?.broker ?? null, name: device.mqtt?.name ?? device.id } : null,
  };
}

/** Each protocol has its own ways to a device; null where the ward file names a right one. */
function wrongWay(device: WardFileDevice, profile: Profile): string | null {
  const { modbusTcp, modbusRtu, serial, mqtt } = device;
  const named = Object.entries({ modbusTcp, modbusRtu, serial, mqtt })
    .filter(([, way]) => way !== undefined)
    .map(([name]) => name);
  const [wanted, isRight] = waysOf(profile, named);
  return isRight ? null : `${wanted}, got ${named.join(" and ") || "none of them"}`;
}

function waysOf({ protocol }: Profile, named: readonly string[]): [wanted: string, isRight: boolean] {
  switch (protocol) {
    case "modbus":
      return [
        "is read over Modbus: expected one of modbusTcp: { host, port, unit } and modbusRtu: { line, unit }",
        named.length === 1 && (named[0] === "modbusTcp" || named[0] === "modbusRtu"),
      ];
    case "lines":
    case "frames":
      return [
        "is read from a serial line: expected serial: tcp://host:port or a device path",
        named.length === 1 && named[0] === "serial",
      ];
    case "mqtt-senml":
    case "mqtt-json":
      return ["speaks MQTT: expected at most mqtt: { broker, name }", named.every((name) => name === "mqtt")];
  }
}

function placeRoom(
  room: WardFileRoom,
  devices: ReadonlyMap<DeviceId, DevicePlace>,
  problems: string[],
): RoomPlace {
  const ofRoom = [...devices.values()].filter((device) => device.roomId === room.id);
  const sensorOf = (metric: MetricName): RoomSensor | null => {
    const device = ofRoom.find(({ profile }) => metricsOf(profile).includes(metric));
    return device === undefined
      ? null
      : { deviceId: device.deviceId, expectedIntervalMs: device.expectedIntervalMs };
  };
  const pressure = sensorOf("differential-pressure");
  if (room.isolation !== "none" && pressure === null) {
    problems.push(
      `room ${room.id}: isolation ${room.isolation} needs a device that says differential-pressure`,
    );
  }
  return {
    roomId: room.id,
    climateLimits: room.climateLimits ?? null,
    climate: sensorOf("room-temperature"),
    isolation: room.isolation,
    pressureLimits: room.isolation === "none" ? null : room.pressureLimits,
    pressure,
    door: sensorOf("door-open"),
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
  const deciders = (bed.occupancyFrom ?? []).flatMap(
    ({ device: deviceId, metric, weight = 1 }): Decider[] => {
      const device = devices.get(deviceId);
      if (device === undefined) return [];
      if (!metricsOf(device.profile).includes(metric)) {
        problems.push(`bed ${bed.id}: ${metric} is not among what ${device.profile.model} says`);
      }
      return [{ deviceId, metric, expectedIntervalMs: device.expectedIntervalMs, weight }];
    },
  );
  const sources = [...devices.values()].filter((one) => one.bedId === bed.id || one.roomId === room.id);
  return {
    bedId: bed.id,
    label: bed.label,
    wardId: ward.id,
    wardName: ward.name,
    roomId: room.id,
    roomName: room.name,
    roomIsolation: room.isolation,
    roomLimits: roomLimits(room),
    assignmentSource: ward.assignmentSource,
    declared: ward.declared,
    deciders,
    debounce: bed.debounce,
    load: bed.load,
    sources: sources.map(({ deviceId, expectedIntervalMs }): BedSource => {
      const decider = deciders.find((one) => one.deviceId === deviceId);
      return decider === undefined
        ? { deviceId, expectedIntervalMs, decides: null }
        : { deviceId, expectedIntervalMs, decides: decider.metric, weight: decider.weight };
    }),
  };
}
