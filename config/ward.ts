/**
 * A ward file: which beds stand in which rooms, which devices speak for them, and what their wards declare.
 * It holds no secret. An example is config/demo/ward.yaml.
 */
import * as z from "zod";
import { AXIS_VALUES } from "../contracts/bed/axes.ts";
import { AssignmentSource, DECIDING_METRICS, ROOM_ISOLATIONS } from "../contracts/wire/bed-event.ts";
import { BedId, DeviceId, HospitalId, RoomId, WardId } from "../contracts/wire/ids.ts";
import { WORD_ORDERS } from "../contracts/wire/word-order.ts";

const name = z.string().min(1).max(128);

/** What the ward answers for until somebody says otherwise: whether its beds are open, staffed and free of infection. */
const Declared = z
  .strictObject({
    service: z.enum(AXIS_VALUES.service).default("unknown"),
    staffing: z.enum(AXIS_VALUES.staffing).default("unknown"),
    infection: z.enum(AXIS_VALUES.infection).default("unknown"),
  })
  .prefault({});

/** How long changed evidence must last before it becomes the status. */
const Debounce = z
  .strictObject({
    presentMs: z.int().min(0).max(600_000).default(5_000),
    absentMs: z.int().min(0).max(600_000).default(30_000),
  })
  .prefault({});

/** Weight at which an empty bed becomes occupied, and at which an occupied one becomes empty; between them nothing changes. */
const LoadThresholds = z
  .strictObject({
    presentAtKg: z.number().min(1).max(200).default(25),
    absentAtKg: z.number().min(0).max(200).default(12),
  })
  .refine((load) => load.absentAtKg < load.presentAtKg, {
    message: "absentAtKg must be below presentAtKg, or the status flaps between them",
  })
  .prefault({});

/** `pulse-rate`: a pulse proves an occupant, no pulse proves nothing. `weight`: how much it counts beside the others. */
const Decider = z.strictObject({
  device: DeviceId,
  metric: z.enum(DECIDING_METRICS),
  weight: z.number().min(0.1).max(10).optional(),
});
export type WardFileDecider = z.infer<typeof Decider>;

const Bed = z.strictObject({
  id: BedId,
  /** As it is written on the bed, for example 12A. */
  label: z.string().min(1).max(32),
  /** Who has a say in whether somebody is in the bed: one source, or several. Left out: the bed has no sensor. */
  occupancyFrom: z
    .union([Decider.transform((decider) => [decider]), z.array(Decider).min(1).max(8)])
    .optional(),
  debounce: Debounce,
  load: LoadThresholds,
});

const ClimateLimits = z
  .strictObject({
    temperatureCelMin: z.number().min(-10).max(60),
    temperatureCelMax: z.number().min(-10).max(60),
    relativeHumidityPctMax: z.number().min(0).max(100),
    /** How far back inside the limits a value must be to count as inside again. */
    temperatureCelBand: z.number().min(0).max(5).default(0.3),
    relativeHumidityPctBand: z.number().min(0).max(20).default(2),
    debounceMs: z.int().min(0).max(3_600_000).default(30_000),
  })
  .refine((limits) => limits.temperatureCelMin < limits.temperatureCelMax, {
    message: "temperatureCelMin must be below temperatureCelMax",
  });

/** For an isolation room: how far below (negative) or above (positive pressure) the corridor it must be, and for how long. */
const PressureLimits = z.strictObject({
  /** ASHRAE 170 and CDC: at least 2.5 Pa, 0.01 inch of water. */
  differencePaMin: z.number().min(0).max(100).default(2.5),
  /** How far past the limit the median must be to count as good again. */
  bandPa: z.number().min(0).max(20).default(0.5),
  medianOverMs: z.int().min(0).max(600_000).default(30_000),
  /** An open door equalises the room; for so long after it closes, the pressure says nothing about the room. */
  doorGraceMs: z.int().min(0).max(600_000).default(60_000),
});

const Room = z.strictObject({
  id: RoomId,
  name,
  climateLimits: ClimateLimits.optional(),
  isolation: z.enum(ROOM_ISOLATIONS).default("none"),
  pressureLimits: PressureLimits.prefault({}),
  beds: z.array(Bed).default([]),
});

const Ward = z.strictObject({
  id: WardId,
  name,
  /** Who knows whether a bed has a claim: nobody, the booking service, or the hospital's ADT feed. */
  assignmentSource: AssignmentSource,
  declared: Declared,
  rooms: z.array(Room).min(1),
});

const ModbusTcp = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(502),
  unit: z.int().min(1).max(247),
});

const tcpAddress = z
  .string()
  .regex(/^tcp:\/\/[\w.-]+:\d{1,5}$/)
  .refine((address) => Number(address.split(":").at(-1)) <= 65_535);
