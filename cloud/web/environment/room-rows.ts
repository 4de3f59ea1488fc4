/** Rooms against their limits: what each sensor says now, and which rooms need somebody first. Pure. */
import { type MetricName, metricOf } from "../../../contracts/metrics/catalogue.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { type Standing, type StandingFacts, standingOf } from "../history/standing.ts";

export type Room = Pick<BedView["room"], "roomId" | "name" | "condition" | "isolation" | "limits"> & {
  readonly hospitalId: HospitalId;
  readonly gatewayId: BedView["gatewayId"];
  readonly wardId: BedView["ward"]["wardId"];
  readonly wardName: string;
  readonly bedLabels: readonly string[];
  readonly findings: BedView["findings"];
};

export type RoomLimits = { readonly min: number | null; readonly max: number | null };

/** no-limit: it is measured, and nobody said what it is to be. */
export const ROW_STATES = ["out", "stale", "bad", "no-sensor", "unknown", "within", "no-limit"] as const;
export type RowState = (typeof ROW_STATES)[number];

export type RoomRow = {
  readonly metric: MetricName;
  /** Null: none for it. */
  readonly limits: RoomLimits | null;
  readonly latest: LatestSeriesValue | null;
  readonly standing: Standing | null;
  readonly state: RowState;
};

const ROOM_METRICS: readonly MetricName[] = [
  "differential-pressure",
  "room-temperature",
  "relative-humidity",
  "co2",
  "door-open",
];
export const ENVIRONMENT_METRICS = ROOM_METRICS;

const natural = new Intl.Collator("en", { numeric: true });

const WORST_FIRST = ["out-of-limits", "unknown", "within-limits"] as const;

/** Beds of one room of one hospital tell the same of it, one perhaps a moment after the other. */
export function roomsOf(beds: Iterable<BedView>): Room[] {
  const rooms = Map.groupBy(beds, ({ hospitalId, room }) => `${hospitalId} ${room.roomId}`);
  return [...rooms.values()].flatMap((inRoom) => {
    const [first] = inRoom;
    if (first === undefined) return [];
    const { hospitalId, gatewayId, ward, room } = first;
    const bedLabels = inRoom.map(({ label }) => label).sort(natural.compare);
    const findings = inRoom.flatMap((bed) => bed.findings);
    const said = inRoom.map((bed) => bed.room.condition);
    const condition = WORST_FIRST.find((each) => said.includes(each)) ?? "unknown";
    return {
      ...room,
      condition,
      hospitalId,
      gatewayId,
      wardId: ward.wardId,
      wardName: ward.name,
      bedLabels,
      findings,
    };
  });
}

/** A row for each thing that is limited or measured. Several sensors of one thing have a row each: they may differ. */
export function rowsOf(
  room: Room,
  values: readonly LatestSeriesValue[],
  facts: Omit<StandingFacts, "findings">,
): RoomRow[] {
  const own = values.filter(
    ({ hospitalId, roomId }) => hospitalId === room.hospitalId && roomId === room.roomId,
  );
  return ROOM_METRICS.flatMap((metric): RoomRow[] => {
    const found = room.limits.find((each) => each.metric === metric);
    const limits = found === undefined ? null : { min: found.min, max: found.max };
    const measured = own.filter((value) => value.metric === metric);
    if (measured.length === 0)
      return limits === null ? [] : [{ metric, limits, latest: null, standing: null, state: "no-sensor" }];
    return measured.map((latest) => {
      const standing = standingOf(latest, { ...facts, findings: room.findings });
      return { metric, limits, latest, standing, state: stateOf(latest, standing, limits) };
    });
  });
}

function stateOf(latest: LatestSeriesValue, standing: Standing, limits: RoomLimits | null): RowState {
  if (standing.freshness === "stale") return "stale";
  if (standing.badWords !== null || latest.value === null) return "bad";
  if (limits === null) return "no-limit";
  if (typeof latest.value !== "number") return "unknown";
  // In another unit it says nothing of these limits.
  if (latest.unit !== metricOf(latest.metric).ucum) return "bad";
  return isOutside(latest.value, limits) ? "out" : "within";
}

export function isOutside(value: number, { min, max }: RoomLimits): boolean {
  return (min !== null && value < min) || (max !== null && value > max);
}

/** The gateway's own word on the room counts before a single value: it waits until something lasts. */
function urgencyOf({ room, rows }: ShownRoom): number {
  if (room.condition === "out-of-limits") return 0;
  const states = rows === null ? ["unknown" as const] : rows.map(({ state }) => state);
  const worst = Math.min(...states.map((state) => ROW_STATES.indexOf(state)), ROW_STATES.length);
  return 1 + worst;
}

/** `rows` null: what its sensors say could not be had, which is not the same as no sensor. */
export type ShownRoom = { readonly room: Room; readonly rows: readonly RoomRow[] | null };

export function inOrder(rooms: readonly ShownRoom[]): ShownRoom[] {
  return rooms.toSorted(
    (one, other) =>
      urgencyOf(one) - urgencyOf(other) ||
      one.room.hospitalId.localeCompare(other.room.hospitalId) ||
      natural.compare(one.room.name, other.room.name),
  );
}
