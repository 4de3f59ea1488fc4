/**
 * A bed's state as it was at any time, folded from its events in the order in which the cloud stored them, by the same
 * rules as the live state. Times are the cloud's notion of when something happened, and never go backwards.
 *
 * A salvaged journal tells events again under a new epoch. What it repeats has counted already; where it goes on, the
 * bed's state goes on. A journal that begins with something new begins the bed anew. Pure.
 */
import * as z from "zod";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { AtMs, type Epoch, type GatewayId, type HospitalId } from "../../contracts/wire/ids.ts";
import { applyBedEvent } from "../ingest/apply-bed-event.ts";
import { Bed } from "../registry/bed.ts";
import { BedUse, seeOccupancy, seeReadiness, UNUSED, type UseMark, type UseStep } from "./bed-use.ts";

export type ToldEvent = {
  readonly position: number;
  readonly hospitalId: HospitalId;
  readonly gatewayId: GatewayId;
  readonly epoch: Epoch;
  /** On the cloud's clock. */
  readonly happenedAtMs: number;
  /** An earlier journal has said the very same. */
  readonly isRepeated: boolean;
  readonly event: BedEvent;
};

/** Kept between two questions, so it goes through JSON. Whoever changes what it means raises STORY_RULES. */
export const BedStory = z.object({
  /** Null: never in service. */
  bed: Bed.nullable(),
  use: BedUse,
  /** When its newest event happened. */
  atMs: AtMs,
  /** Its journal began by repeating an earlier one. */
  isRetold: z.boolean(),
});
export type BedStory = z.infer<typeof BedStory>;

/** Of this file and bed-use.ts. */
export const STORY_RULES = 1;

export const UNTOLD: BedStory = { bed: null, use: UNUSED, atMs: 0, isRetold: false };

export type StoryStep = { readonly story: BedStory; readonly marks: readonly UseMark[] };

const NOTHING: readonly UseMark[] = [];

export function nextStory(story: BedStory, told: ToldEvent): StoryStep {
  const { bed } = story;
  const isSameJournal = bed?.epoch === told.epoch && bed.gatewayId === told.gatewayId;
  const isRetold = isSameJournal ? story.isRetold : told.isRepeated;
  if (told.isRepeated && isRetold) {
    const adopted = bed === null ? null : { ...bed, gatewayId: told.gatewayId, epoch: told.epoch };
    return { story: { ...story, bed: adopted, isRetold }, marks: NOTHING };
  }
  const atMs = Math.max(story.atMs, told.happenedAtMs);
  const after = bedAfter(bed, told, atMs);
  if (after === null) return { story: { ...story, atMs }, marks: NOTHING };
  const goesOn = bed !== null && !bed.removed && isSameJournal && !after.removed;
  const { use, marks } = usedAfter(goesOn ? story.use : UNUSED, after, told.event, atMs);
  return { story: { bed: after, use, atMs, isRetold }, marks };
}

/** Null: it says nothing of this bed. */
function bedAfter(
  bed: Bed | null,
  { event, hospitalId, gatewayId, epoch }: ToldEvent,
  atMs: number,
): Bed | null {
  const applied = applyBedEvent(
    bed ?? undefined,
    { ...event, observedAtMs: atMs },
    { hospitalId, gatewayId, epoch, clock: { offsetMs: 0, receivedAtMs: atMs } },
  );
  return applied.kind === "applied" ? applied.bed : null;
}

function usedAfter(use: BedUse, { axes }: Bed, event: BedEvent, atMs: number): UseStep {
  if (event.kind === "occupancy-changed") return seeOccupancy(use, event.to, axes.readiness.value, atMs);
  if (event.kind === "readiness-changed") return seeReadiness(use, event.to, axes.occupancy.value, atMs);
  return { use, marks: NOTHING };
}
