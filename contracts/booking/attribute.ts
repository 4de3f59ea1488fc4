/**
 * Whose a reading is: device ─▶ bed ─▶ encounter, each by what held when the reading was *observed*, whenever it came.
 * Nothing of it is kept with a reading, so that whatever is corrected later is right for old readings too.
 *
 * All intervals begin with `fromMs` and end before `toMs`; null: they have no end yet. Pure.
 */
import type { ATTRIBUTION_WHY_NOT } from "../wire/encounters.ts";
import type { BedId, DeviceId, GatewayId } from "../wire/ids.ts";

export type Interval = { readonly fromMs: number; readonly toMs: number | null };

/** A person's word on where a device was. Null: at no bed. */
export type PlacedDevice = Interval & {
  readonly gatewayId: GatewayId;
  readonly deviceId: DeviceId;
  readonly bedId: BedId | null;
};

export type BedStay = Interval & {
  readonly stayId: string;
  readonly encounterId: string;
  readonly bedId: BedId;
  /** The bed alone says that somebody has come; nobody has said yet who it is. */
  readonly isInDoubt: boolean;
};

/** A device and where its gateway said it was. Ids of devices differ within a gateway only. */
export type HeardDevice = {
  readonly gatewayId: GatewayId;
  readonly deviceId: DeviceId;
  readonly gatewayBedId: BedId | null;
};

/** Of one device no two placements meet, nor do two stays in one bed; the database sees to it. */
export type Known = { readonly placements: readonly PlacedDevice[]; readonly stays: readonly BedStay[] };

export type Attribution = {
  readonly encounterId: string | null;
  readonly bedId: BedId | null;
  readonly stayId: string | null;
  readonly why: Exclude<(typeof ATTRIBUTION_WHY_NOT)[number], "device-unknown"> | null;
  /** Null: the gateway's own word counts. */
  readonly placement: PlacedDevice | null;
};

export const holdsAt = ({ fromMs, toMs }: Interval, atMs: number): boolean =>
  fromMs <= atMs && (toMs === null || atMs < toMs);

export function attribute(
  { gatewayId, deviceId, gatewayBedId, observedAtMs }: HeardDevice & { readonly observedAtMs: number },
  placements: readonly PlacedDevice[],
  stays: readonly BedStay[],
): Attribution {
  const placement =
    placements.find(
      (placed) =>
        placed.gatewayId === gatewayId && placed.deviceId === deviceId && holdsAt(placed, observedAtMs),
    ) ?? null;
  const bedId = placement === null ? gatewayBedId : placement.bedId;
  const nobody = { encounterId: null, stayId: null, bedId, placement };
  if (bedId === null) return { ...nobody, why: "device-at-no-bed" };
  const stay = stays.find((known) => known.bedId === bedId && holdsAt(known, observedAtMs));
  if (stay === undefined) return { ...nobody, why: "bed-without-encounter" };
  if (stay.isInDoubt) return { ...nobody, stayId: stay.stayId, why: "identity-in-doubt" };
  return { encounterId: stay.encounterId, stayId: stay.stayId, bedId, placement, why: null };
}

export type Span = Interval & Pick<Attribution, "encounterId" | "bedId">;

/** The same said of a stretch of time: whose the device's readings are, from one change to the next, without gaps. */
export function attributedSpans(heard: HeardDevice, { placements, stays }: Known, range: Interval): Span[] {
  return piecesOf(range, [...placements, ...stays]).map((piece) => {
    const { encounterId, bedId } = attribute({ ...heard, observedAtMs: piece.fromMs }, placements, stays);
    return { ...piece, encounterId, bedId };
  });
}

export type ChangedStretch = Interval & {
  readonly encounterBefore: string | null;
  readonly encounterAfter: string | null;
};

/** When the device's readings come to belong to somebody else by a correction. */
export function changedStretches(heard: HeardDevice, before: Known, after: Known): ChangedStretch[] {
  const intervals = [...before.placements, ...before.stays, ...after.placements, ...after.stays];
  const stretches: ChangedStretch[] = [];
  for (const piece of piecesOf({ fromMs: 0, toMs: null }, intervals)) {
    const at = { ...heard, observedAtMs: piece.fromMs };
    const encounterBefore = attribute(at, before.placements, before.stays).encounterId;
    const encounterAfter = attribute(at, after.placements, after.stays).encounterId;
    if (encounterBefore === encounterAfter) continue;
    const last = stretches.at(-1);
    const goesOn =
      last?.toMs === piece.fromMs &&
      last.encounterBefore === encounterBefore &&
      last.encounterAfter === encounterAfter;
    if (goesOn) stretches[stretches.length - 1] = { ...last, toMs: piece.toMs };
    else stretches.push({ ...piece, encounterBefore, encounterAfter });
  }
  return stretches;
}

/** The range, cut wherever one of the intervals begins or ends: within a piece nothing changes. */
function piecesOf({ fromMs, toMs }: Interval, intervals: readonly Interval[]): Interval[] {
  const cuts = intervals
    .flatMap((interval) => [interval.fromMs, interval.toMs ?? Number.POSITIVE_INFINITY])
    .filter((atMs) => atMs > fromMs && atMs < (toMs ?? Number.POSITIVE_INFINITY));
  const starts = [...new Set([fromMs, ...cuts])].toSorted((left, right) => left - right);
  return starts.map((startMs, place) => ({ fromMs: startMs, toMs: starts[place + 1] ?? toMs }));
}
