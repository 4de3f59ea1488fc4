/**
 * How a bed's state looks and reads on both webs: a word, a shape and a colour, never colour alone. The colours keep
 * their distance (CIE76 ΔE ≥ 20) from each other under normal, protan, deutan and tritan vision; a test computes it.
 */
import type { Badge, DisplayState, Reason, Verification } from "../bed/derive.ts";
import type { Freshness } from "../bed/freshness.ts";

export type Shape = "filled" | "half" | "hollow" | "hatched" | "barred" | "dashed";

export type StateToken = {
  readonly word: string;
  readonly shape: Shape;
  /** CSS hex, on the light and on the dark ground. */
  readonly light: string;
  readonly dark: string;
};

export const GROUND = { light: "#FFFFFF", dark: "#12181F" } as const;

export const STATE_TOKENS: Readonly<Record<DisplayState, StateToken>> = {
  available: { word: "Available", shape: "filled", light: "#15476E", dark: "#6AA2FE" },
  reserved: { word: "Reserved", shape: "half", light: "#400FEF", dark: "#8D39F6" },
  occupied: { word: "Occupied", shape: "hollow", light: "#87939D", dark: "#9CA8B4" },
  cleaning: { word: "Cleaning", shape: "hatched", light: "#A66E0E", dark: "#EFCA56" },
  blocked: { word: "Blocked", shape: "barred", light: "#202329", dark: "#F2F5F7" },
  unknown: { word: "Unknown", shape: "dashed", light: "#CA27B6", dark: "#F311C8" },
};

export const BADGE_WORDS: Readonly<Record<Badge, string>> = {
  settling: "Settling",
  held: "Held",
  away: "Patient away",
  "awaiting-cleaning": "Awaiting cleaning",
  "awaiting-inspection": "Awaiting inspection",
  isolation: "Isolation",
  unstaffed: "Unstaffed",
  "claims-unknown": "Claims not known",
  "empty-undeclared": "Empty, not declared ready",
  "room-out-of-limits": "Room out of limits",
  "sensor-suspect": "Sensor suspect",
  "sensors-disagree": "Sensors disagree",
};

export const VERIFICATION_WORDS: Readonly<Record<Verification, string>> = {
  verified: "Verified",
  conflict: "Conflict",
  stale: "Not verified: stale",
  "no-sensor": "No sensor",
};

export const FRESHNESS_WORDS: Readonly<Record<Freshness, string>> = {
  fresh: "Fresh",
  late: "Late",
  stale: "Stale",
};

/** Why a bed cannot be booked, as a coordinator reads it. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  "service-blocked": "The bed is blocked.",
  "service-closed": "The bed is closed.",
  "service-out-of-service": "The bed is out of service.",
  "service-unknown": "Nobody has declared the bed open.",
  unstaffed: "The bed is not staffed.",
  "staffing-unknown": "Whether the bed is staffed is not known.",
  "readiness-dirty": "The bed awaits cleaning.",
  "readiness-cleaning": "The bed is being cleaned.",
  "readiness-inspect": "The bed awaits inspection.",
  "readiness-unknown": "Whether the bed is clean is not known; it is after its next cleaning.",
  isolated: "The bed is in isolation.",
  contaminated: "The bed is contaminated.",
  "infection-unknown": "Whether the bed is free of infection is not known.",
  "isolation-room-out-of-limits":
    "Its isolation room does not hold its pressure or climate, or is not known to.",
  "assignment-held": "The bed is held for someone.",
  "assignment-reserved": "The bed is reserved.",
  "assignment-assigned": "The bed is assigned.",
  "assignment-admitted": "A patient is admitted to the bed.",
  "assignment-on-leave": "The bed's patient is on leave.",
  "assignment-unknown": "This ward's claims are not connected: somebody may have promised the bed.",
  present: "Somebody is in the bed.",
  "occupancy-unknown": "Its sensors do not say whether somebody is in the bed.",
  settling: "The sensor's word has just changed and has not lasted yet.",
  "no-sensor": "The bed has no sensor that tells whether it is empty.",
  "evidence-stale": "The newest evidence is too old.",
  "gateway-silent": "The hospital's gateway is silent.",
  "conflict-ghost": "A patient is admitted, yet the bed has long been empty.",
  "conflict-squat": "Somebody is in the bed, yet nobody is assigned to it.",
  "sensor-suspect": "A sensor that says whether the bed is empty is suspect.",
  "sensor-decides": "The bed has a sensor; its word counts, not a declaration.",
  "declaration-missing": "Nobody has declared the bed empty.",
  "declaration-expired": "The declaration that the bed is empty has expired.",
};
