/**
 * One day of a ward on a clock of its own: devices' models ─▶ real bytes ─▶ the gateway from its scanners to its journal
 * ─▶ the cloud's own fold of bed events and its derivation ─▶ what the board says, held against what is so.
 */
import { foldBedEvents } from "../../../cloud/ingest/fold-bed-events.ts";
import { gatewayClock } from "../../../cloud/ingest/gateway-clock.ts";
import { EVENTS_ALONE, type KnownBed } from "../../../cloud/registry/bed.ts";
import { derivedAt } from "../../../cloud/registry/bed-view.ts";
import type { Occupancy } from "../../../contracts/bed/axes.ts";
import { GATEWAY_SILENT_AFTER_MS, staleAfterMs } from "../../../contracts/bed/freshness.ts";
import { type BedId, GatewayId } from "../../../contracts/wire/ids.ts";
import type { DeviceModel } from "../../../firmware-sim/devices/device-model.ts";
import { lyingPatientOf } from "../../../firmware-sim/ward-day/bed-truth.ts";
import type { Faults } from "../../../firmware-sim/ward-day/faults.ts";
import type { Ward } from "../../../firmware-sim/ward-day/ward.ts";
import type { BedPlace, Topology } from "../../../gateway/commissioning/topology.ts";
import { PRESENT_AMONG_CLEANERS_MS } from "../../../gateway/interpret/occupancy.ts";
import { HEARTBEAT_EVERY_MS } from "../../../gateway/sync/heartbeat.ts";
import { agesOf, lookAtSources } from "../../../gateway/sync/source-ages.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";
import { EventJournal } from "./event-journal.ts";
import { gatewayEar } from "./gateway-ear.ts";
import { type Budget, emptyTally, judgeInstant, type Shown, type Tally } from "./judge-truth.ts";

const STEP_MS = 1_000;
export const JUDGED_EVERY_MS = 5_000;
const BEYOND_TOLD_MAX = 20;
/** In its first half hour a ward is put into service: beds are heard for the first time, and housekeeping looks at each. */
const BEGINS_TO_COUNT_AFTER_MS = 30 * 60_000;

export type Day = {
  readonly topology: Topology;
  /** Where the times that the truth may need are taken from; the same topology, save in the control. */
  readonly judgedBy: Topology;
  readonly models: readonly DeviceModel[];
  readonly ward: Ward;
  readonly faults: Faults;
  readonly lastsMs: number;
  /** While the gateway and the cloud do not hear each other. */
  readonly linkLost: { readonly fromMs: number; readonly untilMs: number } | null;
};

export type DayTold = { readonly tallies: ReadonlyMap<BedId, Tally>; readonly beyond: readonly string[] };

export const momentAt = (wardTimeMs: number) => at(wardTimeMs / 1_000);
export const STARTED_AT_MS = BEGIN_MS;

export function runDay({ topology, judgedBy, models, ward, faults, lastsMs, linkLost }: Day): DayTold {
  const gateway = new WiredGateway(topology, new EventJournal(), momentAt(0));
  const cloud = new CloudSide(gateway);
  const ear = gatewayEar(topology, models, momentAt);
  const tallies = new Map<BedId, Tally>([...topology.beds.keys()].map((bedId) => [bedId, emptyTally()]));
  const last = new Map<BedId, Shown>();
  const well = new Map<BedId, number>();
  const frozen = new Map<BedId, number>();
  const beyond: string[] = [];
  for (let nowMs = 0; nowMs < lastsMs; nowMs += STEP_MS) {
    const messages = ear(nowMs);
    if (messages.length > 0) gateway.hears(...messages);
    gateway.passesTo(momentAt(nowMs));
    const isLinked = linkLost === null || nowMs < linkLost.fromMs || nowMs >= linkLost.untilMs;
    if (isLinked) cloud.takeEvents(nowMs);
    if (isLinked && nowMs % HEARTBEAT_EVERY_MS === 0) cloud.takeHeartbeat(nowMs);
    for (const place of judgedBy.beds.values()) {
      const saying = place.deciders.map(({ deviceId }) => faults.at(deviceId, nowMs)?.kind);
      if (isLinked && saying.every((kind) => kind === undefined)) well.set(place.bedId, nowMs);
      if (saying.includes("frozen")) frozen.set(place.bedId, nowMs);
      if (nowMs % JUDGED_EVERY_MS !== 0 || nowMs < BEGINS_TO_COUNT_AFTER_MS) continue;
      const { truth, sinceMs } = ward.bedAt(place.bedId, nowMs);
      const tally = tallies.get(place.bedId) ?? emptyTally();
      const instant = {
        atMs: nowMs,
        ...cloud.board(place.bedId, nowMs),
        isOccupied: lyingPatientOf(truth) !== undefined,
        isSinceMs: occupiedSinceMs(ward, place.bedId, nowMs, sinceMs),
        frozenAtMs: frozen.get(place.bedId) ?? null,
        wellUntilMs: well.get(place.bedId) ?? 0,
      };
      const now = judgeInstant(tally, instant, budgetOf(place), last.get(place.bedId) ?? null, () => {
        if (beyond.length < BEYOND_TOLD_MAX)
          beyond.push(`${place.bedId} at ${clockWords(nowMs)}: ${truth.kind}, shown ${instant.shown}`);
      });
      if (now !== null && now !== last.get(place.bedId)) {
        last.set(place.bedId, now);
      }
    }
  }
  return { tallies, beyond };
}

