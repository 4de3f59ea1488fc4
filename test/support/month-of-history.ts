/**
 * A month of the demo's wards: vitals by the minute with their days and nights, stays and cleaning, rooms, some bad values,
 * gaps, a scale that drifts, a climate sensor that stands still. It goes through the cloud's own ingest, as gateways would
 * have sent it at the time; the same with the same seed.
 */

import { pino } from "pino";
import type { Database } from "../../cloud/database/schema.ts";
import { seedDatabase } from "../../cloud/database/seed.ts";
import { PartitionKeeper } from "../../cloud/history/postgresql/partition-keeper.ts";
import { PARTITIONED } from "../../cloud/history/postgresql/partitions.ts";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import { SeriesIds } from "../../cloud/ingest/series.ts";
import { storeBatch } from "../../cloud/ingest/store-batch.ts";
import { WholeBatches } from "../../cloud/ingest/whole-batches.ts";
import type { HospitalWards } from "../../config/ward.ts";
import { BootId, Epoch, GatewayId, type Lane } from "../../contracts/wire/ids.ts";
import { flagsOf, numberOf } from "../../contracts/wire/reading-columns.ts";
import { BATCH_RECORDS_MAX } from "../../contracts/wire/sync.ts";
import type { BatchContent, ReadingsContent } from "../../contracts/wire/sync-batch.ts";
import { monthEvents } from "./month-events.ts";
import { type Month, monthBeds, monthSensors, type Sensor } from "./month-sensors.ts";
import { noise } from "./patient-vitals.ts";

const DAY_MS = 86_400_000;
const WINDOW_MS = 6 * 3_600_000;
/** Lately gateways sent every minute, so that what the cloud shows of their lag is what it would be. */
const LATELY_MS = 2 * 3_600_000;
const LATELY_EVERY_MS = 60_000;
/** The way from a sensor to its gateway, and from there to the cloud. */
const RECEIVED_AFTER_MS = 40;
const STORED_AFTER_MS = 400;
/** Of the wire of the first hospital, when all that its gateway kept was lost. */
const LOST_FROM_DAY = 12.3;
const LOST_MS = 3 * 3_600_000;

export type MonthOptions = {
  readonly db: Database;
  readonly hospitals: readonly HospitalWards[];
  /** Where it ends. */
  readonly toMs: number;
  readonly days: number;
  /** Of a patient's vitals; everything else comes less often. */
  readonly everyMs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
};

export type Filled = { readonly readings: number; readonly bedEvents: number };

/** Into an empty database of the newest schema. Everything is rolled up when it settles. */
export async function fillMonth(options: MonthOptions): Promise<Filled> {
  const { db, hospitals, toMs, say } = options;
  const quiet = pino({ enabled: false });
  await seedDatabase(db, {
    hospitals: hospitals.map(({ id, name }) => ({ id, name })),
    gateways: hospitals.map(({ id }) => ({
      id: GatewayId.parse(`gw-${id}`),
      hospital: id,
      keySha256: "0".repeat(64),
    })),
  });
  const clock = { nowMs: () => toMs };
  const partitions = new PartitionKeeper({ db, clock, log: quiet });
  for (const partitioned of PARTITIONED) await partitions.keep(partitioned);
  const filled = await Promise.all(hospitals.map((hospital, n) => fillHospital(hospital, n, options)));
  say("rolling up");
  await new RollupFeed({ db, log: quiet }).round(1, AbortSignal.timeout(3_600_000));
  for (const partitioned of PARTITIONED) await partitions.keep(partitioned);
  return {
    readings: filled.reduce((sum, { readings }) => sum + readings, 0),
    bedEvents: filled.reduce((sum, { bedEvents }) => sum + bedEvents, 0),
  };
}

async function fillHospital(
  hospital: HospitalWards,
  place: number,
  { db, toMs, days, everyMs, seed, say }: MonthOptions,
): Promise<Filled> {
  const midnightMs = Math.floor((toMs - days * DAY_MS) / DAY_MS) * DAY_MS;
  const month: Month = { fromMs: midnightMs, toMs, seed: seed + place };
  const beds = monthBeds(hospital, month);
  const sensors = monthSensors(hospital, beds, month);
  const events = monthEvents(hospital, beds, month);
  const journal = new Journal(db, hospital, place + 1);
  const lostFromMs = midnightMs + LOST_FROM_DAY * DAY_MS;
  let readings = 0;
  for (let fromMs = midnightMs; fromMs < toMs; ) {
    const isLately = fromMs >= toMs - LATELY_MS;
    const windowMs = isLately ? LATELY_EVERY_MS : WINDOW_MS;
    const untilMs = Math.min(fromMs + windowMs, isLately ? toMs : Math.max(toMs - LATELY_MS, fromMs + 1));
    await journal.store("beds", happening(events, fromMs, untilMs));
    for (const lane of ["vitals", "environment"] as const) {
      const made = measured(sensors, lane, { fromMs, toMs: untilMs, everyMs }).filter(
        ({ atMs }) => place !== 0 || atMs < lostFromMs || atMs > lostFromMs + LOST_MS,
      );
      readings += made.length;
      for (let from = 0; from < made.length; from += BATCH_RECORDS_MAX)
        await journal.store(lane, content(sensors, made.slice(from, from + BATCH_RECORDS_MAX)));
    }
    if (Math.floor(untilMs / (5 * DAY_MS)) !== Math.floor(fromMs / (5 * DAY_MS)))
      say(`${hospital.id}: ${readings} readings, through ${new Date(untilMs).toISOString().slice(0, 10)}`);
    fromMs = untilMs;
  }
  return { readings, bedEvents: events.length };
}

