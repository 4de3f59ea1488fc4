/** That something was corrected, for screens, audit and other systems. Why is kept with the change alone. */
import type { DeskStep } from "../desk/desk-transaction.ts";
import type { StoredStay } from "./stays.ts";

export function tellOf(
  { events }: DeskStep,
  kind: "stay-corrected" | "stays-swapped" | "encounters-merged",
  { bookingId, encounterId, stayId, bedId, hospitalId }: StoredStay,
): void {
  events.push({
    topic: "bookings",
    subjectId: bookingId ?? encounterId,
    kind,
    bedId,
    hospitalIds: [hospitalId],
    body: { encounterId, stayId },
  });
}
