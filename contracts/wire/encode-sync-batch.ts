/** A batch to bytes. The way back, which trusts nobody, is in sync-codec.ts. */
import { packDeltas, packValues } from "./packed-columns.ts";
import { packPlain } from "./plain-msgpack.ts";
import type { BatchContent, SyncBatch } from "./sync-batch.ts";
import type { PackedContent, TimeBase } from "./sync-codec.ts";

export function encodeSyncBatch({ content, ...envelope }: SyncBatch): Uint8Array {
  return packPlain({ ...envelope, content: packContent(content, envelope) });
}

function packContent(content: BatchContent, { sentAtMs }: TimeBase): PackedContent {
  switch (content.kind) {
    case "events":
      // Through JSON, which leaves out what is undefined; msgpack has an extension for that instead.
      return { kind: "events", events: JSON.parse(JSON.stringify(content.events)) };
    case "readings": {
      const { series, seriesOf, receivedAtMs, observedAtMs, value, flags } = content;
      return {
        kind: "readings",
        series: [...series],
        seriesOf: [...seriesOf],
        received: packDeltas(receivedAtMs, sentAtMs),
        observed: observedAtMs.map((observed, index) => observed - (receivedAtMs[index] ?? 0)),
        ...mutable(packValues(value, seriesOf, series.length)),
        flags: [...flags],
      };
    }
    case "tombstone": {
      const { throughSeq, reason, aggregates } = content;
      const { everyMs, startAtMs, ...columns } = aggregates;
      const start = packDeltas(startAtMs, sentAtMs);
      return { kind: "tombstone", throughSeq, reason, everyMs, start, ...mutable(columns) };
    }
  }
}

type Mutable<T> = { [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
/** The schema's type wants arrays that may be written to; nobody does. */
const mutable = <T extends object>(columns: T) => columns as Mutable<T>;
