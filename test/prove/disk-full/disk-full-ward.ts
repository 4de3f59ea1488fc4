/** Beds that report as fast as they may, and a few that somebody gets into and out of all the time. */
import { randomBytes } from "node:crypto";

const TALKERS = 30;
const RESTLESS = 4;
/** Each message's number is in its value, below ten kilograms. */
const MESSAGES_MAX = 10_000_000;
const PER_KG = 1_000_000;
const FRAMES_IN_BED = 3;
const OCCUPIED_KG = 70;
const TALKER_KG = 20;

export const TALKER_IDS: readonly string[] = Array.from({ length: TALKERS }, (_, n) => `talker-${n}`);
export const RESTLESS_IDS: readonly string[] = Array.from({ length: RESTLESS }, (_, n) => `restless-${n}`);

export function weightOf(deviceId: string, n: number): number {
  if (n >= MESSAGES_MAX) throw new Error(`expected fewer than ${MESSAGES_MAX} messages of one device`);
  const isIn = Math.floor(n / FRAMES_IN_BED) % 2 === 1;
  const base = TALKER_IDS.includes(deviceId) ? TALKER_KG : isIn ? OCCUPIED_KG : 0;
  return Number((base + n / PER_KG).toFixed(6));
}

export const messageOf = (weight: number): number => Math.round((weight % 10) * PER_KG);

export function payloadOf(deviceId: string, n: number): Buffer {
  const record = {
    bn: `urn:dev:ops:32473-${deviceId}:`,
    bt: Date.now() / 1_000,
    n: "load",
    u: "kg",
    v: weightOf(deviceId, n),
  };
  return Buffer.from(JSON.stringify([record]));
}

export function diskFullWard() {
  const ids = [...TALKER_IDS, ...RESTLESS_IDS];
  const bedOf = (id: string) => `bed-${id}`;
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms: [
      {
        id: "beds",
        name: "Beds",
        beds: ids.map((id) => ({ id: bedOf(id), label: id, occupancyFrom: { device: id, metric: "load" } })),
      },
    ],
  };
  const devices = ids.map((id) => ({ id, profile: "smart-bed-senml", bed: bedOf(id) }));
  return {
    ward: { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] },
    deviceKeys: new Map(ids.map((id) => [id, randomBytes(16).toString("base64url")])),
  };
}
