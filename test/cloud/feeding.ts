/** Feeds of a test: into whichever store, until it is over, with everything counted that they tell. */
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { systemClock } from "../../cloud/clock.ts";
import { ChunkReader } from "../../cloud/history/feed/chunk-reader.ts";
import { feedLag } from "../../cloud/history/feed/cursors.ts";
import type { FeedMeter } from "../../cloud/history/feed/feed-meter.ts";
import { Feeder } from "../../cloud/history/feed/feeder.ts";
import type { InfluxStore } from "../../cloud/history/influxdb/open-influxdb.ts";
import { reading, START_MS } from "./records.ts";
import type { TestCloud } from "./support.ts";

export const STORE = "influxdb";
class Meter implements FeedMeter {
  readonly attempts: string[] = [];
  points = 0;
  refusedPoints = 0;
  repeats = 0;
  attempt(outcome: string) {
    this.attempts.push(outcome);
  }
  written(points: number) {
    this.points += points;
  }
  refused(_refusal: string, points: number) {
    this.refusedPoints += points;
  }
  repeated(times: number) {
    this.repeats += times;
  }
}

type Fed = Pick<InfluxStore, "writer" | "process">;

export function feeding(
  cloud: TestCloud,
  { writer, process }: Fed,
  { recordsMax = 10_000, holder = "one" } = {},
) {
  const { db } = cloud;
  const meter = new Meter();
  const feeder = new Feeder({
    db,
    store: STORE,
    writer,
    reader: new ChunkReader({ db, store: STORE, recordsMax }),
    process,
    clock: systemClock,
    random: () => 0,
    holder,
    meter,
    log: pino({ enabled: false }),
  });
  return { feeder, meter };
}

/** Until the test is over. */
export function inBackground(feeder: Feeder): () => Promise<void> {
  const stop = new AbortController();
  const running = feeder.run(stop.signal);
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return end;
}

export const enough = () => AbortSignal.timeout(30_000);
export const at = (ms: number, value: number) => reading({ value, observedAtMs: START_MS + ms });
export const isFed = (cloud: TestCloud) => async () =>
  (await feedLag(cloud.db, STORE)).records === 0 ? true : undefined;
