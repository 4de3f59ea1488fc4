/** Why a value is kept but never used. By its place in this list a reason travels and is stored. */
export const BAD_REASONS = ["out-of-range", "wrong-unit", "wrong-type", "sensor-fault"] as const;
