/** Hospitals of a few beds, through the real ward-file schema. */
import { type HospitalWards, WardFile } from "../../config/ward.ts";
import { BedId, DeviceId, RoomId } from "../../contracts/wire/ids.ts";
import { PROFILES } from "../../devices/profiles.ts";
import {
  type BedPlace,
  buildTopology,
  type RoomPlace,
  type Topology,
} from "../../gateway/commissioning/topology.ts";

export const BED = BedId.parse("bed-1");
export const BED_DEVICE = DeviceId.parse("smart-bed-1");
export const MONITOR = DeviceId.parse("monitor-1");
export const ROOM = RoomId.parse("room-1");
export const CLIMATE = DeviceId.parse("climate-1");
/** Only where a bed or room is asked to have them. */
export const MAT = DeviceId.parse("mat-1");
export const PAD = DeviceId.parse("pad-1");
export const PRESSURE = DeviceId.parse("pressure-1");

export type SmallDecider = {
  readonly device: DeviceId;
  readonly metric: "occupancy" | "load" | "pulse-rate";
  readonly weight?: number;
};

export type SmallHospital = {
  /** Which metric decides; null: the bed has no sensor. `pulse-rate` comes from the monitor. */
  readonly decides?: "occupancy" | "load" | "pulse-rate" | null;
  /** Several sources instead, each with its weight. */
  readonly deciders?: readonly SmallDecider[];
  /** The room has a pressure sensor with a door contact, too. */
  readonly isolation?: "negative-pressure" | "positive-pressure";
  readonly withoutClimateLimits?: boolean;
  readonly debounce?: { presentMs?: number; absentMs?: number };
  readonly expectedIntervalMs?: number;
  readonly climateDebounceMs?: number;
  readonly declared?: { service?: string; staffing?: string; infection?: string };
  readonly roomId?: string;
  readonly label?: string;
  /** Beds of the second room, each with a smart bed of its own. */
  readonly moreBeds?: number;
  readonly withoutBed?: boolean;
};

/** One bed with its smart bed and a monitor, in a room with a climate sensor. */
export function hospital(small: SmallHospital = {}): HospitalWards {
  const { decides = "occupancy", debounce, roomId = ROOM, moreBeds = 0 } = small;
  const interval =
    small.expectedIntervalMs === undefined ? {} : { expectedIntervalMs: small.expectedIntervalMs };
  const decider = decides === "pulse-rate" ? MONITOR : BED_DEVICE;
  const one = decides === null ? [] : [{ device: decider, metric: decides }];
  const deciders = small.deciders ?? one;
  const has = (device: DeviceId) => deciders.some((decider) => decider.device === device);
  const modbusTcp = { host: "127.0.0.1", port: 15020 };
  const more = Array.from({ length: moreBeds }, (_, index) => `${index + 2}`);
  const bed = {
    id: BED,
    label: small.label ?? "1A",
    ...(deciders.length === 0 ? {} : { occupancyFrom: deciders }),
    ...(debounce === undefined ? {} : { debounce }),
  };
  const file = {
    hospitals: [
      {
        id: "north",
        name: "North",
        wards: [
          {
            id: "ward-1",
            name: "Medical",
            assignmentSource: "none",
            declared: small.declared ?? {},
            rooms: [
              {
                id: roomId,
                name: "Room 1",
                ...(small.isolation === undefined ? {} : { isolation: small.isolation }),
                ...(small.withoutClimateLimits
                  ? {}
                  : {
                      climateLimits: {
                        temperatureCelMin: 21,
                        temperatureCelMax: 24,
                        relativeHumidityPctMax: 60,
                        debounceMs: small.climateDebounceMs ?? 30_000,
                      },
                    }),
                beds: small.withoutBed ? [] : [bed],
              },
              {
                id: "room-more",
                name: "Room 2",
                beds: more.map((number) => ({
                  id: `bed-${number}`,
                  label: number,
                  occupancyFrom: { device: `smart-bed-${number}`, metric: "occupancy" },
                  ...(debounce === undefined ? {} : { debounce }),
                })),
              },
            ],
          },
        ],
        devices: [
          ...(small.withoutBed
            ? []
            : [
                { id: BED_DEVICE, profile: "smart-bed-senml", bed: BED, ...interval },
                {
                  id: MONITOR,
                  profile: "masimo-ascii-1",
                  bed: BED,
                  serial: "tcp://127.0.0.1:16001",
                  ...interval,
                },
              ]),
          {
            id: CLIMATE,
            profile: "xy-md02",
            room: roomId,
            modbusTcp: { ...modbusTcp, unit: 1 },
          },
          ...(has(PAD)
            ? [
                {
                  id: PAD,
                  profile: "load-pad-4",
                  bed: BED,
                  modbusTcp: { ...modbusTcp, unit: 2 },
                  ...interval,
                },
              ]
            : []),
          ...(has(MAT)
            ? [
                {
                  id: MAT,
                  profile: "dry-contacts",
                  bed: BED,
                  modbusTcp: { ...modbusTcp, unit: 3 },
                  ...interval,
                },
              ]
            : []),
          ...(small.isolation === undefined
            ? []
            : [
                {
                  id: PRESSURE,
                  profile: "room-pressure",
                  room: roomId,
                  modbusTcp: { ...modbusTcp, unit: 4 },
                },
              ]),
          ...more.map((number) => ({
            id: `smart-bed-${number}`,
            profile: "smart-bed-senml",
            bed: `bed-${number}`,
            ...interval,
          })),
        ],
      },
    ],
  };
  return expectOne(WardFile.parse(file).hospitals);
}

export function topology(small: SmallHospital = {}): Topology {
  return buildTopology(hospital(small), PROFILES);
}

export const bedPlace = (small: SmallHospital = {}): BedPlace =>
  expectOne([...topology(small).beds.values()]);
export const roomPlace = (small: SmallHospital = {}): RoomPlace => {
  const room = topology(small).rooms.get(ROOM);
  if (room === undefined) throw new Error(`expected ${ROOM}`);
  return room;
};

function expectOne<Item>(items: readonly Item[]): Item {
  const [first] = items;
  if (first === undefined || items.length > 1) throw new Error(`expected one, got ${items.length}`);
  return first;
}