/** A patient who is wheeled away in the bed goes on lying in it: the kind of truth changes, the occupant does not. */
function occupiedSinceMs(ward: Ward, bedId: string, nowMs: number, sinceMs: number): number {
  const isOccupied = lyingPatientOf(ward.bedAt(bedId, nowMs).truth) !== undefined;
  const before = ward.bedAt(bedId, sinceMs - 1);
  const wasOccupied = lyingPatientOf(before.truth) !== undefined;
  return wasOccupied === isOccupied && before.sinceMs < sinceMs
    ? occupiedSinceMs(ward, bedId, before.sinceMs, before.sinceMs)
    : sinceMs;
}

/** Two reports and the longest wait, from a change to the board; from a failure, until silence counts. */
function budgetOf({ deciders, debounce }: BedPlace): Budget {
  const slowestMs = Math.max(...deciders.map(({ expectedIntervalMs }) => expectedIntervalMs));
  const wayMs = 2 * slowestMs + 2 * STEP_MS;
  return {
    presentMs: Math.max(debounce.presentMs, PRESENT_AMONG_CLEANERS_MS) + wayMs,
    absentMs: debounce.absentMs + wayMs,
    noticedMs: wayMs,
    silenceMs: Math.max(staleAfterMs(slowestMs), GATEWAY_SILENT_AFTER_MS) + wayMs,
  };
}

/** The cloud's own rules, without its database. */
class CloudSide {
  readonly #gateway: WiredGateway<EventJournal>;
  readonly #beds = new Map<BedId, KnownBed["bed"]>();
  readonly #lastObservedAtMs = new Map<BedId, Record<string, number>>();
  #heardAtMs: number | null = null;

  constructor(gateway: WiredGateway<EventJournal>) {
    this.#gateway = gateway;
  }

  takeEvents(nowMs: number): void {
    const { journal, topology } = this.#gateway;
    const { atMs } = momentAt(nowMs);
    const { firstSeq, events } = journal.takeEvents();
    if (events.length === 0) return;
    const source = {
      hospitalId: topology.hospitalId,
      gatewayId: GatewayId.parse("gw-prove"),
      epoch: journal.epoch,
      clock: gatewayClock(atMs, atMs),
    };
    const numbered = events.map((record, index) => ({ seq: firstSeq + index, record }));
    const folded = foldBedEvents([...this.#beds.values()], numbered, source);
    const refused = folded.parked[0];
    if (refused !== undefined) throw new Error(`the cloud would park an event: ${refused.reason}`);
    for (const bed of folded.beds) this.#beds.set(bed.bedId, bed);
    this.#heardAtMs = atMs;
  }

  takeHeartbeat(nowMs: number): void {
    const { topology, book } = this.#gateway;
    const { atMs, monoMs } = momentAt(nowMs);
    this.#heardAtMs = atMs;
    for (const { bedId, evidenceAgeMs, deviceId } of agesOf(lookAtSources({ topology, book }), monoMs)) {
      if (evidenceAgeMs === null) continue;
      const ages = this.#lastObservedAtMs.get(bedId) ?? {};
      ages[deviceId] = Math.max(ages[deviceId] ?? 0, atMs - evidenceAgeMs);
      this.#lastObservedAtMs.set(bedId, ages);
    }
  }

  board(bedId: BedId, nowMs: number): { readonly shown: Shown; readonly isBookable: boolean } {
    const bed = this.#beds.get(bedId);
    if (bed === undefined) return { shown: "unknown", isBookable: false };
    const lastObservedAtMs = this.#lastObservedAtMs.get(bedId) ?? {};
    const gatewayLastHeardAtMs = this.#heardAtMs;
    const known = { ...EVENTS_ALONE, bed, liveSeq: 0, gatewayLastHeardAtMs, lastObservedAtMs };
    // Whether it may be offered is another question: a bed that nobody has cleaned is empty all the same.
    const { verification, bookable } = derivedAt(known, momentAt(nowMs).atMs);
    const isKnown = verification === "verified" || verification === "conflict";
    return { shown: isKnown ? SHOWN[bed.axes.occupancy.value] : "unknown", isBookable: bookable.ok };
  }
}

const SHOWN: Readonly<Record<Occupancy, Shown>> = {
  present: "occupied",
  absent: "empty",
  unknown: "unknown",
};

const clockWords = (ms: number) => new Date(Math.max(0, ms)).toISOString().slice(11, 19);
