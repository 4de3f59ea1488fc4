/** How old each source's newest usable reading is for each bed, room sensors among them. */
import type { BedId, DeviceId } from "../../contracts/wire/ids.ts";
import type { SourceAge } from "../../contracts/wire/sync.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { DeviceBook } from "../ingest/device-book.ts";

/** What was known of every source at one instant; its ages are reckoned only when they are told. */
export type SourcesSeen = readonly {
  readonly bedId: BedId;
  readonly deviceId: DeviceId;
  readonly lastUsableMonoMs: number | null;
}[];

export function lookAtSources({ topology, book }: { topology: Topology; book: DeviceBook }): SourcesSeen {
  return [...topology.beds.values()].flatMap(({ bedId, sources }) =>
    sources.map(({ deviceId }) => ({
      bedId,
      deviceId,
      lastUsableMonoMs: book.entry(deviceId).lastUsable?.monoMs ?? null,
    })),
  );
}

export const agesOf = (seen: SourcesSeen, nowMonoMs: number): SourceAge[] =>
  seen.map(({ bedId, deviceId, lastUsableMonoMs }) => ({
    bedId,
    deviceId,
    evidenceAgeMs: lastUsableMonoMs === null ? null : Math.max(0, nowMonoMs - lastUsableMonoMs),
  }));
