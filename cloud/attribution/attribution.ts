/** Whose readings are whose: asked for a moment, corrected by people, recorded with what changed by it. */
import { sql } from "kysely";
import { attribute } from "../../contracts/booking/attribute.ts";
import type {
  AttributionView,
  CorrectionAnswer,
  EncounterSeries,
  MergeBody,
  PlacementBody,
  StayCorrectionBody,
  StayList,
  SwapBody,
} from "../../contracts/wire/encounters.ts";
import type { SeriesQuery } from "../../contracts/wire/history.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { DeskDeps, DeskStep } from "../desk/desk-transaction.ts";
import { once } from "../desk/idempotent.ts";
import type { Identities } from "../encounters/identities.ts";
import { requireEncounter } from "../encounters/may-read.ts";
import { encounterById } from "../encounters/repository.ts";
import { readMetrics, readRange } from "../history/read-query.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { traceOf } from "./changes.ts";
import { conflictOf } from "./conflicts.ts";
import { correctStay } from "./correct-stay.ts";
import { encounterReadings } from "./encounter-series.ts";
import { mergeEncounters } from "./merge-encounters.ts";
import { placeDevice } from "./place-device.ts";
import { type AskedDevice, currentPlacements, deviceSeries, gatewayWordAt } from "./placements.ts";
import { currentStays } from "./stays.ts";
import { swapStays } from "./swap-stays.ts";

export type Ward = PersonCaller & { readonly hospitalId: HospitalId };
export type AttributionDeps = DeskDeps & { readonly identities: Identities };

export class Attribution {
  readonly #deps: AttributionDeps;

  constructor(deps: AttributionDeps) {
    this.#deps = deps;
  }

  /** Of the caller's own hospital's beds. */
  async stays(caller: PersonCaller, asked: string): Promise<StayList> {
    const { db, clock } = this.#deps;
    const { encounterId, hospitalId } = requireEncounter(caller, await encounterById(db, asked));
    const stays = await currentStays(
      db,
      sql`stay.encounter_id = ${encounterId} AND stay.hospital_id = ${hospitalId}`,
    );
    return {
      stays: stays.map((stay) => ({
        stayId: stay.stayId,
        encounterId,
        bedId: stay.bedId,
        hospitalId,
        from: rfc3339(stay.fromMs),
        to: rfc3339OrNull(stay.toMs),
        version: stay.version,
      })),
      serverTime: rfc3339(await clock.nowMs(db)),
    };
  }

  async at(caller: PersonCaller, device: AskedDevice, atMs: number): Promise<AttributionView> {
    const { db } = this.#deps;
    const { hospitalId } = wardOf(caller);
    const series = await deviceSeries(db, hospitalId, device);
    const { gatewayId, deviceId } = series[0];
    const placements = await currentPlacements(
      db,
      sql`gateway_id = ${gatewayId} AND device_id = ${deviceId} AND during @> ${atMs}::bigint`,
    );
    const heard = await gatewayWordAt(db, series, atMs);
    const gatewayBedId = heard?.gatewayBedId ?? null;
    const bedId = placements[0] === undefined ? gatewayBedId : placements[0].bedId;
    const stays = await currentStays(
      db,
      sql`stay.bed_id = ${bedId} AND stay.hospital_id = ${hospitalId} AND stay.during @> ${atMs}::bigint`,
    );
    const whose = { gatewayId, deviceId, gatewayBedId };
    const found = attribute({ ...whose, observedAtMs: atMs }, placements, stays);
    const trace = await traceOf(db, whose, bedId, atMs);
    const isUnknown = heard === undefined && found.placement === null;
    return {
      deviceId,
      at: rfc3339(atMs),
      encounterId: found.encounterId,
      bedId: found.bedId,
      why: isUnknown ? "device-unknown" : found.why,
      placement: isUnknown ? null : placementView(found.placement),
      stayId: found.stayId,
      trace: trace.map(({ recordedAtMs, ...told }) => ({ ...told, at: rfc3339(recordedAtMs) })),
    };
  }

  async series(
    caller: PersonCaller,
    asked: string,
    query: Pick<SeriesQuery, "metric" | "from" | "to">,
  ): Promise<EncounterSeries> {
    const { db, clock } = this.#deps;
    const { encounterId, hospitalId } = requireEncounter(caller, await encounterById(db, asked));
    const nowMs = await clock.nowMs(db);
    const metrics = readMetrics(query.metric);
    const range = readRange(query.from, query.to, nowMs);
    const found = await encounterReadings(db, { encounterId, hospitalId, metrics, range });
    return { encounterId, ...found, serverTime: rfc3339(nowMs) };
  }

  async correct(
    caller: PersonCaller,
    key: string,
    ifMatch: string,
    body: StayCorrectionBody,
  ): Promise<CorrectionAnswer> {
    const asked = { route: "POST /api/v1/stays/corrections", key, request: { ...body, ifMatch } };
    return await this.#once(caller, asked, (step, ward) => correctStay(step, ward, ifMatch, body));
  }

  async place(caller: PersonCaller, key: string, body: PlacementBody): Promise<CorrectionAnswer> {
    const asked = { route: "POST /api/v1/placements", key, request: body };
    return await this.#once(caller, asked, (step, ward) => placeDevice(step, ward, body));
  }

  async swap(caller: PersonCaller, key: string, body: SwapBody): Promise<CorrectionAnswer> {
    const asked = { route: "POST /api/v1/encounters/swap", key, request: body };
    return await this.#once(caller, asked, (step, ward) => swapStays(step, ward, body));
  }

  async merge(caller: PersonCaller, key: string, body: MergeBody): Promise<CorrectionAnswer> {
    const { identities } = this.#deps;
    const asked = { route: "POST /api/v1/encounters/merge", key, request: body };
    return await this.#once(caller, asked, (step, ward) => mergeEncounters(step, ward, identities, body));
  }

  async #once(
    caller: PersonCaller,
    asked: { readonly route: string; readonly key: string; readonly request: unknown },
    act: (step: DeskStep, ward: Ward) => Promise<CorrectionAnswer>,
  ): Promise<CorrectionAnswer> {
    const ward = wardOf(caller);
    return (await once(this.#deps, { caller, ...asked }, (step) => act(step, ward), conflictOf)).answer;
  }
}

/** The rules let only people of a hospital come here. */
export function wardOf(caller: PersonCaller): Ward {
  const { hospitalId } = caller;
  if (hospitalId === null) throw new Error(`somebody of a hospital was expected, ${caller.role} came`);
  return { ...caller, hospitalId };
}

const placementView = (placed: { fromMs: number; toMs: number | null } | null) =>
  placed === null
    ? ({ from: null, to: null, source: "gateway" } as const)
    : ({ from: rfc3339(placed.fromMs), to: rfc3339OrNull(placed.toMs), source: "correction" } as const);
