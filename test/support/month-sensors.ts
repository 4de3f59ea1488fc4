/** The sensors of a hospital of the ward file, and what each of them says when. Pure. */
import type { HospitalWards, WardFileBed, WardFileRoom } from "../../config/ward.ts";
import { METRICS, type MetricName } from "../../contracts/metrics/catalogue.ts";
import type { DeviceId, RoomId } from "../../contracts/wire/ids.ts";
import { DeviceId as DeviceIdSchema } from "../../contracts/wire/ids.ts";
import type { BadReason } from "../../contracts/wire/reading.ts";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import { seeded } from "../prove/salvage/seeded.ts";
import { bedStays, isWithin, type Period, type Stay } from "./bed-stays.ts";
import { dayRhythm, noise, vitalAt } from "./patient-vitals.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Undefined: it says nothing at that moment. */
export type Said =
  | { readonly value: number | boolean | null; readonly badReason: BadReason | null }
  | undefined;

export type Sensor = {
  readonly facts: SeriesFacts;
  readonly lane: "vitals" | "environment";
  /** Of the hospital's pace, how many times as slow. */
  readonly pace: number;
  said(atMs: number): Said;
};

export type MonthBed = {
  readonly bed: WardFileBed;
  readonly room: WardFileRoom;
  readonly ward: HospitalWards["wards"][number];
  /** Measures the patient, while there is one. */
  readonly monitorId: DeviceId;
  readonly stays: readonly Stay[];
};

export type Month = Period & { readonly seed: number };

/** One scale of the house grows heavier by so much a day, from the tenth day on. */
const DRIFT_KG_PER_DAY = 0.4;
export const DRIFTING_BED = 8;
export const DRIFT_FROM_DAY = 10;
/** One climate sensor says the same for the last days. */
export const STUCK_ROOM = 2;
export const STUCK_LAST_DAYS = 4;
/** One room grows too warm on some afternoons. */
export const WARM_ROOM = 5;
export const WARM_DAYS: readonly number[] = [19, 20, 21, 22];

const AT_MONITOR: readonly (readonly [MetricName, number])[] = [
  ["heart-rate", 1],
  ["spo2", 1],
  ["respiratory-rate", 1],
  ["body-temperature", 30],
  ["systolic-pressure", 30],
  ["diastolic-pressure", 30],
];

export function monthBeds(hospital: HospitalWards, { fromMs, toMs, seed }: Month): MonthBed[] {
  const rooms = hospital.wards.flatMap((ward) => ward.rooms.map((room) => ({ ward, room })));
  return rooms
    .flatMap(({ ward, room }) => room.beds.map((bed) => ({ ward, room, bed })))
    .map(({ ward, room, bed }, n) => ({
      ward,
      room,
      bed,
      monitorId: DeviceIdSchema.parse(bed.id.replace("-bed-", "-vitals-")),
      stays: bedStays({
        random: seeded(seed * 1_000 + n),
        fromMs,
        toMs,
        areChildren: ward.id.endsWith("children"),
      }),
    }));
}

export function monthSensors(hospital: HospitalWards, beds: readonly MonthBed[], month: Month): Sensor[] {
  const rooms = hospital.wards.flatMap((ward) => ward.rooms);
  return [
    ...beds.flatMap((bed, n) => [...monitorOf(bed, n, month), ...bedSensors(bed, n, month)]),
    ...rooms.flatMap((room, n) => climateOf(hospital, room.id, n, month)),
  ];
}

