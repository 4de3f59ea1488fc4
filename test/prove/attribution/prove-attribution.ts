/**
 * Every reading with the right encounter or none. Patients come, go, are swapped, merged and corrected; devices are moved
 * and placed by hand; readings come late and in any order. All of it goes over HTTP and the gateway's sync; what the
 * service says of every reading is held against a grid of minutes written apart. Two careless readers of the same ward,
 * one that goes by when a reading came and one that knows no corrected device, must be caught.
 */
import type { AttributionView, EncounterSeries } from "../../../contracts/wire/encounters.ts";
import { reading, START_MS } from "../../cloud/records.ts";
import { simulationSeed } from "../../sim/seed.ts";
import type { Claim } from "../claim.ts";
import { below, seeded } from "../salvage/seeded.ts";
import { MinuteGrid } from "./minute-grid.ts";
import { openWard, type ProofWard } from "./proof-ward.ts";
import { MINUTE_MS, RandomWard } from "./random-ward.ts";

const FORMS = { short: { rounds: 1, minutes: 60, asked: 40 }, full: { rounds: 4, minutes: 240, asked: 200 } };
const BEDS = ["north-1", "north-2", "north-3", "north-4", "north-5"];
/** One at each bed, and two that are carried about and that their gateway knows to be here or there. */
const CARRIED = ["carried-1", "carried-2"];
const DEVICES = [...BEDS, ...CARRIED];
const LATE_MINUTES_MAX = 60;
const MISSES_SHOWN_MAX = 10;

type Sent = {
  readonly device: string;
  readonly gatewayBed: string | null;
  readonly atMs: number;
  readonly comesAtMinute: number;
};
type Stays = readonly { encounterId: string; bed: string; from: number; to: number | null }[];
const keyOf = ({ device, atMs }: Pick<Sent, "device" | "atMs">) => `${device} ${atMs}`;
const minuteOf = (atMs: number) => (atMs - START_MS) / MINUTE_MS;

export const proveAttribution: Claim = async ({ isShort, say }) => {
  const form = isShort ? FORMS.short : FORMS.full;
  const seed = simulationSeed();
  say(`seed ${seed} (HOSPITELL_SEED repeats it)`);
  const totals = { readings: 0, attributed: 0, late: 0, wrong: 0, asked: 0 };
  const controls = { byArrival: 0, withoutPlacements: 0 };
  const done: Record<string, number> = {};
  const misses: string[] = [];
  for (let round = 0; round < form.rounds; round++) {
    const told = await playRound(seed + round, form);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += told.totals[name];
    for (const name of Object.keys(controls) as (keyof typeof controls)[])
      controls[name] += told.controls[name];
    for (const [what, times] of Object.entries(told.done)) done[what] = (done[what] ?? 0) + times;
    misses.push(...told.misses.map((miss) => `round ${round}: ${miss}`));
    say(`round ${round}: ${told.totals.readings} readings, ${told.misses.length} misses`);
  }
  for (const [name, found] of Object.entries(controls))
    if (found === 0) misses.push(`control ${name}: a careless reader was not caught`);
  const database = process.env.DATABASE_URL === undefined ? "pglite" : "postgresql";
  return {
    figures: { seed, database, ...totals, done, controlsWrong: controls, missesInAll: misses.length },
    misses: misses.slice(0, MISSES_SHOWN_MAX),
  };
};

async function playRound(seed: number, { minutes, asked }: { minutes: number; asked: number }) {
  const random = seeded(seed);
  const ward = await openWard(BEDS);
  try {
    const grid = new MinuteGrid(minutes + 1, BEDS);
    const events = new RandomWard({ ward, grid, random, beds: BEDS, devices: DEVICES });
    const sent: Sent[] = [];
    let waiting: Sent[] = [];
    let nextSeq = 1;
    for (let minute = 0; minute < minutes; minute++) {
      ward.clock.now = START_MS + minute * MINUTE_MS;
      await events.happen(minute);
      for (const device of DEVICES) waiting.push(observe(device, minute, random));
      const isLast = minute === minutes - 1;
      ward.clock.now += MINUTE_MS - 1;
      const due = waiting.filter(({ comesAtMinute }) => isLast || comesAtMinute <= minute);
      waiting = waiting.filter((one) => !due.includes(one));
      // What is due at once comes in any order.
      const shuffled = due
        .map((one) => ({ one, place: random() }))
        .toSorted((left, right) => left.place - right.place)
        .map(({ one }) => one);
      if (shuffled.length > 0) await ward.sync(shuffled.map(recordOf(ward)), "vitals", nextSeq);
      nextSeq += shuffled.length;
      sent.push(...shuffled.map((one) => ({ ...one, comesAtMinute: minute })));
    }
    // Of everything that has come, some more is corrected.
    ward.clock.now = START_MS + minutes * MINUTE_MS;
    for (let n = 0; n < minutes / 5; n++) await events.happen(minutes);
    return await judge({ ward, grid, events, sent, random, asked });
  } finally {
    await ward.close();
  }
}

