/** A device was at another bed than its gateway said. The newest word counts; of older ones stays what it leaves over. */
import { sql } from "kysely";
import { changedStretches, type Interval } from "../../contracts/booking/attribute.ts";
import type { CorrectionAnswer, PlacementBody } from "../../contracts/wire/encounters.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { lockBeds } from "../bookings/locks.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { type Change, recordChanges } from "./changes.ts";
import {
  currentPlacements,
  deviceSeries,
  insertPlacement,
  meets,
  retirePlacement,
  type StoredPlacement,
} from "./placements.ts";
import { currentStays } from "./stays.ts";
import { requirePast } from "./times.ts";

type By = { readonly hospitalId: HospitalId; readonly role: string };

export async function placeDevice(
  step: DeskStep,
  { hospitalId, role }: By,
  body: PlacementBody,
): Promise<CorrectionAnswer> {
  const { trx } = step;
  const { bedId, reason } = body;
  const times = { fromMs: Date.parse(body.from), toMs: body.to === undefined ? null : Date.parse(body.to) };
  requirePast(times, step.nowMs);
  const series = await deviceSeries(trx, hospitalId, body);
  const [{ gatewayId, deviceId }] = series;
  if (typeof bedId === "string") await requireBed(step, hospitalId, bedId);
  const find = () =>
    currentPlacements(
      trx,
      sql`gateway_id = ${gatewayId} AND device_id = ${deviceId} AND ${meets("placement", times)}`,
    );
  const toldBeds = [...new Set(series.map(({ gatewayBedId }) => gatewayBedId))];
  const bedsOf = (placements: readonly StoredPlacement[]) =>
    [...toldBeds, ...placements.map((placed) => placed.bedId), bedId].filter(
      (id): id is BedId => typeof id === "string",
    );
  await lockBeds(trx, bedsOf(await find()));
  const before = await find();
  const after: Omit<StoredPlacement, "placementId">[] = before.flatMap((placed) => leftOver(placed, times));
  if (bedId !== undefined) after.push({ gatewayId, deviceId, bedId, ...times, reason, role });
  for (const placed of before) await retirePlacement(step, placed);
  for (const placed of after) await insertPlacement(step, hospitalId, placed);
  const beds = bedsOf(before);
  const stays = await currentStays(
    trx,
    sql`stay.bed_id = ANY(${beds}::text[]) AND stay.hospital_id = ${hospitalId} AND ${meets("stay", times)}`,
  );
  const changes = toldBeds.flatMap((gatewayBedId): Change[] =>
    changedStretches(
      { gatewayId, deviceId, gatewayBedId },
      { placements: before, stays },
      { placements: after, stays },
    ).map((stretch) => ({ ...stretch, device: { gatewayId, deviceId }, bedId: gatewayBedId })),
  );
  step.events.push({
    topic: "bookings",
    subjectId: deviceId,
    kind: "device-placed",
    bedId: null,
    hospitalIds: [hospitalId],
    body: { gatewayId, deviceId, bedId: bedId ?? null },
  });
  return await recordChanges(step, changes, "device-placed", { reason, role, hospitalId });
}

async function requireBed({ trx }: DeskStep, hospitalId: HospitalId, bedId: BedId): Promise<void> {
  const { rows } =
    await sql`SELECT 1 FROM beds WHERE bed_id = ${bedId} AND hospital_id = ${hospitalId}`.execute(trx);
  if (rows.length === 0)
    throw new CloudError("BED_NOT_FOUND", "There is no such bed among those of your hospital.");
}

/** What lies before and behind the times that are said anew. */
function leftOver(
  { placementId: _replaced, ...placed }: StoredPlacement,
  { fromMs, toMs }: Interval,
): Omit<StoredPlacement, "placementId">[] {
  const pieces: Omit<StoredPlacement, "placementId">[] = [];
  if (placed.fromMs < fromMs) pieces.push({ ...placed, toMs: fromMs });
  if (toMs !== null && (placed.toMs === null || placed.toMs > toMs)) pieces.push({ ...placed, fromMs: toMs });
  return pieces;
}
