/**
 * How often the board tells the truth: a seeded day of a ward on an injected clock, with real bytes of every kind of bed
 * sensor, sensors that die, freeze and babble, and a gateway that loses the cloud. False-free minutes beyond what the
 * evidence can tell must be none. The control judges the same day with staleness off, and must be found lying.
 */
import { WardFile } from "../../../config/ward.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { PROFILES } from "../../../devices/profiles.ts";
import { buildDevices } from "../../../firmware-sim/devices/build-devices.ts";
import { loadRecording, RECORDINGS } from "../../../firmware-sim/monitor/recording.ts";
import { lyingPatientOf } from "../../../firmware-sim/ward-day/bed-truth.ts";
import { type Fault, listedFaults } from "../../../firmware-sim/ward-day/faults.ts";
import { DAY_MS, planWardDay } from "../../../firmware-sim/ward-day/plan-ward-day.ts";
import { createWard, type Ward } from "../../../firmware-sim/ward-day/ward.ts";
import { parseHospital } from "../../../firmware-sim/ward-file.ts";
import { buildTopology, type Topology } from "../../../gateway/commissioning/topology.ts";
import type { Claim } from "../claim.ts";
import type { Tally } from "./judge-truth.ts";
import { emptyTally } from "./judge-truth.ts";
import { JUDGED_EVERY_MS, runDay, STARTED_AT_MS } from "./run-day.ts";
import { truthWard, WAYS_COUNT } from "./truth-ward.ts";

const HOUR_MS = 3_600_000;
const FULL = { beds: 2 * WAYS_COUNT, lastsMs: DAY_MS };
const SHORT = { beds: WAYS_COUNT, lastsMs: 5 * HOUR_MS };
const SEED = 20_261_125;
const FAILS_BEFORE_MS = 10 * 60_000;
const FALSE_CHANGES_A_BED_DAY_MAX = 0.05;
/** Longest that the wire lets a sensor be silent; a bed would be believed for three times that. */
const NEVER_STALE_INTERVAL_MS = HOUR_MS;

export const proveTruth: Claim = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const file = truthWard(size.beds);
  const [hospitalWards] = WardFile.parse(file).hospitals;
  if (hospitalWards === undefined) throw new Error("the ward file holds no hospital");
  const topology = buildTopology(hospitalWards, PROFILES);
  const hospital = parseHospital(file, "prove", "the ward of the truth proof");
  const childrensBedIds = new Set(hospital.beds.filter((bed) => bed.isForChildren).map(({ bedId }) => bedId));
  const bedIds = hospital.beds.map(({ bedId }) => bedId);
  const ward = createWard(planWardDay({ bedIds, seed: SEED, childrensBedIds }));
  const faults = planFaultsOf(topology, ward, size.lastsMs);
  const recordings = await Promise.all(Object.values(RECORDINGS).map(loadRecording));
  const linkLost = { fromMs: size.lastsMs * 0.6, untilMs: size.lastsMs * 0.6 + 20 * 60_000 };
  const dayWith = (running: Topology, only: ReadonlySet<string> = new Set(bedIds)) => {
    const pace = { startedAtMs: STARTED_AT_MS, speed: 1 };
    const listed = listedFaults(faults);
    const wanted = { hospital, ward, pace, seed: SEED, recordings, faults: listed, speaksFromMs: 0 };
    const models = buildDevices(wanted).filter(({ deviceId }) => only.has(bedOf(topology, deviceId)));
    return runDay({
      topology: bedsOnly(running, only),
      judgedBy: bedsOnly(topology, only),
      models,
      ward,
      faults: listed,
      lastsMs: size.lastsMs,
      linkLost,
    });
  };

  say(`${size.beds} beds in ${WAYS_COUNT} kinds, ${size.lastsMs / HOUR_MS} h, ${faults.length} faults`);
  const { tallies, beyond } = dayWith(topology);
  for (const line of beyond) say(`false-free beyond the budget: ${line}`);
  say("the control: the beds whose sensors fall silent, and silence never counts");
  const control = sumOf([...dayWith(withoutStaleness(topology), bedsOf(faults, topology)).tallies.values()]);

  const all = sumOf([...tallies.values()]);
  const bedDays = (size.beds * size.lastsMs) / DAY_MS;
  const falseChangesABedDay = all.falseChanges / bedDays;
  const misses = [
    ...(all.falseFreeBeyond === 0
      ? []
      : [`${minutes(all.falseFreeBeyond)} false-free bed-minutes beyond the evidence budget`]),
    ...(all.bookableBeyond === 0
      ? []
      : [`${minutes(all.bookableBeyond)} minutes in which a bed with somebody in it could be booked`]),
    ...(falseChangesABedDay <= FALSE_CHANGES_A_BED_DAY_MAX
      ? []
      : [
          `${falseChangesABedDay.toFixed(3)} false changes a bed-day, more than ${FALSE_CHANGES_A_BED_DAY_MAX}`,
        ]),
    ...(control.falseFreeBeyond > 0 ? [] : ["control: with staleness off, no lie was found"]),
  ];
  const figures = {
    seed: SEED,
    beds: size.beds,
    hours: size.lastsMs / HOUR_MS,
    faults: countsOf(faults),
    ...inWords(all),
    falseChangesABedDay: Number(falseChangesABedDay.toFixed(4)),
    worstBeds: worstOf(tallies),
    control: { ...inWords(control), expected: "false-free minutes beyond the budget" },
  };
  return { figures, misses };
};

