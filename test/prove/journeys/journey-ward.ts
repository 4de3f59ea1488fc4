/** A hospital with two intensive beds and four general ones, each told of by a smart bed over MQTT. */
import { randomBytes } from "node:crypto";

export const HOSPITAL = "prove";
export const INTENSIVE_BEDS = ["icu-1", "icu-2"] as const;
export const GENERAL_BEDS = ["general-1", "general-2", "general-3", "general-4"] as const;
export const BEDS = [...INTENSIVE_BEDS, ...GENERAL_BEDS] as const;
export type JourneyBed = (typeof BEDS)[number];

export const deviceOf = (bedId: JourneyBed) => `dev-${bedId}`;
/** Status changes at once, so that what is measured is the way and not the wait. */
const AT_ONCE = { presentMs: 0, absentMs: 0 };

const wardOf = (id: string, name: string, beds: readonly JourneyBed[]) => ({
  id,
  name,
  assignmentSource: "bookings",
  declared: { service: "open", staffing: "staffed", infection: "none" },
  rooms: [
    {
      id: `room-${id}`,
      name: `Room ${name}`,
      beds: beds.map((bedId) => ({
        id: bedId,
        label: bedId,
        occupancyFrom: { device: deviceOf(bedId), metric: "occupancy" },
        debounce: AT_ONCE,
      })),
    },
  ],
});

export function journeyWard() {
  const devices = BEDS.map((bedId) => ({ id: deviceOf(bedId), profile: "smart-bed-senml", bed: bedId }));
  const wards = [
    wardOf("intensive", "Intensive", INTENSIVE_BEDS),
    wardOf("general", "General", GENERAL_BEDS),
  ];
  return {
    ward: { hospitals: [{ id: HOSPITAL, name: "Proving ground", wards, devices }] },
    deviceKeys: new Map(devices.map(({ id }) => [id, randomBytes(32).toString("base64url")])),
  };
}

/** What its administrator imports. */
export const PROFILES_CSV = [
  "bed,level,features,ages,sex,mass_kg_max",
  ...INTENSIVE_BEDS.map((bedId) => `${bedId},intensive,oxygen ventilator-invasive,adult,any,220`),
  ...GENERAL_BEDS.map((bedId) => `${bedId},general,oxygen,adult,any,180`),
].join("\n");