function monitorOf({ bed, monitorId, stays }: MonthBed, n: number, { fromMs, toMs, seed }: Month): Sensor[] {
  const unplugged = unpluggedTimes(seeded(seed * 77 + n), fromMs, toMs);
  return AT_MONITOR.map(([metric, pace], m) => {
    const own = seed * 10_000 + n * 10 + m;
    return {
      facts: { deviceId: monitorId, bedId: bed.id, roomId: null, metric, unit: METRICS[metric].ucum },
      lane: "vitals" as const,
      pace,
      said(atMs) {
        const stay = stays.find((one) => isWithin(atMs, one));
        if (stay === undefined || stay.walks.some((walk) => isWithin(atMs, walk))) return undefined;
        if (unplugged.some((time) => isWithin(atMs, time))) return undefined;
        const chance = noise(own + 3, Math.floor(atMs / 1_000));
        if (metric === "spo2" && chance > 0.997) return { value: null, badReason: null };
        if (metric === "heart-rate" && chance > 0.998) return { value: 312, badReason: "out-of-range" };
        return { value: vitalAt(metric, stay.patient, own, atMs), badReason: null };
      },
    };
  });
}

function unpluggedTimes(random: () => number, fromMs: number, toMs: number): Period[] {
  return Array.from({ length: 3 }, () => {
    const atMs = fromMs + random() * (toMs - fromMs - DAY_MS);
    return { fromMs: atMs, toMs: atMs + (0.5 + random() * 6) * HOUR_MS };
  });
}

/** What decides whether somebody is in the bed. */
function bedSensors({ bed, stays }: MonthBed, n: number, { fromMs, seed }: Month): Sensor[] {
  return (bed.occupancyFrom ?? []).flatMap(({ device, metric }): Sensor[] => {
    if (metric === "pulse-rate") return [];
    const facts = { deviceId: device, bedId: bed.id, roomId: null, metric, unit: METRICS[metric].ucum };
    const said = (atMs: number): Said => {
      const stay = stays.find(
        (one) => isWithin(atMs, one) && !one.walks.some((walk) => isWithin(atMs, walk)),
      );
      if (metric === "occupancy") return { value: stay !== undefined, badReason: null };
      const days = Math.max(0, (atMs - fromMs) / DAY_MS - DRIFT_FROM_DAY);
      const drift = n === DRIFTING_BED ? DRIFT_KG_PER_DAY * days : 0;
      const jitter = 0.15 * noise(seed + n, Math.floor(atMs / 1_000));
      const kg = (stay === undefined ? 0.2 : stay.patient.weightKg) + drift + jitter;
      return { value: Number(kg.toFixed(1)), badReason: null };
    };
    return [{ facts, lane: "vitals", pace: 5, said }];
  });
}

function climateOf(hospital: HospitalWards, roomId: RoomId, n: number, { fromMs, toMs, seed }: Month) {
  const sensors: Sensor[] = [];
  for (const { id: deviceId, room, profile } of hospital.devices) {
    if (room !== roomId) continue;
    const add = (metric: MetricName, of: (atMs: number, quick: number) => number) =>
      sensors.push({
        facts: { deviceId, bedId: null, roomId, metric, unit: METRICS[metric].ucum },
        lane: "environment",
        pace: 5,
        said: (atMs) => {
          const quick = noise(seed * 31 + n, Math.floor(atMs / 10_000));
          return { value: Number(of(atMs, quick).toFixed(1)), badReason: null };
        },
      });
    if (profile === "xy-md02") {
      add("room-temperature", (atMs, quick) => {
        const isStuck = n === STUCK_ROOM && atMs > toMs - STUCK_LAST_DAYS * DAY_MS;
        if (isStuck) return 22.6;
        const warmth = n === WARM_ROOM && isWarm(atMs, fromMs) ? 2.4 : 0;
        return 22.4 + 0.7 * dayRhythm(atMs) + 0.15 * quick + warmth;
      });
      add("relative-humidity", (atMs, quick) => 46 + 5 * dayRhythm(atMs + 6 * HOUR_MS) + 1.5 * quick);
    }
    if (profile === "room-pressure") {
      const sign = roomId.endsWith("7") ? -1 : 1;
      add("differential-pressure", (_atMs, quick) => sign * (8 + 1.2 * quick));
    }
  }
  return sensors;
}

/** From one to five on its days. */
export function isWarm(atMs: number, fromMs: number): boolean {
  const hour = new Date(atMs).getUTCHours();
  return WARM_DAYS.includes(Math.floor((atMs - fromMs) / DAY_MS)) && hour >= 13 && hour < 17;
}
