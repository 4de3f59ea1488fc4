import type { Axis, AxisValue } from "../bed/axes.ts";

/** The six axes and their values as a coordinator reads them. */
export const AXIS_WORDS: Readonly<Record<Axis, string>> = {
  occupancy: "Occupancy",
  assignment: "Assignment",
  readiness: "Readiness",
  service: "Service",
  infection: "Infection control",
  staffing: "Staffing",
};

export const AXIS_VALUE_WORDS: { readonly [A in Axis]: Readonly<Record<AxisValue<A>, string>> } = {
  occupancy: { present: "Somebody in bed", absent: "Empty", unknown: "Not known" },
  assignment: {
    none: "Free of claims",
    held: "Held",
    reserved: "Reserved",
    assigned: "Assigned",
    admitted: "Patient admitted",
    "on-leave": "Patient on leave",
    unknown: "Not known",
  },
  readiness: {
    clean: "Clean",
    dirty: "Awaiting cleaning",
    cleaning: "Being cleaned",
    inspect: "Awaiting inspection",
    unknown: "Not known",
  },
  service: {
    open: "Open",
    blocked: "Blocked",
    closed: "Closed",
    "out-of-service": "Out of service",
    unknown: "Not known",
  },
  infection: {
    none: "No precautions",
    isolated: "Isolation",
    contaminated: "Contaminated",
    unknown: "Not known",
  },
  staffing: { staffed: "Staffed", unstaffed: "Not staffed", unknown: "Not known" },
};
