/** What must hold after every step, and what must hold in the end; each breach is a sentence. */
import { isDeepStrictEqual } from "node:util";
import type { BedId, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import type { Chain } from "./chain.ts";
import type { Held, KeptLane, SimJournal } from "./sim-journal.ts";

/** What is where, at one instant. */
type Sight = {
  readonly chain: Chain;
  readonly journal: Readonly<Record<Lane, KeptLane>>;
  readonly cloud: Readonly<Record<Lane, KeptLane>>;
};

/** What an open journal holds does not change under its numbers, so each look reads on from where the last one ended. */
type Seen = { readonly held: Held[]; readonly tombstoned: Set<number>; throughSeq: number };
const seen = new WeakMap<SimJournal, Record<Lane, Seen>>();

async function keptIn(journal: SimJournal, lane: Lane): Promise<KeptLane> {
  const nothing = (): Seen => ({ held: [], tombstoned: new Set(), throughSeq: 0 });
  const lanes = seen.get(journal) ?? { beds: nothing(), vitals: nothing(), environment: nothing() };
  seen.set(journal, lanes);
  const known = lanes[lane];
  const fresh = await journal.keptAfter(lane, known.throughSeq);
  known.held.push(...fresh.held);
  for (const seq of fresh.tombstoned) known.tombstoned.add(seq);
  known.throughSeq = journal.marks(lane).headSeq;
  return known;
}

async function look(chain: Chain, afresh: boolean): Promise<Sight> {
  const { journal, cloud } = chain;
  if (afresh) seen.delete(journal);
  const stored = (lane: Lane): KeptLane => {
    const { records, tombstoned } = cloud.lane(journal.epoch, lane);
    return { held: [...records].map(([seq, record]) => ({ seq, record })), tombstoned };
  };
  return {
    chain,
    journal: {
      beds: await keptIn(journal, "beds"),
      vitals: await keptIn(journal, "vitals"),
      environment: await keptIn(journal, "environment"),
    },
    cloud: { beds: stored("beds"), vitals: stored("vitals"), environment: stored("environment") },
  };
}

const tokensIn = (records: readonly SyncRecord[]) =>
  records.flatMap((record) =>
    record.kind === "reading" && record.metric === "load" ? [Number(record.value)] : [],
  );
const tokensOf = ({ held }: KeptLane) => tokensIn(held.map(({ record }) => record));

export async function breachesAfterStep(chain: Chain, afresh = false): Promise<string[]> {
  const sight = await look(chain, afresh);
  const stored = tokensIn(chain.cloud.everyRecordOf("vitals"));
  const kept = new Set([...tokensOf(sight.journal.vitals), ...stored]);
  const lost = [...chain.acknowledged].filter((token) => !kept.has(token) && !chain.rotted.has(token));
  const unsaid = stored.filter((token) => token > chain.newestToken);
  return [
    ...lost.map((token) => `message ${token} was acknowledged and is nowhere`),
    ...unsaid.map((token) => `the cloud has message ${token}, which nobody said`),
    ...LANES.flatMap((lane) => laneBreaches(sight, lane)),
    ...unfoundedEvents(sight),
  ];
}

function laneBreaches({ chain, journal, cloud }: Sight, lane: Lane): string[] {
  const { headSeq, acknowledgedSeq } = chain.journal.marks(lane);
  const { markSeq } = chain.cloud.lane(chain.journal.epoch, lane);
  const [here, there] = [journal[lane], cloud[lane]];
  const bySeq = new Map(there.held.map(({ seq, record }) => [seq, record]));
  const differs = here.held.filter(({ seq, record }) => {
    const same = bySeq.get(seq);
    return same !== undefined && !isDeepStrictEqual(same, record);
  });
  const unaccounted = [...here.tombstoned].filter(
    (seq) => seq > acknowledgedSeq && seq > markSeq && chain.rotted.size === 0,
  );
  return [
    ...(isAccountedFor(headSeq, here) ? [] : [`${lane}: the journal has a gap`]),
    ...(isAccountedFor(markSeq, there) ? [] : [`${lane}: the cloud has a gap`]),
    ...(acknowledgedSeq <= markSeq
      ? []
      : [`${lane}: the journal takes ${acknowledgedSeq} for stored, the cloud has ${markSeq}`]),
    ...(unaccounted.length === 0 ? [] : [`${lane}: what the cloud does not have is gone`]),
    ...differs.map(({ seq }) => `${lane}: number ${seq} is one thing here and another there`),
  ];
}

/** Each number up to the last is a record or within a tombstone, and not both. */
function isAccountedFor(lastSeq: number, { held, tombstoned }: KeptLane): boolean {
  const numbers = new Set([...held.map(({ seq }) => seq), ...tombstoned]);
  if (numbers.size !== held.length + tombstoned.size || numbers.size !== lastSeq) return false;
  for (let seq = 1; seq <= lastSeq; seq++) if (!numbers.has(seq)) return false;
  return true;
}

/** An event names readings: each is where it says, and says what it says. */
function unfoundedEvents({ chain, journal, cloud }: Sight): string[] {
  const readings = new Map(
    [...cloud.vitals.held, ...journal.vitals.held].map(({ seq, record }) => [seq, record]),
  );
  const isGone = (seq: number) => journal.vitals.tombstoned.has(seq) || cloud.vitals.tombstoned.has(seq);
  return [...cloud.beds.held, ...journal.beds.held].flatMap(({ seq, record }) =>
    ("evidence" in record ? record.evidence : []).flatMap(({ seq: at, metric, value, observedAtMs }) => {
      if (observedAtMs < chain.salvagedAtMs) return [];
      const reading = readings.get(at);
      const isThere = reading?.kind === "reading" && reading.metric === metric && reading.value === value;
      return isThere || isGone(at) ? [] : [`event ${seq} rests on reading ${at}, which is not there`];
    }),
  );
}

export async function breachesAtTheEnd(chain: Chain): Promise<string[]> {
  const { cloud } = await look(chain, true);
  const times = Map.groupBy(tokensIn(chain.cloud.everyRecordOf("vitals")), (token) => token);
  const missing = [...chain.acknowledged].filter((token) => !times.has(token) && !chain.rotted.has(token));
  const twice = [...times].filter(([token, copies]) => copies.length > 1 && !chain.toldAgain.has(token));
  const beds = [...chain.gateway.topology.beds.keys()].flatMap((bedId) => {
    const [known, said] = [knownOf(chain, bedId), saidOf(cloud.beds.held, bedId)];
    return known === said ? [] : [`${bedId}: the gateway says "${known}", the cloud "${said}"`];
  });
  return [
    ...missing.map((token) => `message ${token} was acknowledged and never reached the cloud`),
    ...twice.map(([token, copies]) => `message ${token} counts ${copies.length} times`),
    ...beds,
  ];
}

function knownOf(chain: Chain, bedId: BedId): string {
  const { occupancy, settling, readiness } = chain.gateway.ward.bed(bedId);
  return `${occupancy}, settling ${settling?.candidate ?? "nothing"}, ${readiness}`;
}

/** What whoever hears the events alone takes the bed to be. */
function saidOf(events: readonly Held[], bedId: BedId): string {
  let [occupancy, settling, readiness] = ["unknown", "nothing", "unknown"];
  for (const { record } of events) {
    if (record.kind === "reading" || record.bedId !== bedId) continue;
    if (record.kind === "occupancy-changed") [occupancy, settling] = [record.to, "nothing"];
    if (record.kind === "occupancy-settling") settling = record.candidate ?? "nothing";
    if (record.kind === "readiness-changed") readiness = record.to;
  }
  return `${occupancy}, settling ${settling}, ${readiness}`;
}
