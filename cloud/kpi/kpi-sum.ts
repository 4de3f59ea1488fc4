/** Adds beds up to wards and hospitals, each period for itself and all of them together. Pure. */
import type { HospitalId, WardId } from "../../contracts/wire/ids.ts";
import type { KpiHospital, KpiWard } from "../../contracts/wire/kpi.ts";
import type { KpiRange, WardTallies } from "./bed-kpi.ts";
import { figuresOf } from "./figures.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";

type Sum = { readonly periods: readonly Tally[]; readonly whole: Tally };

/** Of one hospital. */
export class KpiSum {
  readonly #range: KpiRange;
  readonly #ward: WardId | null;
  readonly #all: Sum;
  readonly #wards = new Map<WardId, Sum & { name: string }>();
  /** The last period of which some is over: what is open at its end is open at the end of the whole. */
  readonly #lastBegun: number;

  /** `ward`: only that one; null: all. */
  constructor(range: KpiRange, ward: WardId | null) {
    this.#range = range;
    this.#ward = ward;
    this.#all = this.#empty();
    this.#lastBegun = range.periods.findLastIndex(({ fromMs }) => fromMs < range.nowMs);
  }

  /** One without beds in the range is shown as such. */
  knowWard(wardId: WardId, name: string): void {
    if (this.#ward !== null && this.#ward !== wardId) return;
    const known = this.#wards.get(wardId);
    if (known === undefined) this.#wards.set(wardId, { ...this.#empty(), name });
    else known.name = name;
  }

  addBed(tallies: readonly WardTallies[]): void {
    const ofBed = this.#empty();
    for (const { wardId, name, periods } of tallies) {
      if (this.#ward !== null && this.#ward !== wardId) continue;
      if (!this.#wards.has(wardId)) this.knowWard(wardId, name);
      const ward = this.#wards.get(wardId);
      if (ward === undefined) continue;
      const inWard = this.#empty();
      this.#add(inWard, periods);
      this.#add(ofBed, periods);
      join(ward, oneBed(inWard));
    }
    join(this.#all, oneBed(ofBed));
  }

  hospital(hospitalId: HospitalId, name: string): KpiHospital {
    const wards = [...this.#wards]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([wardId, ward]): KpiWard => ({ wardId, name: ward.name, ...this.#rows(ward) }));
    return { hospitalId, name, ...this.#rows(this.#all), wards };
  }

  get cells(): number {
    return (this.#wards.size + 1) * this.#range.periods.length;
  }

  #empty(): Sum {
    return { periods: this.#range.periods.map(emptyTally), whole: emptyTally() };
  }

  #add(sum: Sum, periods: readonly Tally[]): void {
    for (const [place, tally] of periods.entries()) {
      const period = sum.periods[place];
      if (period !== undefined) addTally(period, tally);
      addTally(sum.whole, tally, { open: place === this.#lastBegun });
    }
  }

  #rows({ periods, whole }: Sum): Pick<KpiWard, "periods" | "whole"> {
    return {
      periods: periods.map((tally, place) => figuresOf(tally, this.#outside(place))),
      whole: figuresOf(whole, this.#outside(Math.max(this.#lastBegun, 0))),
    };
  }

  #outside(place: number): "not-yet" | "not-kept" | null {
    if (place > this.#lastBegun) return "not-yet";
    return (this.#range.periods[place]?.toMs ?? 0) <= this.#range.keptFromMs ? "not-kept" : null;
  }
}

/** It was part of several periods, or wards, and is one bed. */
function oneBed(sum: Sum): Sum {
  for (const tally of [...sum.periods, sum.whole]) tally.beds = Math.min(tally.beds, 1);
  return sum;
}

function join(to: Sum, from: Sum): void {
  for (const [place, tally] of from.periods.entries()) {
    const period = to.periods[place];
    if (period !== undefined) addTally(period, tally);
  }
  addTally(to.whole, from.whole);
}