type Measured = {
  readonly sensor: number;
  readonly atMs: number;
  readonly value: number;
  readonly flags: number;
};

/** Each at its own moment of its interval. */
function measured(
  sensors: readonly Sensor[],
  wanted: Sensor["lane"],
  { fromMs, toMs, everyMs }: { fromMs: number; toMs: number; everyMs: number },
): Measured[] {
  const made: Measured[] = [];
  for (const [place, { lane, pace, said }] of sensors.entries()) {
    if (lane !== wanted) continue;
    const stepMs = everyMs * pace;
    const phaseMs = Math.floor(((noise(place, 1) + 1) / 2) * stepMs);
    const first = Math.ceil((fromMs - phaseMs) / stepMs);
    for (let atMs = first * stepMs + phaseMs; atMs < toMs; atMs += stepMs) {
      const reading = said(atMs);
      if (reading === undefined) continue;
      const { value, badReason } = reading;
      const flags = flagsOf({ value, badReason, observedBy: "device" });
      made.push({ sensor: place, atMs, value: numberOf(value), flags });
    }
  }
  return made.sort((left, right) => left.atMs - right.atMs);
}

function content(sensors: readonly Sensor[], made: readonly Measured[]): ReadingsContent {
  const places = new Map([...new Set(made.map(({ sensor }) => sensor))].map((sensor, n) => [sensor, n]));
  return {
    kind: "readings",
    series: [...places.keys()].flatMap((place) => sensors[place]?.facts ?? []),
    seriesOf: made.map(({ sensor }) => places.get(sensor) ?? 0),
    receivedAtMs: made.map(({ atMs }) => atMs + RECEIVED_AFTER_MS),
    observedAtMs: made.map(({ atMs }) => atMs),
    value: made.map(({ value }) => value),
    flags: made.map(({ flags }) => flags),
  };
}

function happening(events: ReturnType<typeof monthEvents>, fromMs: number, toMs: number): BatchContent {
  return {
    kind: "events",
    events: events.filter(({ observedAtMs }) => observedAtMs >= fromMs && observedAtMs < toMs),
  };
}

/** One gateway's, as the cloud hears it. */
class Journal {
  readonly #db: Database;
  readonly #hospital: HospitalWards;
  readonly #envelope;
  readonly #seriesIds = new SeriesIds();
  readonly #nextSeq = { beds: 1, vitals: 1, environment: 1 };

  constructor(db: Database, hospital: HospitalWards, number: number) {
    this.#db = db;
    this.#hospital = hospital;
    const digits = number.toString(16).padStart(16, "0");
    this.#envelope = { version: 2 as const, epoch: Epoch.parse(digits), bootId: BootId.parse(digits) };
  }

  async store(lane: Lane, brought: BatchContent): Promise<void> {
    const records =
      brought.kind === "events" ? brought.events : brought.kind === "readings" ? brought.flags : [];
    if (records.length === 0) return;
    const times =
      brought.kind === "events"
        ? brought.events.map(({ receivedAtMs }) => receivedAtMs)
        : brought.kind === "readings"
          ? brought.receivedAtMs
          : [];
    const sentAtMs = (times.at(-1) ?? 0) + 1;
    const gatewayId = GatewayId.parse(`gw-${this.#hospital.id}`);
    const batch = {
      ...this.#envelope,
      gatewayId,
      lane,
      firstSeq: this.#nextSeq[lane],
      sentAtMs,
      behindCount: 0,
      content: brought,
    };
    this.#nextSeq[lane] += records.length;
    const result = await storeBatch(
      {
        db: this.#db,
        seriesIds: this.#seriesIds,
        newestValues: { add: () => undefined },
        wholeBatches: new WholeBatches(this.#db),
      },
      { kind: "gateway", gatewayId, hospitalId: this.#hospital.id },
      batch,
      sentAtMs + STORED_AFTER_MS,
    );
    if (result.kind !== "stored" || result.parked.length > 0)
      throw new Error(`a batch was to be stored, but: ${JSON.stringify(result).slice(0, 500)}`);
  }
}
