/** Opens a journal as a gateway does, and takes out of it all that a gateway would send or start from. */
import { GatewayId, type Lane } from "../../../contracts/wire/ids.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import type { TombstoneContent } from "../../../contracts/wire/sync-batch.ts";
import { type JournalFiles, JournalHost } from "../../../gateway/journal/journal-host.ts";
import type { JournalStart, LaneMarks } from "../../../gateway/journal/journal-port.ts";
import { BEGIN_MS } from "../../support/moments.ts";

const ENVELOPE = {
  gatewayId: GatewayId.parse("gw-prove"),
  sentAtMs: BEGIN_MS,
  bootId: "0".repeat(16),
} as never;
const RECORDS_A_BATCH = 2_000;
const STEPS_MAX = 100_000;

export type FoundLane = LaneMarks & {
  /** Each as text, so that a single bit shows. */
  readonly records: ReadonlyMap<number, string>;
  readonly tombstones: readonly { readonly fromSeq: number; readonly content: TombstoneContent }[];
};
export type Found = {
  readonly salvage: JournalStart["salvage"];
  /** Damage was found, at the start or later. */
  readonly isFoundDamaged: boolean;
  readonly lanes: Readonly<Record<Lane, FoundLane>>;
  readonly states: ReadonlyMap<string, string>;
  readonly series: JournalStart["series"];
};

export function readJournal(files: JournalFiles): Found {
  let wasFoundWhileRunning = false;
  for (let start = 0; start < 3; start++) {
    const host = new JournalHost(files, {
      nowMs: () => BEGIN_MS + 2_000_000,
      monotonicMs: () => performance.now(),
    });
    try {
      const { salvage, states, series } = host.start();
      const lanes = {
        beds: takeLane(host, "beds"),
        vitals: takeLane(host, "vitals"),
        environment: takeLane(host, "environment"),
      };
      checkThrough(host);
      const damaged = LANES.some((lane) => host.facts().tombstoned[lane].damaged > 0);
      return {
        salvage,
        states,
        series,
        lanes,
        isFoundDamaged: wasFoundWhileRunning || salvage !== null || damaged,
      };
    } catch (error) {
      if (!(error as Error).message.includes("The journal is damaged")) throw error;
      // What its supervisor does.
      wasFoundWhileRunning = true;
    } finally {
      host.close();
    }
  }
  throw new Error("the journal was found damaged at every one of three starts");
}

function checkThrough(host: JournalHost): void {
  for (let step = 0; host.facts().lastCheck === null; step++) {
    if (step === STEPS_MAX) throw new Error(`the full check was not through after ${STEPS_MAX} steps`);
    host.step(() => false);
  }
}

function takeLane(host: JournalHost, lane: Lane): FoundLane {
  const records = new Map<number, string>();
  const tombstones: { fromSeq: number; content: TombstoneContent }[] = [];
  const marks = host.marks(lane);
  let lastSeq = marks.acknowledgedSeq;
  for (;;) {
    const batch = host.nextBatch(lane, lastSeq, RECORDS_A_BATCH, ENVELOPE);
    if (batch === null) return { ...marks, records, tombstones };
    const { content, firstSeq } = batch;
    if (content.kind === "tombstone") {
      tombstones.push({ fromSeq: firstSeq, content });
      lastSeq = content.throughSeq;
      continue;
    }
    const texts =
      content.kind === "events"
        ? content.events.map((event) => JSON.stringify(event))
        : content.seriesOf.map((place, index) =>
            recordText(
              content.series[place],
              [content.receivedAtMs, content.observedAtMs, content.value, content.flags].map(
                (column) => column[index],
              ),
            ),
          );
    for (const [index, text] of texts.entries()) records.set(firstSeq + index, text);
    lastSeq = firstSeq + texts.length - 1;
  }
}

export const recordText = (series: unknown, numbers: readonly (number | undefined)[]): string => {
  const { deviceId, bedId, roomId, metric, unit } = series as Record<string, unknown>;
  return JSON.stringify([deviceId, bedId, roomId, metric, unit, ...numbers]);
};
