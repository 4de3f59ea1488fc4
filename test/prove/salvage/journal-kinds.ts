/**
 * Journals to be damaged, written through the real store. What each record says follows from its lane and number, so
 * that the judge knows it without having read it anywhere.
 */
import { BedId, DeviceId, RoomId } from "../../../contracts/wire/ids.ts";
import type { SeriesFacts } from "../../../contracts/wire/reading-columns.ts";
import { type JournalFiles, JournalHost } from "../../../gateway/journal/journal-host.ts";
import { type JournalGroup, READING_LANES, type Series } from "../../../gateway/journal/journal-port.ts";
import { ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { journalFiles } from "../../support/journal-directory.ts";
import { BEGIN_MS } from "../../support/moments.ts";

const MIB = 1024 * 1024;
const ROWS_A_GROUP = { vitals: 40, environment: 10 } as const;
const FIRST_SERIES = { vitals: 1, environment: 21 } as const;
const GROUPS_AT_ONCE = 10;
const SERIES_A_LANE = 20;
const BEDS = 30;

export type Kind = {
  readonly name: string;
  readonly groups: number;
  /** Of each lane, so much of it is at the cloud. */
  readonly acknowledgedShare: number;
  readonly bytesMax: number;
  /** Groups written after the last checkpoint: they lie in the log alone when the writer is killed. */
  readonly groupsInLog: number;
};

export const KINDS: readonly Kind[] = [
  { name: "small, all of it unsent", groups: 12, acknowledgedShare: 0, bytesMax: 64 * MIB, groupsInLog: 0 },
  { name: "half of it sent", groups: 250, acknowledgedShare: 0.5, bytesMax: 64 * MIB, groupsInLog: 0 },
  { name: "with tombstones", groups: 700, acknowledgedShare: 0.1, bytesMax: MIB, groupsInLog: 0 },
  { name: "killed with a log", groups: 60, acknowledgedShare: 0.2, bytesMax: 64 * MIB, groupsInLog: 40 },
];

export const filesOf = (directory: string, { bytesMax }: Pick<Kind, "bytesMax">): JournalFiles => {
  const files = journalFiles(directory);
  return { ...files, life: { ...files.life, bytesMax } };
};

export function seriesOf(
  lane: "vitals" | "environment",
  seq: number,
): { readonly id: number; readonly facts: SeriesFacts } {
  const n = seq % SERIES_A_LANE;
  const id = FIRST_SERIES[lane] + n;
  const deviceId = DeviceId.parse(`${lane === "vitals" ? "monitor" : "room-sensor"}-${n}`);
  return lane === "vitals"
    ? {
        id,
        facts: { deviceId, bedId: BedId.parse(`bed-${n}`), roomId: null, metric: "heart-rate", unit: "/min" },
      }
    : {
        id,
        facts: {
          deviceId,
          bedId: null,
          roomId: RoomId.parse(`room-${n}`),
          metric: "room-temperature",
          unit: "Cel",
        },
      };
}

/** What a reading says. */
export function readingOf(lane: "vitals" | "environment", seq: number) {
  const receivedAtMs = BEGIN_MS + seq * (lane === "vitals" ? 25 : 100);
  const observedAtMs = receivedAtMs - (seq % 7) * 10;
  return { receivedAtMs, observedAtMs, value: 60 + (seq % 997) / 16, flags: seq % 50 === 0 ? 1 : 0 };
}

export const eventOf = (seq: number) => ({
  receivedAtMs: BEGIN_MS + seq * 1_000,
  body: JSON.stringify({
    kind: "occupancy-settling",
    bedId: `bed-${seq % BEDS}`,
    seq,
    note: "x".repeat(seq % 300),
  }),
});

/** A bed's state is the number of its newest event, as JSON that is longer than a page now and then. */
export const stateOf = (bed: number, eventsWritten: number): string | null => {
  const newest = eventsWritten - ((((eventsWritten - bed) % BEDS) + BEDS) % BEDS);
  return newest < 1 ? null : JSON.stringify({ newest, filler: "s".repeat(newest % 20 === 0 ? 5_000 : 100) });
};

export const subjectOf = (bed: number): string => `bed:bed-${bed}`;
export const STATES = BEDS;

/** Writes the journal and leaves it open. */
export async function writeJournal(files: JournalFiles, kind: Kind): Promise<JournalHost> {
  const host = new JournalHost(files, {
    nowMs: () => BEGIN_MS + 1_000_000,
    monotonicMs: () => performance.now(),
  });
  const before = kind.groups - kind.groupsInLog;
  for (let n = 0; n < before; n += GROUPS_AT_ONCE)
    host.append(
      Array.from({ length: Math.min(GROUPS_AT_ONCE, before - n) }, (_, index) => groupOf(n + index)),
    );
  for (const lane of ["beds", ...READING_LANES] as const)
    host.acknowledge(lane, Math.floor(host.marks(lane).headSeq * kind.acknowledgedShare));
  while (host.tidy());
  host.tick();
  for (let n = before; n < kind.groups; n++) host.append([groupOf(n)]);
  return host;
}

function groupOf(n: number): JournalGroup {
  const rowsOf = (lane: "vitals" | "environment") => {
    const rows = new ReadingRows(ROWS_A_GROUP[lane]);
    for (let row = 0; row < ROWS_A_GROUP[lane]; row++) {
      const seq = n * ROWS_A_GROUP[lane] + row + 1;
      const { receivedAtMs, observedAtMs, value, flags } = readingOf(lane, seq);
      rows.push(seriesOf(lane, seq).id, receivedAtMs, observedAtMs, Number.NaN, value, flags);
    }
    return rows.take();
  };
  const newSeries: Series[] = READING_LANES.flatMap((lane) =>
    Array.from({ length: n === 0 ? SERIES_A_LANE : 0 }, (_, seq) => {
      const { id, facts } = seriesOf(lane, seq);
      return { id, ...facts };
    }),
  );
  const seq = n + 1;
  const state = stateOf(seq % BEDS, seq);
  return {
    vitals: rowsOf("vitals"),
    environment: rowsOf("environment"),
    newSeries,
    events: [eventOf(seq)],
    states: state === null ? [] : [[subjectOf(seq % BEDS), state]],
    quarantined: [],
  };
}
