/**
 * A bed has six independent axes, each with one owner of truth. Everything else that is said of a bed is derived
 * from them (derive.ts). One enum for all of it ends in contradictions: a bed can be reserved, dirty and blocked at once.
 */
export const AXIS_VALUES = {
  /** Observed by sensors. */
  occupancy: ["present", "absent", "unknown"],
  /** Owned by bookings or the ADT feed, by the ward's `assignmentSource`. */
  assignment: ["none", "held", "reserved", "assigned", "admitted", "on-leave", "unknown"],
  /** Owned by housekeeping, started by the bed itself when it was used. */
  readiness: ["clean", "dirty", "cleaning", "inspect", "unknown"],
  /** Owned by the facility. */
  service: ["open", "blocked", "closed", "out-of-service", "unknown"],
  /** Owned by infection control. */
  infection: ["none", "isolated", "contaminated", "unknown"],
  /** Owned by the ward. */
  staffing: ["staffed", "unstaffed", "unknown"],
} as const;

export type Axis = keyof typeof AXIS_VALUES;
export type AxisValue<A extends Axis> = (typeof AXIS_VALUES)[A][number];
export const AXES = Object.keys(AXIS_VALUES) as Axis[];

export type Occupancy = AxisValue<"occupancy">;
export type Assignment = AxisValue<"assignment">;
export type Readiness = AxisValue<"readiness">;
export type Service = AxisValue<"service">;
export type Infection = AxisValue<"infection">;
export type Staffing = AxisValue<"staffing">;
