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

export type SmallHospital = {
  /** Which metric decides; null: the bed has no sensor. `pulse-rate` comes from the monitor. */
  readonly decides?: "occupancy" | "load" | "pulse-rate" | null;
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
  const more = Array.from({ length: moreBeds }, (_, index) => `${index + 2}`);
  const bed = {
    id: BED,
    label: small.label ?? "1A",
    ...(decides === null ? {} : { occupancyFrom: { device: decider, metric: decides } }),
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
                climateLimits: {
                  temperatureCelMin: 21,
                  temperatureCelMax: 24,
                  relativeHumidityPctMax: 60,
                  debounceMs: small.climateDebounceMs ?? 30_000,
                },
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
            modbusTcp: { host: "127.0.0.1", port: 15020, unit: 1 },
          },
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
