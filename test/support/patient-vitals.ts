/** What a monitor says of a patient at a moment: a day's rhythm, slow changes, noise, and an illness that comes and goes. Pure. */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { Patient } from "./bed-stays.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** From -1 to 1, the same for the same numbers. */
export function noise(seed: number, n: number): number {
  let mixed = Math.imul((seed ^ 0x9e3779b9) + n, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2_147_483_648 - 1;
}

/** From -1 to 1 and back within a day, highest in the afternoon. */
export const dayRhythm = (atMs: number) => Math.sin(((atMs % DAY_MS) / DAY_MS - 0.4) * 2 * Math.PI);

/** Between -1 and 1, with no jump. */
function slowly(seed: number, atMs: number, everyMs: number): number {
  const place = atMs / everyMs;
  const from = Math.floor(place);
  const part = (1 - Math.cos((place - from) * Math.PI)) / 2;
  return noise(seed, from) * (1 - part) + noise(seed, from + 1) * part;
}

/** 0: well, 1: as bad as it gets. */
function illnessAt({ illness }: Patient, atMs: number): number {
  if (illness === null || atMs < illness.fromMs || atMs > illness.toMs) return 0;
  return Math.sin(((atMs - illness.fromMs) / (illness.toMs - illness.fromMs)) * Math.PI);
}

export function vitalAt(metric: MetricName, patient: Patient, seed: number, atMs: number): number {
  const ill = illnessAt(patient, atMs);
  const slow = slowly(seed, atMs, 0.6 * HOUR_MS);
  const quick = noise(seed + 7, Math.floor(atMs / 1_000));
  const day = dayRhythm(atMs);
  switch (metric) {
    case "heart-rate":
      return Math.round(patient.heartRate + 6 * day + 7 * slow + 2 * quick + 38 * ill);
    case "spo2":
      return Math.min(100, Math.round(patient.spo2Pct + 0.9 * slow + 0.5 * quick - 8 * ill));
    case "respiratory-rate":
      return Math.round(patient.breathsPerMin + 1.5 * day + 1.6 * slow + quick + 10 * ill);
    case "body-temperature":
      return Number((36.7 + 0.3 * day + 0.15 * slow + 2 * ill).toFixed(1));
    case "systolic-pressure":
      return Math.round(patient.systolicMmHg + 8 * day + 8 * slow + 3 * quick - 24 * ill);
    case "diastolic-pressure":
      return Math.round(patient.systolicMmHg * 0.62 + 4 * day + 5 * slow + 2 * quick - 12 * ill);
    default:
      throw new Error(`${metric} is nothing that this monitor measures`);
  }
}
