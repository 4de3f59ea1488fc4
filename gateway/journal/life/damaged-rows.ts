/** Rows of a damaged journal, each only if its checksum says that it is as it was written. */

import type { SeriesFacts } from "../../../contracts/wire/reading-columns.ts";
import {
  checksumOfAggregate,
  checksumOfEvent,
  checksumOfMarks,
  checksumOfReading,
  checksumOfSeries,
  checksumOfState,
  checksumOfTombstone,
} from "../checksum.ts";
import type { TombstoneReason } from "../journal-port.ts";
import { TOMBSTONE_REASONS } from "../journal-port.ts";
import type { Aggregate } from "./aggregate.ts";
import type { Cell, Value } from "./btree-cells.ts";
import { READING_LANE_NUMBERS } from "./lanes.ts";
import type { Tombstone } from "./tombstones.ts";

export type SoundSeries = SeriesFacts & { readonly id: number; readonly checksum: number };
export type SoundReading = {
  readonly lane: number;
  readonly seq: number;
  readonly series: number;
  readonly receivedAtMs: number;
  readonly observedAtMs: number;
  readonly stamp: number | null;
  readonly value: number;
  readonly flags: number;
};
export type SoundEvent = { readonly seq: number; readonly receivedAtMs: number; readonly body: string };

const isNumber = (value: Value | undefined): value is number => typeof value === "number";
const isText = (value: Value | undefined): value is string => typeof value === "string";
const isTextOrNull = (value: Value | undefined): value is string | null => value === null || isText(value);

export function soundSeries({ rowId, values }: Cell): SoundSeries | null {
  const [, deviceId, bedId, roomId, metric, unit, checksum] = values;
  if (values.length !== 7 || !isText(deviceId) || !isText(metric)) return null;
  if (!isTextOrNull(bedId) || !isTextOrNull(roomId) || !isTextOrNull(unit)) return null;
  const facts = { deviceId, bedId, roomId, metric, unit } as SeriesFacts;
  return checksum === checksumOfSeries(rowId, facts) ? { id: rowId, ...facts, checksum } : null;
}

export function soundEvent({ rowId, values }: Cell): SoundEvent | null {
  const [, receivedAtMs, body, checksum] = values;
  if (values.length !== 4 || !isNumber(receivedAtMs) || !isText(body)) return null;
  return checksum === checksumOfEvent(rowId, receivedAtMs, body) ? { seq: rowId, receivedAtMs, body } : null;
}

/** The checksum says also which lane it is of. */
export function soundReading(
  { rowId: seq, values }: Cell,
  series: ReadonlyMap<number, SoundSeries>,
): SoundReading | null {
  const [, seriesId, receivedAtMs, observedAtMs, stamp, value, flags, checksum] = values;
  if (values.length !== 8 || !isNumber(seriesId) || !isNumber(receivedAtMs) || !isNumber(observedAtMs))
    return null;
  if ((stamp !== null && !isNumber(stamp)) || stamp === undefined || !isNumber(value) || !isNumber(flags))
    return null;
  const ofSeries = series.get(seriesId)?.checksum;
  if (ofSeries === undefined) return null;
  const lane = READING_LANE_NUMBERS.find(
    (one) =>
      checksum === checksumOfReading(one, seq, ofSeries, receivedAtMs, observedAtMs, stamp, value, flags),
  );
  return lane === undefined
    ? null
    : { lane, seq, series: seriesId, receivedAtMs, observedAtMs, stamp, value, flags };
}

export function soundMarks({ rowId: lane, values }: Cell) {
  const [, headSeq, acknowledgedSeq, checksum] = values;
  if (!isNumber(headSeq) || !isNumber(acknowledgedSeq)) return null;
  return checksum === checksumOfMarks(lane, headSeq, acknowledgedSeq)
    ? { lane, headSeq, acknowledgedSeq }
    : null;
}

export function soundState({ values }: Cell): readonly [subject: string, body: string] | null {
  const [subject, body, checksum] = values;
  if (!isText(subject) || !isText(body)) return null;
  return checksum === checksumOfState(subject, body) ? [subject, body] : null;
}

export function soundTombstone({ values }: Cell): Tombstone | null {
  const [lane, fromSeq, throughSeq, reason, stepMs, notedAtMs, checksum] = values;
  if (!isNumber(lane) || !isNumber(fromSeq) || !isNumber(throughSeq) || !isNumber(notedAtMs)) return null;
  if (!isReason(reason) || (stepMs !== null && !isNumber(stepMs)) || stepMs === undefined) return null;
  const tombstone = { lane, fromSeq, throughSeq, reason, stepMs, notedAtMs };
  return checksum === checksumOfTombstone(lane, tombstone) ? tombstone : null;
}

export function soundAggregate(
  { values }: Cell,
  seriesOf: ReadonlyMap<number, SoundSeries>,
): (Aggregate & { readonly lane: number; readonly fromSeq: number }) | null {
  const [lane, fromSeq, series, startAtMs, count, min, mean, max, checksum] = values;
  if (!isNumber(lane) || !isNumber(fromSeq) || !isNumber(series) || !isNumber(startAtMs)) return null;
  if (!isNumber(count) || !isNumber(min) || !isNumber(mean) || !isNumber(max)) return null;
  const ofSeries = seriesOf.get(series)?.checksum;
  if (ofSeries === undefined) return null;
  const aggregate = { lane, fromSeq, series, startAtMs, count, min, mean, max };
  return checksum === checksumOfAggregate(lane, fromSeq, ofSeries, aggregate) ? aggregate : null;
}

const isReason = (value: Value | undefined): value is TombstoneReason =>
  TOMBSTONE_REASONS.some((reason) => reason === value);
