/**
 * Walks through the events of one bed and adds up, for each period and each ward that the bed was part of, what was so
 * for how long. Beds that were in service for a part of a period count for that part.
 */
import type { WardId } from "../../contracts/wire/ids.ts";
import { type BedStory, nextStory, type ToldEvent } from "./bed-story.ts";
import type { UseMark } from "./bed-use.ts";
import type { Period } from "./periods.ts";
import { segmentsOf } from "./segments.ts";
import { addMark, addSegment, emptyTally, type Tally } from "./tally.ts";

export type KpiRange = {
  /** They follow on each other. */
  readonly periods: readonly Period[];
  /** Events before it may be gone: what was then is not known. */
  readonly keptFromMs: number;
  /** Nothing is known after it. */
  readonly nowMs: number;
};

export type WardTallies = {
  readonly wardId: WardId;
  /** The newest that it was called by. */
  name: string;
  /** As many as there are periods. */
  readonly periods: readonly Tally[];
};

export class BedKpi {
  readonly #range: KpiRange;
  readonly #silentFromMs: number | null;
  readonly #wards = new Map<WardId, WardTallies>();
  readonly #fromMs: number;
  /** How far time has been added up. */
  #atMs: number;
  readonly #endMs: number;
  #period: number;
  #story: BedStory;

  /** `story`: as it was told up to any time before the range. */
  constructor(story: BedStory, range: KpiRange, silentFromMs: number | null) {
    this.#story = story;
    this.#range = range;
    this.#silentFromMs = silentFromMs;
    this.#fromMs = Math.max(range.periods[0]?.fromMs ?? 0, range.keptFromMs);
    this.#atMs = this.#fromMs;
    // Those that are over by then.
    this.#period = range.periods.findIndex(({ toMs }) => toMs > this.#fromMs);
    this.#endMs = Math.min(range.periods.at(-1)?.toMs ?? 0, range.nowMs);
  }

  get story(): BedStory {
    return this.#story;
  }

  /** In the order of their positions. False: it happened after the range; no more are needed. */
  tell(told: ToldEvent): boolean {
    const before = this.#story.bed;
    const { story, marks } = nextStory(this.#story, told);
    if (story.atMs >= this.#endMs) return false;
    this.#passUntil(story.atMs);
    this.#story = story;
    const bed = story.bed ?? before;
    if (story.atMs >= this.#fromMs && bed !== null) for (const mark of marks) this.#mark(bed, mark);
    return true;
  }

  /** Once, after the last event. */
  finish(): readonly WardTallies[] {
    this.#passUntil(this.#endMs);
    const period = this.#range.periods[this.#period];
    if (period !== undefined && period.fromMs < this.#endMs) this.#closePeriod();
    return [...this.#wards.values()];
  }

  #mark(bed: { readonly wardId: WardId; readonly wardName: string }, mark: UseMark): void {
    addMark(this.#tally({ wardId: bed.wardId, name: bed.wardName }), mark);
  }

  #passUntil(untilMs: number): void {
    while (this.#atMs < untilMs) {
      const period = this.#range.periods[this.#period];
      if (period === undefined) return;
      const toMs = Math.min(untilMs, period.toMs);
      for (const segment of segmentsOf(this.#story.bed, { fromMs: this.#atMs, toMs }, this.#silentFromMs)) {
        const tally = this.#tally(segment.ward);
        tally.beds = 1;
        addSegment(tally, segment);
      }
      this.#atMs = toMs;
      if (toMs === period.toMs) this.#closePeriod();
    }
  }

  /** What is still going on at its end belongs to it. */
  #closePeriod(): void {
    const { bed, use } = this.#story;
    if (bed !== null && !bed.removed) {
      const tally = this.#tally({ wardId: bed.wardId, name: bed.wardName });
      if (use.stay !== null && use.stay.leftAtMs !== null)
        tally.exitToClean.openSinceMs.push(use.stay.leftAtMs);
      if (use.cleaningSinceMs !== null) tally.cleaning.openSinceMs.push(use.cleaningSinceMs);
    }
    this.#period += 1;
  }

  #tally({ wardId, name }: { readonly wardId: WardId; readonly name: string }): Tally {
    let ward = this.#wards.get(wardId);
    if (ward === undefined) {
      ward = { wardId, name, periods: this.#range.periods.map(emptyTally) };
      this.#wards.set(wardId, ward);
    }
    ward.name = name;
    const tally = ward.periods[this.#period];
    if (tally === undefined) throw new Error("a bed's time went on after the last period");
    return tally;
  }
}
