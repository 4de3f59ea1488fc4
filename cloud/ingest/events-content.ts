/** Bed events of a batch, each against its schema and its bed. */
import { isDeepStrictEqual } from "node:util";
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { RawEvents } from "../../contracts/wire/sync-codec.ts";
import type { EventSource } from "./apply-bed-event.ts";
import { bodiesBetween, lockBeds, storeBedEvents, storeBeds } from "./bed-event-rows.ts";
import { fitEvents } from "./fit-events.ts";
import { park } from "./fit-records.ts";
import { foldBedEvents } from "./fold-bed-events.ts";
import type { LaneContent } from "./lane-content.ts";
import type { LaneKey } from "./lane-rows.ts";
import { parkedBetween } from "./parked-rows.ts";
import { tombstonesBetween } from "./tombstone-rows.ts";

const BEDS = 0;

export type EventsFrom = {
  readonly key: LaneKey;
  readonly firstSeq: number;
  readonly source: EventSource;
};

export function eventsContent({ events }: RawEvents, { key, firstSeq, source }: EventsFrom): LaneContent {
  return {
    raw: (place) => events[place],

    async differsAt(trx, { journalId }, knownCount) {
      const range = { fromSeq: firstSeq, throughSeq: firstSeq + knownCount - 1 };
      const stored = await bodiesBetween(trx, key, range);
      const parked = new Map((await parkedBetween(trx, key, range)).map(({ seq, body }) => [seq, body]));
      const given = await tombstonesBetween(trx, { journalId, lane: BEDS }, range);
      const fitted = fitEvents(firstSeq, events.slice(0, knownCount));
      const sent = new Map(fitted.fitting.map(({ seq, record }) => [seq, record]));
      for (let place = 0; place < knownCount; place++) {
        const seq = firstSeq + place;
        const body = stored.get(seq);
        const asParked = parked.get(seq);
        if (body !== undefined) {
          const event = BedEvent.parse(body);
          if (!isDeepStrictEqual(event, sent.get(seq))) return place;
        } else if (asParked !== undefined) {
          if (asParked !== park(seq, events[place], "").body) return place;
        } else if (given.some(({ fromSeq, throughSeq }) => fromSeq <= seq && seq <= throughSeq)) return place;
      }
      return null;
    },

    async store(trx, _lane, { from, to }) {
      const { fitting, parked } = fitEvents(firstSeq + from, events.slice(from, to));
      const known = await lockBeds(trx, [...new Set(fitting.map(({ record }) => record.bedId))]);
      const folded = foldBedEvents(known, fitting, source);
      if (folded.events.length > 0) {
        const positions = await storeBedEvents(trx, folded.events, source);
        await storeBeds(trx, folded.beds, positions);
      }
      return [...parked, ...folded.parked];
    },
  };
}