/** Each device once a minute, often in its first or last millisecond; a carried one changes its bed now and then. */
function observe(device: string, minute: number, random: () => number): Sent {
  const place = below(random, 4);
  const ms = place === 0 ? 0 : place === 1 ? MINUTE_MS - 1 : below(random, MINUTE_MS);
  const carriedTo = [...BEDS, null][below(seeded(device.length * 31 + Math.floor(minute / 15)), 6)] ?? null;
  const late = below(random, 3) === 0 ? below(random, LATE_MINUTES_MAX) : 0;
  return {
    device,
    gatewayBed: CARRIED.includes(device) ? carriedTo : device,
    atMs: START_MS + minute * MINUTE_MS + ms,
    comesAtMinute: minute + late,
  };
}

const recordOf =
  ({ clock }: ProofWard) =>
  ({ device, gatewayBed, atMs }: Sent) =>
    reading({
      deviceId: device,
      bedId: gatewayBed,
      metric: "spo2",
      unit: "%",
      value: 97,
      observedAtMs: atMs,
      receivedAtMs: Math.max(atMs, clock.now),
    });

type Played = {
  readonly ward: ProofWard;
  readonly grid: MinuteGrid;
  readonly events: RandomWard;
  readonly sent: readonly Sent[];
  readonly random: () => number;
  readonly asked: number;
};

async function judge({ ward, grid, events, sent, random, asked }: Played) {
  const misses = [...events.misses];
  const owners = new Map<string, string[]>();
  const stays: { encounterId: string; bed: string; from: number; to: number | null }[] = [];
  for (const patient of events.patients) {
    const { encounterId } = patient;
    for (const stay of await events.staysOf(patient)) stays.push({ ...stay, encounterId });
    for (const key of await seriesOf(ward, encounterId))
      owners.set(key, [...(owners.get(key) ?? []), encounterId]);
  }
  const expected = (one: Sent) =>
    grid.ownerOf({ device: one.device, gatewayBed: one.gatewayBed, atMinute: minuteOf(one.atMs) });
  const wrongOf = (told: (one: Sent) => string | null) => sent.filter((one) => told(one) !== expected(one));
  const wrong = wrongOf((one) => owners.get(keyOf(one))?.join(" and ") ?? null);
  for (const one of wrong)
    misses.push(
      `${keyOf(one)}: of ${owners.get(keyOf(one))?.join(" and ") ?? "nobody"}, by the model of ${expected(one) ?? "nobody"}`,
    );
  const known = new Set(sent.map(keyOf));
  for (const key of owners.keys()) if (!known.has(key)) misses.push(`${key} was never sent`);
  for (let n = 0; n < asked; n++) {
    const one = sent[below(random, sent.length)] as Sent;
    const { body } = await ward.send(
      "GET",
      `attribution?device=${one.device}&at=${new Date(one.atMs).toISOString()}`,
    );
    const { encounterId, why } = body as AttributionView;
    if (encounterId !== expected(one) || (encounterId === null) !== (why !== null))
      misses.push(
        `${keyOf(one)}: asked for alone ${encounterId ?? why}, by the model ${expected(one) ?? "nobody"}`,
      );
  }
  return {
    misses,
    done: events.done,
    totals: {
      readings: sent.length,
      attributed: owners.size,
      late: sent.filter((one) => one.comesAtMinute > Math.floor(minuteOf(one.atMs))).length,
      wrong: wrong.length,
      asked,
    },
    controls: {
      byArrival: wrongOf((one) => ownerIn(stays, one.gatewayBed, one.comesAtMinute)).length,
      withoutPlacements: wrongOf((one) => ownerIn(stays, one.gatewayBed, minuteOf(one.atMs))).length,
    },
  };
}

/** What a reader says that asks no device where it was. */
function ownerIn(stays: Stays, bed: string | null, minute: number): string | null {
  const stay = stays.find(
    ({ from, to, ...one }) => one.bed === bed && from <= minute && (to === null || minute < to),
  );
  return stay?.encounterId ?? null;
}

async function seriesOf(ward: ProofWard, encounterId: string): Promise<string[]> {
  const keys: string[] = [];
  let from: string | null = new Date(START_MS).toISOString();
  while (from !== null) {
    const { body } = await ward.send("GET", `encounters/${encounterId}/series?metric=spo2&from=${from}`);
    const page = body as EncounterSeries;
    keys.push(
      ...page.readings.map(({ deviceId, observedAt }) =>
        keyOf({ device: deviceId, atMs: Date.parse(observedAt) }),
      ),
    );
    from = page.continueFrom;
  }
  return keys;
}
