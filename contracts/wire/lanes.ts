/** Priority classes of the journal, each numbered gap-free: bed events, what is measured at a bed, room and device condition. */
export const LANES = ["beds", "vitals", "environment"] as const;