const devicePath = z.string().regex(/^\/[\w./:@-]+$/);
/** A port of this machine, or of a serial device server that passes bytes on as they are. */
const LineAddress = z.union([tcpAddress, devicePath], {
  error: "expected a device path such as /dev/ttyUSB0, or tcp://host:port",
});

/** One RS-485 line; every unit on it has to name the same settings. */
const ModbusRtu = z.strictObject({
  line: LineAddress,
  unit: z.int().min(1).max(247),
  baudRate: z.int().min(300).max(1_000_000).default(9_600),
  parity: z.enum(["none", "even", "odd"]).default("none"),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
});

/** How an MQTT device reaches the gateway, where it does not simply connect to it under its own id. */
const MqttPlace = z.strictObject({
  /** A broker named in the gateway's configuration; left out: the gateway's own. */
  broker: z.string().min(1).max(64).optional(),
  /** What stands for {device} in the profile's topic; left out: the device's id. */
  name: z
    .string()
    .max(128)
    .regex(/^[^/+#\p{Cc}]+$/u, "expected one topic level, without / + and #")
    .optional(),
});

const Device = z
  .strictObject({
    id: DeviceId,
    /** A model in devices/profiles. */
    profile: z.string().min(1).max(64),
    bed: BedId.optional(),
    room: RoomId.optional(),
    modbusTcp: ModbusTcp.optional(),
    modbusRtu: ModbusRtu.optional(),
    serial: LineAddress.optional(),
    mqtt: MqttPlace.optional(),
    /** Of 32-bit registers, where this device differs from its profile. */
    wordOrder: z.enum(WORD_ORDERS).optional(),
    /** The sensor is mounted the other way round: the sign of its pressure is turned. */
    isSignInverted: z.boolean().default(false),
    /** Time between two reports, where it differs from the profile's. */
    expectedIntervalMs: z.int().min(100).max(3_600_000).optional(),
  })
  .refine((device) => (device.bed === undefined) !== (device.room === undefined), {
    message: "expected exactly one of bed and room",
  });

const HospitalWards = z.strictObject({
  id: HospitalId,
  name,
  wards: z.array(Ward).min(1),
  devices: z.array(Device),
});
export type HospitalWards = z.infer<typeof HospitalWards>;
export type WardFileDevice = z.infer<typeof Device>;
export type WardFileBed = z.infer<typeof Bed>;
export type WardFileRoom = z.infer<typeof Room>;

export const WardFile = z.strictObject({ hospitals: z.array(HospitalWards).min(1) }).check((context) => {
  const seen = new Map<string, string>();
  const problem = (message: string, path: PropertyKey[]) =>
    context.issues.push({ code: "custom", message, path, input: context.value });
  const claim = (kind: string, id: string, path: PropertyKey[]) => {
    const key = `${kind} ${id}`;
    if (seen.has(key)) problem(`${kind} ${id} is declared twice`, path);
    seen.set(key, id);
  };
  for (const [h, hospital] of context.value.hospitals.entries()) {
    const path = ["hospitals", h];
    claim("hospital", hospital.id, path);
    for (const [d, device] of hospital.devices.entries()) claim("device", device.id, [...path, "devices", d]);
    const rooms = hospital.wards.flatMap((ward) => ward.rooms);
    const beds = rooms.flatMap((room) => room.beds);
    for (const ward of hospital.wards) claim("ward", ward.id, [...path, "wards"]);
    for (const room of rooms) claim("room", room.id, [...path, "wards"]);
    for (const bed of beds) claim("bed", bed.id, [...path, "wards"]);
    for (const [d, device] of hospital.devices.entries()) {
      const at = [...path, "devices", d];
      if (device.bed !== undefined && !beds.some((bed) => bed.id === device.bed))
        problem(`device ${device.id} speaks for bed ${device.bed}, which no room holds`, at);
      if (device.room !== undefined && !rooms.some((room) => room.id === device.room))
        problem(`device ${device.id} speaks for room ${device.room}, which no ward holds`, at);
    }
    for (const bed of beds) {
      const deciders = bed.occupancyFrom ?? [];
      for (const { device: decider } of deciders) {
        const device = hospital.devices.find((candidate) => candidate.id === decider);
        if (device?.bed !== bed.id)
          problem(
            `bed ${bed.id} takes its occupancy from ${decider}, which is not a device of that bed`,
            path,
          );
      }
      // What one device derives from one sensor is one opinion, under however many names it says it.
      if (new Set(deciders.map(({ device }) => device)).size < deciders.length)
        problem(`bed ${bed.id} names one device twice in occupancyFrom`, path);
    }
  }
});
export type WardFile = z.infer<typeof WardFile>;
