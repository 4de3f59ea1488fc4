import type { JsonProfile } from "../profile.ts";

/**
 * A bed sensor that writes every value as text and the time in its own way, which says that it is UTC:
 * `{"sent":"24.11.2024 22:13:20 UTC","bed":{"occupied":"yes","weight":"71.4"},"heart":"64","breath":"-100"}`.
 * −100, −1000 and −10000 are what monitors of several makers write for "no value".
 */
export const bedTextJson = {
  model: "bed-text-json",
  source:
    "Made for this project after warts seen in the field: no maker's format, but each oddity is some maker's",
  protocol: "mqtt-json",
  expectedIntervalMs: 5_000,
  topic: "beds/{device}/state",
  time: { path: "sent", format: "day.month.year hours:minutes:seconds utc" },
  fields: [
    { metric: "occupancy", path: "bed.occupied", type: { true: "yes", false: "no" }, noValue: ["unknown"] },
    { metric: "load", path: "bed.weight", type: "number-as-text", noValue: [-100, -1_000, -10_000, "---"] },
    { metric: "heart-rate", path: "heart", type: "number-as-text", noValue: [-100, -1_000, -10_000, "---"] },
    {
      metric: "respiratory-rate",
      path: "breath",
      type: "number-as-text",
      noValue: [-100, -1_000, -10_000, "---"],
    },
  ],
} as const satisfies JsonProfile;
