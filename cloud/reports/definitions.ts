/** What the figures of a report mean, for who reads it; the same words in each format. */
export const DEFINITIONS: readonly (readonly [term: string, meaning: string])[] = [
  ["Source", "Bed events as the gateways told them, on the cloud's clock. Nothing is typed in."],
  ["Beds", "Beds in service for some part of the period; each counts for that part only."],
  ["In service", "Time from when a bed was put into service until it was taken out, added over all beds."],
  ["Occupied", "Time in which the bed's sensors said that somebody was in it."],
  ["Occupied share", "Occupied time / (time in service - time in which the occupancy was not known)."],
  ["Not known", "Time in service in which nobody knew whether the bed was occupied."],
  [
    "Silent",
    "The part of it in which a sensor, or at the end of the period the gateway, said nothing any more. A gateway that was off and came back leaves no trace in its bed events: the last state counts until it was told anew.",
  ],
  [
    "Available",
    "Time in which the bed was shown as available: empty, clean, open, staffed, free of infection.",
  ],
  ["Blocked", "Time in which it was shown as blocked: blocked, closed, out of service, or unstaffed."],
  [
    "Conflict",
    "Time in which at least one held: ghost (admitted, but empty for more than 30 minutes), squat (used for more than 10 minutes, but assigned to nobody), contradiction (its sensors said opposite things).",
  ],
  [
    "Stays",
    "Begun in the period. A stay lasts from a bed's first use after it was clean until it is clean again, so that a trip to the bathroom ends none. Who leans on a bed while it is cleaned begins none.",
  ],
  ["Turnovers", "Stays that ended in the period: the bed was clean again."],
  [
    "Exit to clean",
    "From when the bed was left for the last time before its cleaning until it was clean, of the turnovers in the period. Where nobody saw the exit there is no duration; such turnovers count as unseen.",
  ],
  [
    "Open",
    "Empty after use, or being cleaned, and not clean at the end of the period. Never part of a median.",
  ],
  ["Cleaning", "From when cleaning was begun until it was finished, of those finished in the period."],
  ["Median, 90 %", "Interpolated between the two nearest durations, as a spreadsheet's PERCENTILE.INC does."],
  ["A reason instead of a number", "It is not known, for that reason. It is not 0."],
];

export const NOT_AN_ALARM =
  "Hospitell is not an alarm system and no medical device. These figures describe beds, not patients.";
