import { z } from "zod";
import { wordOrders } from "./modbus/float32.ts";
import { readYaml } from "./read-yaml.ts";
import { SetupProblem } from "./setup-problem.ts";

const Id = z.string().min(1);

// Of the ward file only what a device needs is read here; the rest, other devices included, is the gateways' business.
const Decider = z.object({ device: Id, weight: z.number().default(1) });
const WardFile = z.object({
  hospitals: z.array(
    z.object({
      id: Id,
      wards: z.array(
        z.object({
          rooms: z.array(
            z.object({
              id: Id,
              isolation: z.string().default("none"),
              beds: z
                .array(
                  z.object({
                    id: Id,
                    load: z.object({ presentAtKg: z.number().optional() }).optional(),
                    occupancyFrom: z.union([Decider.transform((one) => [one]), z.array(Decider)]).optional(),
                  }),
                )
                .default([]),
            }),
          ),
        }),
      ),
      devices: z.array(z.looseObject({ id: Id, profile: z.string() })),
    }),
  ),
});

/** A device path of this machine, or tcp://host:port as a serial device server gives it. */
const Line = z.string().regex(/^(tcp:\/\/[^/:]+:\d+|\/.+)$/, "expected a device path or tcp://host:port");
const Unit = z.int().min(1).max(247);
const ModbusPlace = {
  modbusTcp: z.object({ host: Id, port: z.int().min(1).max(65_535), unit: Unit }).optional(),
  modbusRtu: z
    .object({
      line: Line,
      unit: Unit,
      baudRate: z.int().default(9_600),
      parity: z.enum(["none", "even", "odd"]).default("none"),
      stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
    })
    .optional(),
};
const mqtt = z.object({ broker: Id.optional(), name: Id.optional() }).default({});
const ofBed = { id: Id, bed: Id };
const ofRoom = { id: Id, room: Id };
const wordOrder = z.enum(wordOrders).default("abcd");

const Device = z.discriminatedUnion("profile", [
  z.object({ profile: z.literal("smart-bed-senml"), ...ofBed, mqtt }),
  z.object({ profile: z.literal("tasmota-hx711"), ...ofBed, mqtt }),
  z.object({ profile: z.literal("bed-text-json"), ...ofBed, mqtt }),
  z.object({ profile: z.literal("xy-md02"), ...ofRoom, ...ModbusPlace }),
  z.object({
    profile: z.literal("room-pressure"),
    ...ofRoom,
    ...ModbusPlace,
    isSignInverted: z.boolean().default(false),
  }),
  z.object({ profile: z.literal("load-pad-4"), ...ofBed, ...ModbusPlace, wordOrder }),
  z.object({ profile: z.literal("dry-contacts"), ...ofBed, ...ModbusPlace }),
  z.object({ profile: z.literal("masimo-ascii-1"), ...ofBed, serial: Line }),
  z.object({ profile: z.literal("contec-cms50d-plus"), ...ofBed, serial: Line }),
  z.object({ profile: z.literal("nonin-ascii"), ...ofBed, serial: Line }),
]);
export type HospitalDevice = z.infer<typeof Device>;
export type DeviceOf<Profile extends HospitalDevice["profile"]> = Extract<
  HospitalDevice,
  { profile: Profile }
>;
export type RtuPlace = NonNullable<DeviceOf<"xy-md02">["modbusRtu"]>;

/** A hospital as its devices know it. */
export type Hospital = {
  readonly id: string;
  readonly beds: readonly {
    readonly bedId: string;
    /** Its ward file expects less weight than any grown-up has. */
    readonly isForChildren: boolean;
    readonly deciders: readonly { readonly deviceId: string; readonly weight: number }[];
  }[];
  readonly rooms: readonly { readonly roomId: string; readonly isolation: string }[];
  readonly devices: readonly HospitalDevice[];
};

const childrensLoadKgMax = 15;
const profiles: ReadonlySet<string> = new Set(Device.options.map((option) => option.shape.profile.value));

export async function loadHospital(file: string, hospitalId: string): Promise<Hospital> {
  return hospitalOf(await readYaml(file, "ward file", WardFile), hospitalId, `ward file ${file}`);
}

/** From a ward file's content that is at hand already; `source` names it in what is wrong with it. */
export function parseHospital(content: unknown, hospitalId: string, source: string): Hospital {
  const parsed = WardFile.safeParse(content);
  if (!parsed.success) throw new SetupProblem(`${source} is not valid:\n${z.prettifyError(parsed.error)}`);
  return hospitalOf(parsed.data, hospitalId, source);
}

function hospitalOf({ hospitals }: z.infer<typeof WardFile>, hospitalId: string, source: string): Hospital {
  const found = hospitals.find(({ id }) => id === hospitalId);
  if (found === undefined) {
    const known = hospitals.map(({ id }) => id).join(", ");
    throw new SetupProblem(`${source} has no hospital ${hospitalId}; it has ${known}`);
  }
  const ours = found.devices.filter(({ profile }) => profiles.has(profile));
  const devices = z.array(Device).safeParse(ours);
  if (!devices.success) {
    const problems = devices.error.issues.map(({ path: [place, ...field], message }) => {
      return `  ${ours[Number(place)]?.id}: ${field.join(".")}: ${message}`;
    });
    throw new SetupProblem(`${source} is not valid:\n${problems.join("\n")}`);
  }
  const rooms = found.wards.flatMap((ward) => ward.rooms);
  const beds = rooms.flatMap((room) => room.beds);
  const problems = devices.data.flatMap((device) => problemsOf(device, rooms, beds));
  if (problems.length > 0) throw new SetupProblem(`${source} is not valid:\n${problems.join("\n")}`);
  return {
    id: found.id,
    beds: beds.map(({ id, load, occupancyFrom = [] }) => ({
      bedId: id,
      isForChildren: load?.presentAtKg !== undefined && load.presentAtKg < childrensLoadKgMax,
      deciders: occupancyFrom.map(({ device, weight }) => ({ deviceId: device, weight })),
    })),
    rooms: rooms.map(({ id, isolation }) => ({ roomId: id, isolation })),
    devices: devices.data,
  };
}

type Named = readonly { readonly id: string }[];

function problemsOf(device: HospitalDevice, rooms: Named, beds: Named): string[] {
  const [place, known] = "room" in device ? [device.room, rooms] : [device.bed, beds];
  const problems = known.some(({ id }) => id === place)
    ? []
    : [`  ${device.id}: the hospital has no ${place}`];
  if (isModbus(device)) {
    const ways = [device.modbusTcp, device.modbusRtu].filter((way) => way !== undefined).length;
    if (ways !== 1) problems.push(`  ${device.id}: expected one of modbusTcp and modbusRtu, got ${ways}`);
  }
  return problems;
}

export type ModbusHospitalDevice = DeviceOf<"xy-md02" | "room-pressure" | "load-pad-4" | "dry-contacts">;
export type SerialHospitalDevice = DeviceOf<"masimo-ascii-1" | "contec-cms50d-plus" | "nonin-ascii">;
export type MqttHospitalDevice = Exclude<HospitalDevice, ModbusHospitalDevice | SerialHospitalDevice>;

export function isModbus(device: HospitalDevice): device is ModbusHospitalDevice {
  return ["xy-md02", "room-pressure", "load-pad-4", "dry-contacts"].includes(device.profile);
}

export function isSerial(device: HospitalDevice): device is SerialHospitalDevice {
  return "serial" in device;
}

export function isMqtt(device: HospitalDevice): device is MqttHospitalDevice {
  return "mqtt" in device;
}
