/** What must hold after every step, and what must hold in the end; each breach is a sentence. */
import { isDeepStrictEqual } from "node:util";
import { type BedId, LANES, type Lane } from "../../contracts/wire/ids.ts";
import { SyncRecord } from "../../contracts/wire/sync.ts";
import type { Chain } from "./chain.ts";

type Held = { readonly seq: number; readonly record: SyncRecord };
type Lanes = Readonly<Record<Lane, readonly Held[]>>;
/** What is where, at one instant. */
type Sight = { readonly chain: Chain; readonly journal: Lanes; readonly cloud: Lanes };

/** The cloud took bytes; each record of it is read once. */
const read = new WeakMap<object, SyncRecord>();

function look(chain: Chain): Sight {
  const kept = chain.gateway.kept();
  const stored = (lane: Lane) =>
    [...chain.cloud.lane(chain.gateway.journal.epoch, lane).records].map(([seq, raw]) => {
      if (typeof raw !== "object" || raw === null)
        throw new Error("the cloud has something that is no record");
      const record = read.get(raw) ?? SyncRecord.parse(raw);
      read.set(raw, record);
      return { seq, record };
    });
  const byLane = (of: (lane: Lane) => Held[]): Lanes => ({
    beds: of("beds"),
    vitals: of("vitals"),
    environment: of("environment"),
  });
  return { chain, journal: byLane((lane) => kept.filter((one) => one.lane === lane)), cloud: byLane(stored) };
}

const tokensOf = (held: readonly Held[]) =>
  held.flatMap(({ record }) =>
    record.kind === "reading" && record.metric === "load" ? [Number(record.value)] : [],
  );

export function breachesAfterStep(chain: Chain): string[] {
  const sight = look(chain);
  const kept = new Set([...tokensOf(sight.journal.vitals), ...tokensOf(sight.cloud.vitals)]);
  const lost = [...chain.acknowledged].filter((token) => !kept.has(token));
  return [
    ...lost.map((token) => `message ${token} was acknowledged and is nowhere`),
    ...LANES.flatMap((lane) => laneBreaches(sight, lane)),
    ...unfoundedEvents(sight),
  ];
}

function laneBreaches({ chain, journal, cloud }: Sight, lane: Lane): string[] {
  const { headSeq, acknowledgedSeq } = chain.gateway.journal.marks(lane);
  const { markSeq } = chain.cloud.lane(chain.gateway.journal.epoch, lane);
  const [here, there] = [journal[lane], cloud[lane]];
  const firstHere = here[0]?.seq ?? headSeq + 1;
  const bySeq = new Map(there.map(({ seq, record }) => [seq, record]));
  const differs = here.filter(({ seq, record }) => {
    const same = bySeq.get(seq);
    return same !== undefined && !isDeepStrictEqual(same, record);
  });
  return [
    ...(isNumberedFrom(firstHere, headSeq, here) ? [] : [`${lane}: the journal has a gap`]),
    ...(isNumberedFrom(1, markSeq, there) ? [] : [`${lane}: the cloud has a gap`]),
    ...(acknowledgedSeq <= markSeq
      ? []
      : [`${lane}: the journal takes ${acknowledgedSeq} for stored, the cloud has ${markSeq}`]),
    ...(firstHere <= acknowledgedSeq + 1 ? [] : [`${lane}: what the cloud does not have is gone`]),
    ...differs.map(({ seq }) => `${lane}: number ${seq} is one thing here and another there`),
  ];
}

function isNumberedFrom(firstSeq: number, lastSeq: number, held: readonly Held[]): boolean {
  return held.length === lastSeq - firstSeq + 1 && held.every(({ seq }, index) => seq === firstSeq + index);
}

/** An event names readings: each is where it says, and says what it says. */
function unfoundedEvents({ journal, cloud }: Sight): string[] {
  const readings = new Map([...cloud.vitals, ...journal.vitals].map(({ seq, record }) => [seq, record]));
  return [...cloud.beds, ...journal.beds].flatMap(({ seq, record }) =>
    ("evidence" in record ? record.evidence : []).flatMap(({ seq: at, metric, value }) => {
      const reading = readings.get(at);
      const isThere = reading?.kind === "reading" && reading.metric === metric && reading.value === value;
      return isThere ? [] : [`event ${seq} rests on reading ${at}, which is not there`];
    }),
  );
}

export function breachesAtTheEnd(chain: Chain): string[] {
  const { cloud } = look(chain);
  const times = Map.groupBy(tokensOf(cloud.vitals), (token) => token);
  const missing = [...chain.acknowledged].filter((token) => !times.has(token));
  const twice = [...times].filter(([, copies]) => copies.length > 1);
  const beds = [...chain.gateway.topology.beds.keys()].flatMap((bedId) => {
    const [known, said] = [knownOf(chain, bedId), saidOf(cloud.beds, bedId)];
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
