/** What of a bed's and a room's state stands in the journal, read back at a start. */
import * as z from "zod";
import { AXIS_VALUES } from "../../contracts/bed/axes.ts";
import { EvidenceRef, ROOM_CONDITIONS, SensorFinding } from "../../contracts/wire/bed-event.ts";
import { AtMs } from "../../contracts/wire/ids.ts";

export const StoredBed = z.object({
  occupancy: z.enum(AXIS_VALUES.occupancy),
  occupancySinceMs: AtMs.nullable(),
  raw: z.enum(AXIS_VALUES.occupancy),
  readiness: z.enum(AXIS_VALUES.readiness),
  readinessSinceMs: AtMs.nullable(),
  cleaningPressed: z.boolean().nullable(),
  lastEvidenceAtMs: AtMs.nullable(),
  settling: z
    .object({ candidate: z.enum(AXIS_VALUES.occupancy), evidence: z.array(EvidenceRef) })
    .nullable()
    .default(null),
  sources: z
    .record(z.string(), z.object({ vote: z.enum(AXIS_VALUES.occupancy), emptyKg: z.number().nullable() }))
    .default({}),
  findings: z.array(SensorFinding).default([]),
});

const condition = z.enum(ROOM_CONDITIONS);
/** An older row knows only the climate. */
export const StoredRoom = z.union([
  condition.transform((climate) => ({ climate, pressure: "unknown" as const, findings: [] })),
  z.object({ climate: condition, pressure: condition, findings: z.array(SensorFinding) }),
]);
