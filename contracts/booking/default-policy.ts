/** How a hospital books that has not said how. */
import type { HospitalPolicyBody } from "../wire/ward-desk.ts";

/** Cleaning: 45 minutes after a routine discharge, 150 after isolation, as hospitals' housekeeping publishes its targets. */
export const DEFAULT_POLICY: HospitalPolicyBody = {
  latitude: null,
  longitude: null,
  autoAccept: false,
  holdMinutes: { emergency: 15, urgent: 20, routine: 30 },
  arrivalMinutes: 240,
  cleaningMinutes: { routine: 45, terminal: 150 },
};
