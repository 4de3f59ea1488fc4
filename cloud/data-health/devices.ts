/** Every source that a bed names or that said something lately, with the figures of its hour. */
import { isGatewaySilent } from "../../contracts/bed/freshness.ts";
import type { DeviceHealth } from "../../contracts/wire/data-health.ts";
import type { DeviceId, GatewayId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import type { KnownBed } from "../registry/bed.ts";
import { rfc3339OrNull } from "../registry/bed-view.ts";
import {
  deviceRows,
  type GatewayRow,
  type LagRow,
  lagOf,
  type OfGateways,
  settlingRows,
} from "./repository.ts";
import { freshnessOfSource, gapMinutesOf, kindOf, noiseOf, type Period } from "./rules.ts";

/** A device no longer named by a bed is shown for as long as it still says something now and then. */
const UNNAMED_SHOWN_MS = 86_400_000;

type DeviceParts = {
  readonly db: Database;
  readonly which: OfGateways;
  readonly period: Period;
  readonly nowMs: number;
  readonly gateways: readonly GatewayRow[];
  readonly lags: readonly LagRow[];
  readonly beds: readonly KnownBed[];
};

const keyOf = (gatewayId: string, deviceId: string | null) => `${gatewayId} ${deviceId ?? ""}`;

type NamedSource = {
  readonly gatewayId: GatewayId;
  readonly deviceId: DeviceId;
  expectedIntervalMs: number;
  lastObservedAtMs: number | null;
  readonly beds: DeviceHealth["beds"];
};

export async function deviceHealths(parts: DeviceParts): Promise<DeviceHealth[]> {
  const { db, which, period, nowMs, gateways, lags, beds } = parts;
  const named = namedSources(beds);
  const said = new Map((await deviceRows(db, which)).map((row) => [keyOf(row.gatewayId, row.deviceId), row]));
  const settled = new Map(
    (await settlingRows(db, which, period)).map((row) => [keyOf(row.gatewayId, row.deviceId), row.settlings]),
  );
  const lagBy = new Map(lags.map((row) => [keyOf(row.gatewayId, row.deviceId), row]));
  const gatewayBy = new Map(gateways.map((gateway) => [gateway.gatewayId, gateway]));
  return [...new Set([...named.keys(), ...said.keys()])].flatMap((key) => {
    const source = named.get(key);
    const values = said.get(key);
    const id = source ?? values;
    const gateway = id === undefined ? undefined : gatewayBy.get(id.gatewayId);
    if (id === undefined || gateway === undefined) return [];
    const lastObservedAtMs = latest(values?.lastObservedAtMs ?? null, source?.lastObservedAtMs ?? null);
    if (source === undefined && nowMs - (lastObservedAtMs ?? 0) > UNNAMED_SHOWN_MS) return [];
    const { gatewayId, deviceId } = id;
    const lag = lagBy.get(key);
    const expectedIntervalMs = source?.expectedIntervalMs ?? null;
    const shares = {
      readings: lag?.readings ?? 0,
      badReadings: lag?.badReadings ?? 0,
      badAmongGood: lag?.badAmongGood ?? 0,
      settlings: settled.get(key) ?? 0,
    };
    return {
      gatewayId,
      hospitalId: gateway.hospitalId,
      deviceId,
      kind: kindOf(values?.metrics ?? [], values?.isOfRoom ?? false),
      beds: source?.beds ?? [],
      metrics: values?.metrics ?? [],
      expectedIntervalMs,
      lastObservedAt: rfc3339OrNull(lastObservedAtMs),
      freshness: freshnessOfSource(
        {
          lastObservedAtMs,
          expectedIntervalMs,
          isGatewaySilent: isGatewaySilent(gateway.lastHeardAtMs, nowMs),
        },
        nowMs,
      ),
      ...shares,
      lag: lagOf(lag),
      gapMinutes: gapMinutesOf(
        lagBy.get(keyOf(gatewayId, null))?.minutes ?? 0,
        lag?.minutes ?? 0,
        expectedIntervalMs,
      ),
      noise: noiseOf(shares),
    };
  });
}

/** What beds in service name. A device that two beds name is due as often as the more demanding of them says. */
function namedSources(beds: readonly KnownBed[]): Map<string, NamedSource> {
  const named = new Map<string, NamedSource>();
  for (const { bed, lastObservedAtMs } of beds)
    for (const { deviceId, expectedIntervalMs } of bed.sources) {
      const key = keyOf(bed.gatewayId, deviceId);
      const known = named.get(key) ?? {
        gatewayId: bed.gatewayId,
        deviceId,
        expectedIntervalMs,
        lastObservedAtMs: null,
        beds: [],
      };
      const { bedId, label, wardId, roomId } = bed;
      known.beds.push({ bedId, label, wardId, roomId });
      known.expectedIntervalMs = Math.min(known.expectedIntervalMs, expectedIntervalMs);
      known.lastObservedAtMs = latest(known.lastObservedAtMs, lastObservedAtMs[deviceId] ?? null);
      named.set(key, known);
    }
  return named;
}

function latest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
