/** Puts together how well sources, gateways and stores are, of the hospitals that the caller may see. */
import { sql } from "kysely";
import { isGatewaySilent } from "../../contracts/bed/freshness.ts";
import {
  type DataHealth,
  type DataHealthQuery,
  DEVICES_MAX,
  type GatewayHealth,
  type SuspectSensor,
} from "../../contracts/wire/data-health.ts";
import { type PersonCaller, scopeOf, sees } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { evidenceView, rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { RegistryRepository } from "../registry/repository.ts";
import { deviceHealths } from "./devices.ts";
import {
  type GatewayRow,
  gatewayRows,
  type LagRow,
  type LaneRow,
  lagOf,
  lagRows,
  laneRows,
} from "./repository.ts";
import { noisiest, type Period, periodBefore, worstFirst } from "./rules.ts";
import { type FedStoreStatus, storeHealth } from "./stores.ts";

export type DataHealthDeps = {
  readonly db: Database;
  readonly clock: Clock;
  /** Null: nothing is fed beside the database. */
  readonly fedStore: FedStoreStatus | null;
};

export async function readDataHealth(
  { db, clock, fedStore }: DataHealthDeps,
  caller: PersonCaller,
  { hospital }: DataHealthQuery,
): Promise<DataHealth> {
  const scope = scopeOf(caller);
  const known = await new RegistryRepository(db).hospitals(scope);
  const hospitals = known.filter(({ hospitalId }) => hospital === undefined || hospitalId === hospital);
  // The same for one that the caller may not see: that it exists is not told.
  if (hospital !== undefined && (!sees(scope, hospital) || hospitals.length === 0))
    throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those you may see.");
  const nowMs = clock.nowMs();
  const period = periodBefore(nowMs);
  if (hospitals.length === 0) return nothing(period, nowMs);
  const which = sql`gateway.hospital_id IN (${sql.join(hospitals.map(({ hospitalId }) => hospitalId))})`;

  const gateways = await gatewayRows(db, which);
  const lags = await lagRows(db, which, period);
  const lanes = await laneRows(db, which);
  const beds = await selectBeds(db, sql`NOT bed.removed AND ${which}`);
  const devices = worstFirst(await deviceHealths({ db, which, period, nowMs, gateways, lags, beds }));
  return {
    from: rfc3339(period.fromMs),
    to: rfc3339(period.toMs),
    hospitals,
    gateways: gateways.map((gateway) => gatewayHealth(gateway, lanes, lags, nowMs)),
    devices: devices.slice(0, DEVICES_MAX),
    devicesInAll: devices.length,
    noisy: noisiest(devices).map(({ gatewayId, deviceId }) => ({ gatewayId, deviceId })),
    suspects: beds.flatMap(suspectsOf),
    stores: await storeHealth(db, which, fedStore),
    serverTime: rfc3339(nowMs),
  };
}

function nothing({ fromMs, toMs }: Period, nowMs: number): DataHealth {
  const period = { from: rfc3339(fromMs), to: rfc3339(toMs) };
  const none = { hospitals: [], gateways: [], devices: [], noisy: [], suspects: [], stores: [] };
  return { ...period, ...none, devicesInAll: 0, serverTime: rfc3339(nowMs) };
}

function gatewayHealth(
  row: GatewayRow,
  lanes: readonly LaneRow[],
  lags: readonly LagRow[],
  nowMs: number,
): GatewayHealth {
  const { gatewayId, hospitalId, lastHeardAtMs, parkedRecords } = row;
  const own = lanes.filter((lane) => lane.gatewayId === gatewayId);
  const [newest] = own
    .filter(({ receivedAtMs }) => receivedAtMs !== null)
    .sort((one, other) => (other.receivedAtMs ?? 0) - (one.receivedAtMs ?? 0));
  return {
    gatewayId,
    hospitalId,
    lastHeardAt: rfc3339OrNull(lastHeardAtMs),
    isSilent: isGatewaySilent(lastHeardAtMs, nowMs),
    clock:
      newest === undefined || newest.clockOffsetMs === null || newest.receivedAtMs === null
        ? null
        : { offsetMs: newest.clockOffsetMs, measuredAt: rfc3339(newest.receivedAtMs) },
    lanes: own.map(({ lane, highWaterMarkSeq, receivedAtMs, behindMs, unappliedRecords }) => ({
      lane,
      storedThroughSeq: highWaterMarkSeq,
      receivedAt: rfc3339OrNull(receivedAtMs),
      behindMs,
      unappliedRecords,
    })),
    parkedRecords,
    refused: row.refusedAtMs === null ? null : { times: row.refusedTimes, lastAt: rfc3339(row.refusedAtMs) },
    tombstones:
      row.lostAtMs === null
        ? null
        : { records: row.lostRecords, ranges: row.lostRanges, lastAt: rfc3339(row.lostAtMs) },
    lag: lagOf(lags.find((lag) => lag.gatewayId === gatewayId && lag.deviceId === null)),
  };
}

function suspectsOf({ bed }: KnownBed): SuspectSensor[] {
  const { hospitalId, gatewayId, bedId, label } = bed;
  return bed.findings.map(({ sinceMs, evidence, ...finding }) => ({
    ...finding,
    since: rfc3339(sinceMs),
    evidence: evidence.map(evidenceView),
    hospitalId,
    gatewayId,
    bedId,
    bedLabel: label,
  }));
}
