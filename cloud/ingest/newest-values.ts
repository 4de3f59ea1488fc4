/**
 * The newest value of each series among the readings that this process stored and nobody has shown yet. It spares the
 * follower from reading again what was in memory a moment ago. It may be lost at any time: the follower finds by the
 * marks what is missing, and reads that.
 */
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import { type GatewayClock, happenedAtMs } from "./gateway-clock.ts";
import type { LaneKey } from "./lane-rows.ts";
import type { ReadingColumns } from "./reading-rows.ts";

/** Beyond it, the follower reads them from the database. */
const VALUES_PER_LANE_MAX = 20_000;

export type NewestValue = {
  readonly seq: number;
  readonly facts: SeriesFacts;
  readonly value: number;
  readonly flags: number;
  readonly happenedAtMs: number;
  readonly receivedAtMs: number;
};

/** What is newest of everything from `fromSeq` through `throughSeq`. */
export type NewestOfLane = {
  readonly key: LaneKey;
  readonly fromSeq: number;
  readonly throughSeq: number;
  readonly values: ReadonlyMap<number, NewestValue>;
};

export type StoredReadings = {
  readonly key: LaneKey;
  readonly firstSeq: number;
  readonly columns: ReadingColumns;
  readonly factsOf: (place: number) => SeriesFacts;
  readonly clock: GatewayClock;
};

export class NewestValues {
  #lanes = new Map<string, NewestOfLane & { readonly values: Map<number, NewestValue> }>();

  add({ key, firstSeq, columns, factsOf, clock }: StoredReadings): void {
    const name = `${key.gatewayId} ${key.epoch} ${key.lane}`;
    const before = this.#lanes.get(name);
    // After a gap it begins anew: the follower reads what lies before.
    const goesOn = before?.throughSeq === firstSeq - 1 && before.values.size < VALUES_PER_LANE_MAX;
    const values = goesOn ? before.values : new Map<number, NewestValue>();
    const { seriesId, value, flags, observedAtMs } = columns;
    // From the end: the last of a series is mostly its newest, and the ones before it need no second thought.
    for (let place = flags.length - 1; place >= 0; place--) {
      const id = seriesId[place] ?? 0;
      const atMs = happenedAtMs(observedAtMs[place] ?? 0, clock);
      const seq = firstSeq + place;
      const known = values.get(id);
      if (
        known !== undefined &&
        (known.happenedAtMs > atMs || (known.happenedAtMs === atMs && known.seq > seq))
      )
        continue;
      values.set(id, {
        seq,
        facts: known?.facts ?? factsOf(place),
        value: value[place] ?? 0,
        flags: flags[place] ?? 0,
        happenedAtMs: atMs,
        receivedAtMs: clock.receivedAtMs,
      });
    }
    const fromSeq = goesOn ? before.fromSeq : firstSeq;
    this.#lanes.set(name, { key, fromSeq, throughSeq: firstSeq + flags.length - 1, values });
  }

  take(): readonly NewestOfLane[] {
    const taken = [...this.#lanes.values()];
    this.#lanes = new Map();
    return taken;
  }
}
