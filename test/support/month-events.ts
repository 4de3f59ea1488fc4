/** What happens to the beds of a hospital over a month: put into service, used, left, cleaned, and what their sensors lack. Pure. */
import type { HospitalWards } from "../../config/ward.ts";
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import {
  DRIFT_FROM_DAY,
  DRIFTING_BED,
  type Month,
  type MonthBed,
  STUCK_LAST_DAYS,
  STUCK_ROOM,
  WARM_DAYS,
  WARM_ROOM,
} from "./month-sensors.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONITOR_INTERVAL_MS = 60_000;
const BED_INTERVAL_MS = 300_000;
/** Changed evidence has to last before it becomes the status. */
const PRESENT_AFTER_MS = 5_000;
const ABSENT_AFTER_MS = 30_000;

/** In the order in which they happened, through `toMs`. */
export function monthEvents(hospital: HospitalWards, beds: readonly MonthBed[], month: Month): BedEvent[] {
  const rooms = hospital.wards.flatMap((ward) => ward.rooms);
  const events = beds.flatMap((bed, n) => [
    ...beginning(bed, month.fromMs),
    ...used(bed),
    ...conditions(bed, rooms.indexOf(bed.room), month),
    ...findings(bed, n, rooms.indexOf(bed.room), hospital, month),
  ]);
  return events
    .filter(({ observedAtMs }) => observedAtMs <= month.toMs)
    .sort((left, right) => left.observedAtMs - right.observedAtMs);
}

function beginning({ bed, room, ward, monitorId }: MonthBed, atMs: number): BedEvent[] {
  const deciders = bed.occupancyFrom ?? [];
  const limits = room.climateLimits;
  const by = { kind: "declaration", who: "ward file" };
  const change = (axis: string, to: string) =>
    event(`${axis}-changed`, bed.id, atMs, { to, by, evidence: [] });
  return [
    event("bed-commissioned", bed.id, atMs, {
      wardId: ward.id,
      wardName: ward.name,
      roomId: room.id,
      roomName: room.name,
      label: bed.label,
      assignmentSource: ward.assignmentSource,
      roomIsolation: room.isolation,
      roomLimits:
        limits === undefined
          ? []
          : [
              { metric: "room-temperature", min: limits.temperatureCelMin, max: limits.temperatureCelMax },
              { metric: "relative-humidity", min: null, max: limits.relativeHumidityPctMax },
            ],
      sources: [
        { deviceId: monitorId, expectedIntervalMs: MONITOR_INTERVAL_MS, decides: null },
        ...[...new Set(deciders.map(({ device }) => device))].map((deviceId) => ({
          deviceId,
          expectedIntervalMs: BED_INTERVAL_MS,
          decides: deciders.find(({ device }) => device === deviceId)?.metric ?? null,
        })),
      ],
    }),
    change("service", ward.declared.service),
    change("staffing", ward.declared.staffing),
    change("infection", ward.declared.infection),
    change("readiness", "clean"),
    change("occupancy", deciders.length === 0 ? "unknown" : "absent"),
  ];
}

function used({ bed, stays }: MonthBed): BedEvent[] {
  const decider = bed.occupancyFrom?.[0];
  if (decider === undefined) return [];
  const bySensor = { kind: "sensor", deviceId: decider.device };
  const byHousekeeping = { kind: "declaration", who: "housekeeping" };
  const occupancy = (to: string, atMs: number) =>
    event("occupancy-changed", bed.id, atMs, { to, by: bySensor, evidence: [] });
  const readiness = (to: string, atMs: number, by: object) =>
    event("readiness-changed", bed.id, atMs, { to, by, evidence: [] });
  return stays.flatMap(({ fromMs, toMs, walks, cleaning }) => [
    occupancy("present", fromMs + PRESENT_AFTER_MS),
    readiness("dirty", fromMs + PRESENT_AFTER_MS, bySensor),
    ...walks.flatMap((walk) => [
      occupancy("absent", walk.fromMs + ABSENT_AFTER_MS),
      occupancy("present", walk.toMs + PRESENT_AFTER_MS),
    ]),
    occupancy("absent", toMs + ABSENT_AFTER_MS),
    readiness("cleaning", cleaning.fromMs, byHousekeeping),
    readiness("clean", cleaning.toMs, byHousekeeping),
  ]);
}

function conditions({ bed, room }: MonthBed, roomPlace: number, { fromMs }: Month): BedEvent[] {
  if (room.climateLimits === undefined) return [];
  const by = { kind: "declaration", who: "climate sensor" };
  const say = (to: string, atMs: number) =>
    event("room-condition-changed", bed.id, atMs, { to, by, evidence: [] });
  const warm = roomPlace !== WARM_ROOM ? [] : WARM_DAYS;
  // Days are counted from the month's beginning, hours by the clock.
  return [
    say("within-limits", fromMs + MINUTE_MS),
    ...warm.flatMap((day) => {
      const midnightMs = Math.ceil((fromMs + day * DAY_MS) / DAY_MS) * DAY_MS;
      return [
        say("out-of-limits", midnightMs + 13 * HOUR_MS + MINUTE_MS),
        say("within-limits", midnightMs + 17 * HOUR_MS + MINUTE_MS),
      ];
    }),
  ];
}

function findings(
  { bed, room }: MonthBed,
  n: number,
  roomPlace: number,
  hospital: HospitalWards,
  { fromMs, toMs }: Month,
): BedEvent[] {
  const found: BedEvent[] = [];
  const scale = bed.occupancyFrom?.find(({ metric }) => metric === "load");
  if (n === DRIFTING_BED && scale !== undefined) {
    const sinceMs = fromMs + DRIFT_FROM_DAY * DAY_MS;
    const detail = "Its empty bed grows heavier by 0.4 kg a day. Tare it with nobody in the bed.";
    const finding = {
      deviceId: scale.device,
      metric: "load",
      kind: "drifting",
      sinceMs,
      detail,
      evidence: [],
    };
    found.push(
      event("sensor-findings-changed", bed.id, sinceMs + 5 * DAY_MS, {
        findings: [finding],
      }),
    );
  }
  const climate = hospital.devices.find((device) => device.room === room.id && device.profile === "xy-md02");
  if (roomPlace === STUCK_ROOM && climate !== undefined) {
    const sinceMs = toMs - STUCK_LAST_DAYS * DAY_MS;
    const detail = "It has said 22.6 Cel for a day and more. Look at the sensor and its cable.";
    const finding = {
      deviceId: climate.id,
      metric: "room-temperature",
      kind: "stuck",
      sinceMs,
      detail,
      evidence: [],
    };
    found.push(event("sensor-findings-changed", bed.id, sinceMs + DAY_MS, { findings: [finding] }));
  }
  return found;
}

function event(kind: string, bedId: string, atMs: number, fields: object): BedEvent {
  const whole = Math.floor(atMs);
  return BedEvent.parse({ kind, bedId, observedAtMs: whole, receivedAtMs: whole, ...fields });
}
