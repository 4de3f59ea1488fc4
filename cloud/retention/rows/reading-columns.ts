/** All that is known of a reading, by names that mean something outside of this database. */
export const READING_COLUMNS = [
  "gateway",
  "epoch",
  "lane",
  "seq",
  "device",
  "bed",
  "room",
  "metric",
  "unit",
  "value",
  "flags",
  "observed_at_ms",
  "gateway_received_at_ms",
  "received_at_ms",
  "clock_offset_ms",
] as const;