/**
 * Faults where they hurt: for two beds in three, the time in which a patient takes an empty bed is found, and a device
 * that has a say fails ten minutes before and for long after. Each kind in turn.
 */
function planFaultsOf(topology: Topology, ward: Ward, lastsMs: number): Fault[] {
  const hadBeenEmpty = ({ bedId, atMs }: { bedId: string; atMs: number }) =>
    lyingPatientOf(ward.bedAt(bedId, atMs - FAILS_BEFORE_MS - 120_000).truth) === undefined &&
    lyingPatientOf(ward.bedAt(bedId, atMs - FAILS_BEFORE_MS).truth) === undefined;
  const faults: Fault[] = [];
  const kinds = ["dead", "frozen", "babbling"] as const;
  for (const [n, place] of [...topology.beds.values()].entries()) {
    if (n % 3 === 2) continue;
    const kind = kinds[faults.length % kinds.length];
    const device = place.deciders[0];
    const comes = ward
      .changesBetween(HOUR_MS / 2, lastsMs - HOUR_MS)
      .find(
        (change) => change.bedId === place.bedId && change.truth.kind === "in-bed" && hadBeenEmpty(change),
      );
    if (kind === undefined || device === undefined || comes === undefined) continue;
    const fromMs = comes.atMs - FAILS_BEFORE_MS;
    faults.push({ deviceId: device.deviceId, kind, fromMs, untilMs: fromMs + 5 * HOUR_MS });
  }
  return faults;
}

const bedOf = ({ devices }: Topology, deviceId: string) =>
  [...devices.values()].find((device) => device.deviceId === deviceId)?.bedId ?? "";

/** Beds with a sensor that says nothing, or nothing but noise. */
function bedsOf(faults: readonly Fault[], topology: Topology): ReadonlySet<string> {
  const silent = faults.filter(({ kind }) => kind !== "frozen");
  return new Set(silent.map(({ deviceId }) => bedOf(topology, deviceId)));
}

const bedsOnly = (topology: Topology, only: ReadonlySet<string>): Topology => ({
  ...topology,
  beds: new Map([...topology.beds].filter(([bedId]) => only.has(bedId))),
});

function withoutStaleness(topology: Topology): Topology {
  const never = <Timed extends { readonly expectedIntervalMs: number }>(timed: Timed): Timed => ({
    ...timed,
    expectedIntervalMs: NEVER_STALE_INTERVAL_MS,
  });
  const beds = [...topology.beds].map(
    ([bedId, place]) =>
      [bedId, { ...place, deciders: place.deciders.map(never), sources: place.sources.map(never) }] as const,
  );
  return { ...topology, beds: new Map(beds) };
}

function sumOf(tallies: readonly Tally[]): Tally {
  const sum = emptyTally();
  for (const tally of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key];
  return sum;
}

const minutes = (instants: number) => Number(((instants * JUDGED_EVERY_MS) / 60_000).toFixed(1));

function inWords(tally: Tally) {
  const said = tally.falseFreeWithin + tally.falseFreeFrozen + tally.falseFreeBeyond + tally.falseOccupied;
  const all = tally.right + tally.unknown + said;
  return {
    bedMinutes: minutes(all),
    truthShare: share(tally.right, all),
    truthShareWhileSensorsAreWell: share(tally.wellRight, tally.well),
    truthShareOfWhatItSaid: share(tally.right, all - tally.unknown),
    unknownShare: share(tally.unknown, all),
    falseOccupiedMinutes: minutes(tally.falseOccupied),
    falseFreeMinutesWithinBudget: minutes(tally.falseFreeWithin),
    falseFreeMinutesFrozen: minutes(tally.falseFreeFrozen),
    falseFreeMinutesBeyond: minutes(tally.falseFreeBeyond),
    bookableThoughOccupiedMinutesWithin: minutes(tally.bookableWithin),
    bookableThoughOccupiedMinutesBeyond: minutes(tally.bookableBeyond),
    changes: tally.changes,
    falseChanges: tally.falseChanges,
  };
}

const share = (part: number, all: number) => Number((part / all).toFixed(5));

function countsOf(faults: readonly Fault[]) {
  const byKind = Map.groupBy(faults, ({ kind }) => kind);
  return Object.fromEntries([...byKind].map(([kind, of]) => [kind, of.length]));
}

/** The five that told the least truth, for whoever wants to know why. */
function worstOf(tallies: ReadonlyMap<BedId, Tally>) {
  const told = [...tallies].map(([bedId, tally]) => {
    const { truthShare, unknownShare, falseOccupiedMinutes, falseChanges } = inWords(tally);
    return { bedId, truthShare, unknownShare, falseOccupiedMinutes, falseChanges };
  });
  return told.sort((a, b) => a.truthShare - b.truthShare).slice(0, 5);
}
