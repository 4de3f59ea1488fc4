/**
 * A bed, its sensor and a clock. The interpreter is driven as the gateway drives it: by each reading, and by time where
 * it said that time may change something. What it tells is written down with the second it was told in. Beside the pure
 * state goes the same one as the gateway keeps it, written over in place: whoever drives a bed compares the two.
 */
import { deepStrictEqual } from "node:assert/strict";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { BedPlace, Topology } from "../../gateway/commissioning/topology.ts";
import { hearLive, nextDueMonoMs, passTime } from "../../gateway/interpret/bed.ts";
import type { BedOutcome } from "../../gateway/interpret/bed-outcome.ts";
import { type BedState, initialBedState, toStored } from "../../gateway/interpret/bed-state.ts";
import { ownCopy, writeOver } from "../../gateway/interpret/kept-bed.ts";
import { WardState } from "../../gateway/interpret/ward-state.ts";
import { at } from "./moments.ts";
import { evidence } from "./records.ts";
import { BED, BED_DEVICE, bedPlace, MONITOR, type SmallHospital, topology } from "./wards.ts";

/** Who says what; left out: the smart bed, or the monitor where it is a pulse. */
export type Said = readonly [metric: MetricName, value: number | boolean | null, from?: string];
const deviceOf = (metric: MetricName): string => (metric === "pulse-rate" ? MONITOR : BED_DEVICE);

export class Bedside {
  readonly place: BedPlace;
  readonly #topology: Topology;
  readonly told: string[] = [];
  readonly events: BedEvent[] = [];
  #state: BedState = initialBedState;
  #kept: BedState = ownCopy(initialBedState);
  readonly eventsOfKept: BedEvent[] = [];
  second = 0;

  constructor(small: SmallHospital = {}, readiness: BedState["readiness"] = "unknown") {
    this.#topology = topology({ expectedIntervalMs: 1_000, ...small });
    this.place = this.#topology.beds.get(BED) ?? bedPlace();
    this.state = { ...initialBedState, readiness };
  }

  get state(): BedState {
    return this.#state;
  }

  set state(state: BedState) {
    this.#state = state;
    this.#kept = ownCopy(state);
  }

  hears(metric: MetricName, value: number | boolean | null, from = deviceOf(metric)): this {
    const now = at(this.second);
    const reading = evidence(metric, value, now.atMs, from);
    this.#take((state) => hearLive(this.place, state, { reading, badReason: null, now }, true));
    return this;
  }

  /** A value out of its range: kept, never used. */
  hearsBad(metric: MetricName, value: number | boolean | null, from = deviceOf(metric)): this {
    const now = at(this.second);
    const reading = evidence(metric, value, now.atMs, from);
    this.#take((state) => hearLive(this.place, state, { reading, badReason: "out-of-range", now }, false));
    return this;
  }

  /** Everything of `said` every second for so many seconds. */
  keepsHearingAll(said: readonly Said[], seconds: number): this {
    for (let left = seconds; left > 0; left--) {
      for (const [metric, value, from] of said) this.hears(metric, value, from);
      this.passes(1);
    }
    return this;
  }

  /** Says `value` every second for so many seconds, from now on. */
  keepsHearing(metric: MetricName, value: number | boolean | null, seconds: number): this {
    for (let left = seconds; left > 0; left--) this.hears(metric, value).passes(1);
    return this;
  }

  /** Nothing is heard for so many seconds; time is looked at every second, as long as something is due. */
  passes(seconds: number): this {
    for (let left = seconds; left > 0; left--) {
      this.second += 1;
      this.#look();
    }
    return this;
  }

  /** The process ends and another one begins so many seconds later: only what is stored goes on. */
  restarts(afterSeconds: number): this {
    const stored = new Map([[`bed:${BED}`, JSON.stringify(toStored(this.state))]]);
    this.second += afterSeconds;
    this.state = new WardState(this.#topology, stored, at(this.second)).bed(BED);
    return this;
  }

  #look(): void {
    for (let round = 0; round < 10; round++) {
      const due = nextDueMonoMs(this.place, this.state);
      const now = at(this.second);
      if (due === null || due > now.monoMs) return;
      const before = this.state;
      this.#take((state) => passTime(this.place, state, now));
      if (this.state === before) return;
    }
    throw new Error("time changes the bed again and again");
  }

  #takeState(state: BedState): void {
    const [before, after] = [this.#state.findings, state.findings];
    this.#state = state;
    if (before === after) return;
    const isIn = (findings: BedState["findings"], kind: string, deviceId: string) =>
      findings.some((open) => open.kind === kind && open.deviceId === deviceId);
    for (const { kind, deviceId } of after)
      if (!isIn(before, kind, deviceId)) this.told.push(`${this.second} s: ${deviceId} ${kind}`);
    for (const { kind, deviceId } of before)
      if (!isIn(after, kind, deviceId)) this.told.push(`${this.second} s: ${deviceId} no longer ${kind}`);
  }

  #take(next: (before: BedState) => BedOutcome): void {
    const { state, events } = next(this.state);
    const ofKept = next(this.#kept);
    writeOver(this.#kept, ofKept.state);
    deepStrictEqual(this.#kept, { ...state });
    this.eventsOfKept.push(...ofKept.events);
    this.#takeState(state);
    this.events.push(...events);
    for (const event of events) this.told.push(`${this.second} s: ${wordsOf(event)}`);
  }
}

function wordsOf(event: BedEvent): string {
  if (event.kind === "occupancy-settling")
    return event.candidate === null ? "settled back" : `settling ${event.candidate}`;
  return "to" in event ? event.to : event.kind;
}
