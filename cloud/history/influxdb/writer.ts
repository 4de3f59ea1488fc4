/** Writes readings and bed events to a store of the InfluxDB kind, and says which of them it will never take. */
import type { Point, Refused, SeriesWriter } from "../series-store.ts";
import { bedStatePoint, type SentBedEvent } from "./bed-state-point.ts";
import { lineOf } from "./line-protocol.ts";
import { readingLine, type TimePrecision, type Unwritable } from "./reading-point.ts";
import { type Batch, batchOf, type Post, storeAll } from "./store-refusals.ts";

type Made = { readonly batch: Batch; readonly unwritable: readonly Refused[] };

export class InfluxWriter implements SeriesWriter {
  readonly name = "influxdb";
  readonly #post: Post;
  readonly #precision: TimePrecision;
  readonly #prepared = new WeakMap<readonly Point[], Made>();

  constructor(post: Post, precision: TimePrecision) {
    this.#post = post;
    this.#precision = precision;
  }

  /** Makes the lines of these points now, while the store has another batch in hand. */
  prepare(points: readonly Point[]): void {
    this.#prepared.set(points, this.#madeOf(points));
  }

  write(points: readonly Point[], signal: AbortSignal): Promise<readonly Refused[]> {
    return this.#store(this.#prepared.get(points) ?? this.#madeOf(points), signal);
  }

  /** The same for bed events; those that change no state are stored by nothing. */
  writeBedEvents(events: readonly SentBedEvent[], signal: AbortSignal): Promise<readonly Refused[]> {
    const lineOfEvent = (event: SentBedEvent) => {
      const made = bedStatePoint(event, this.#precision);
      return made === null || "reason" in made ? made : lineOf(made);
    };
    return this.#store(madeOf(events, lineOfEvent), signal);
  }

  #madeOf(points: readonly Point[]): Made {
    return madeOf(points, (point) => readingLine(point, this.#precision));
  }

  async #store({ batch, unwritable }: Made, signal: AbortSignal): Promise<readonly Refused[]> {
    return [...unwritable, ...(await storeAll(batch, this.#post, signal))];
  }
}

function madeOf<Sent>(sent: readonly Sent[], lineOfSent: (one: Sent) => string | Unwritable | null): Made {
  const lines: string[] = [];
  const places: number[] = [];
  const unwritable: Refused[] = [];
  for (const [place, one] of sent.entries()) {
    const line = lineOfSent(one);
    if (line === null) continue;
    if (typeof line === "string") {
      lines.push(line);
      places.push(place);
    } else unwritable.push({ place, reason: line.reason });
  }
  return { batch: batchOf(lines, places), unwritable };
}
