import type { SenmlProfile } from "../profile.ts";

/** The native smart bed: reports on change and every five seconds, with its own time. */
export const smartBedSenml = {
  model: "smart-bed-senml",
  source: "RFC 8428 (SenML); units from the IANA SenML Units registry; topics in docs/architecture.md",
  protocol: "mqtt-senml",
  expectedIntervalMs: 5_000,
  metrics: ["occupancy", "load", "side-rail", "bed-brake", "battery", "cleaning"],
} as const satisfies SenmlProfile;
