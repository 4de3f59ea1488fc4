import { z } from "zod";
import { readYaml } from "./read-yaml.ts";
import { SetupProblem } from "./setup-problem.ts";

/** A hospital as its devices know it. */
export type Hospital = {
  readonly id: string;
  readonly bedIds: readonly string[];
  readonly smartBeds: readonly { readonly deviceId: string; readonly bedId: string }[];
  readonly roomSensors: readonly ({
    readonly deviceId: string;
    readonly roomId: string;
    readonly unit: number;
  } & At)[];
  readonly monitors: readonly ({ readonly deviceId: string; readonly bedId: string } & At)[];
};

type At = { readonly host: string; readonly port: number };

// Of the ward file only what a device needs is read here; the rest, other devices included, is the gateways' business.
const Id = z.string().min(1);
const WardFile = z.object({
  hospitals: z.array(
    z.object({
      id: Id,
      wards: z.array(z.object({ rooms: z.array(z.object({ id: Id, beds: z.array(z.object({ id: Id })) })) })),
      devices: z.array(z.looseObject({ id: Id, profile: z.string() })),
    }),
  ),
});

const SerialAddress = z.string().regex(/^tcp:\/\/[^/:]+:\d+$/, "a simulated monitor needs tcp://host:port");
const ModbusAddress = z.object({ host: Id, port: z.int().min(1).max(65535), unit: z.int().min(1).max(247) });
const Device = z.discriminatedUnion("profile", [
  z.object({ profile: z.literal("smart-bed-senml"), id: Id, bed: Id }),
  z.object({ profile: z.literal("xy-md02"), id: Id, room: Id, modbusTcp: ModbusAddress }),
  z.object({ profile: z.literal("masimo-ascii-1"), id: Id, bed: Id, serial: SerialAddress }),
]);
type Device = z.infer<typeof Device>;
const profiles: ReadonlySet<string> = new Set(Device.options.map((option) => option.shape.profile.value));

export async function loadHospital(file: string, hospitalId: string): Promise<Hospital> {
  const { hospitals } = await readYaml(file, "ward file", WardFile);
  const found = hospitals.find(({ id }) => id === hospitalId);
  if (found === undefined) {
    const known = hospitals.map(({ id }) => id).join(", ");
    throw new SetupProblem(`ward file ${file} has no hospital ${hospitalId}; it has ${known}`);
  }
  const ours = found.devices.filter(({ profile }) => profiles.has(profile));
  const devices = z.array(Device).safeParse(ours);
  if (!devices.success) {
    const problems = devices.error.issues.map(({ path: [place, ...field], message }) => {
      return `  ${ours[Number(place)]?.id}: ${field.join(".")}: ${message}`;
    });
    throw new SetupProblem(`ward file ${file} is not valid:\n${problems.join("\n")}`);
  }
  const rooms = found.wards.flatMap((ward) => ward.rooms);
  return hospitalOf(
    file,
    found.id,
    rooms.map(({ id }) => id),
    rooms.flatMap(({ beds }) => beds.map(({ id }) => id)),
    devices.data,
  );
}

function hospitalOf(
  file: string,
  id: string,
  roomIds: readonly string[],
  bedIds: readonly string[],
  devices: readonly Device[],
): Hospital {
  const problems = devices.flatMap((device) => {
    const [place, known] = device.profile === "xy-md02" ? [device.room, roomIds] : [device.bed, bedIds];
    return known.includes(place) ? [] : [`  ${device.id}: the hospital has no ${place}`];
  });
  if (problems.length > 0) throw new SetupProblem(`ward file ${file} is not valid:\n${problems.join("\n")}`);

  return {
    id,
    bedIds,
    smartBeds: devices
      .filter((device) => device.profile === "smart-bed-senml")
      .map((device) => ({ deviceId: device.id, bedId: device.bed })),
    roomSensors: devices
      .filter((device) => device.profile === "xy-md02")
      .map((device) => ({ deviceId: device.id, roomId: device.room, ...device.modbusTcp })),
    monitors: devices
      .filter((device) => device.profile === "masimo-ascii-1")
      .map((device) => ({ deviceId: device.id, bedId: device.bed, ...serialAddress(device.serial) })),
  };
}

function serialAddress(serial: string): At {
  const { hostname, port } = new URL(serial);
  return { host: hostname, port: Number(port) };
}
