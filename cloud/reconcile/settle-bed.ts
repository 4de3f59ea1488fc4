/**
 * One bed's contradictions, within a transaction that has the bed locked: opened where they are due, closed where the
 * bed agrees again. What the bed does not say (it is not heard) opens nothing and closes nothing.
 */
import { sql } from "kysely";
import { discrepanciesAt, isDue, type Standing } from "../../contracts/booking/discrepancies.ts";
import { DISCREPANCY_KINDS, type DiscrepancyKind } from "../../contracts/booking/states.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { DeskEvent } from "../desk/desk-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { policyOf } from "../ward-admin/policy.ts";
import { lookedBed } from "./looked-bed.ts";
import { closeConflict, insertConflict, openOf, type StoredConflict, selectConflicts } from "./repository.ts";
import { sayingsOf } from "./says.ts";

export type OpenConflict = Pick<StoredConflict, "conflictId" | "kind" | "bookingId">;

export type Difference = {
  readonly due: readonly {
    readonly kind: DiscrepancyKind;
    readonly bookingId: string | null;
    readonly sinceMs: number;
  }[];
  readonly gone: readonly OpenConflict[];
};

/** Also of another claim than the one it was opened for: that one is over. Pure. */
export function difference(
  standings: Readonly<Record<DiscrepancyKind, Standing>>,
  open: readonly OpenConflict[],
  nowMs: number,
): Difference {
  const isOver = ({ kind, bookingId }: OpenConflict) => {
    const standing = standings[kind];
    return standing.kind === "gone" || (standing.kind === "stands" && standing.bookingId !== bookingId);
  };
  const gone = open.filter(isOver);
  const staying = open.filter((conflict) => !gone.includes(conflict));
  const due = DISCREPANCY_KINDS.flatMap((kind) => {
    const standing = standings[kind];
    const isOpen = staying.some((conflict) => conflict.kind === kind);
    if (standing.kind !== "stands" || isOpen || !isDue(kind, standing, nowMs)) return [];
    return [{ kind, bookingId: standing.bookingId, sinceMs: standing.sinceMs }];
  });
  return { due, gone };
}

/** `resolution`: of those that are gone now; left out: they went away by themselves. */
export async function settleBed(
  { trx, nowMs, events }: DeskStep,
  bedId: BedId,
  { evidenceNowMs, resolution }: { readonly evidenceNowMs: number; readonly resolution?: string },
): Promise<void> {
  const [known] = await selectBeds(trx, sql`bed.bed_id = ${bedId}`);
  const open = await selectConflicts(trx, openOf(bedId));
  const close = async (conflict: OpenConflict, words: string) => {
    await closeConflict(trx, conflict.conflictId, { resolution: words, nowMs });
    if (known !== undefined) events.push(conflictEvent("conflict-closed", conflict, known.bed, words));
  };
  if (known === undefined || known.bed.removed) {
    for (const conflict of open) await close(conflict, "went away: the bed is out of service");
    return;
  }
  const { arrivalMinutes } = await policyOf(trx, known.bed.hospitalId);
  const looked = lookedBed(known, arrivalMinutes, nowMs);
  const { due, gone } = difference(discrepanciesAt(looked, evidenceNowMs), open, evidenceNowMs);
  for (const conflict of gone)
    await close(conflict, resolution ?? `went away: ${wentAwayWords(known, looked)}`);
  for (const { kind, bookingId, sinceMs } of due) {
    const { hospitalId } = known.bed;
    const says = sayingsOf(kind, known, looked, nowMs);
    const conflictId = await insertConflict(
      trx,
      { bedId, hospitalId, kind, bookingId, sinceMs, says },
      nowMs,
    );
    if (conflictId !== null)
      events.push(conflictEvent("conflict-opened", { conflictId, kind, bookingId }, known.bed, null));
  }
}

function wentAwayWords(
  { bed }: KnownBed,
  { claim }: { readonly claim: { readonly state: string } | null },
): string {
  const { value } = bed.axes.occupancy;
  const occupancy =
    value === "present"
      ? "somebody is in the bed"
      : value === "absent"
        ? "the bed is empty"
        : "not known who is in the bed";
  return `${occupancy}, ${claim === null ? "no claim" : `booking ${claim.state}`}`;
}

/** The bed is told anew with it, so that its screens show the conflict's end at once. */
export function conflictEvent(
  kind: string,
  { conflictId, kind: discrepancy, bookingId }: OpenConflict,
  { bedId, hospitalId }: Pick<KnownBed["bed"], "bedId" | "hospitalId">,
  resolution: string | null,
): DeskEvent {
  return {
    topic: "conflicts",
    subjectId: conflictId,
    kind,
    bedId,
    hospitalIds: [hospitalId],
    body: { conflictId, kind: discrepancy, bookingId, bedId, resolution },
  };
}
