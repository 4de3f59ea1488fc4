/** Writes readings and bed events to a store of the InfluxDB kind, and says which of them it will never take. */
import type { Point, Refused, SeriesWriter } from "../series-store.ts";
import { bedStatePoint, type SentBedEvent } from "./bed-state-point.ts";
import type { InfluxPoint } from "./line-protocol.ts";
import { pointOf, type TimePrecision, type Unwritable } from "./reading-point.ts";
import { type Post, storeAll } from "./store-refusals.ts";

export class InfluxWriter implements SeriesWriter {
  readonly name = "influxdb";
  readonly #post: Post;
  readonly #precision: TimePrecision;

  constructor(post: Post, precision: TimePrecision) {
    this.#post = post;
    this.#precision = precision;
  }

  write(points: readonly Point[], signal: AbortSignal): Promise<readonly Refused[]> {
    return this.#store(points, (point) => pointOf(point, this.#precision), signal);
  }

  /** The same for bed events; those that change no state are stored by nothing. */
  writeBedEvents(events: readonly SentBedEvent[], signal: AbortSignal): Promise<readonly Refused[]> {
    return this.#store(events, (event) => bedStatePoint(event, this.#precision), signal);
  }

  async #store<Sent>(
    sent: readonly Sent[],
    pointOfSent: (one: Sent) => InfluxPoint | Unwritable | null,
    signal: AbortSignal,
  ): Promise<readonly Refused[]> {
    const points: InfluxPoint[] = [];
    const places: number[] = [];
    const unwritable: Refused[] = [];
    for (const [place, one] of sent.entries()) {
      const point = pointOfSent(one);
      if (point === null) continue;
      if ("reason" in point) unwritable.push({ place, reason: point.reason });
      else {
        points.push(point);
        places.push(place);
      }
    }
    return [...unwritable, ...(await storeAll(points, places, this.#post, signal))];
  }
}
