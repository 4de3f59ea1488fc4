/** A journal as weeks without a cloud leave it: full of readings that nobody has. */
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import type { Reading } from "../../../contracts/wire/reading.ts";
import type { Journal, JournalGroup, Series } from "../../../gateway/journal/journal-port.ts";
import { ReadingRows } from "../../../gateway/journal/reading-rows.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { realisticReadings } from "../../support/realistic-readings.ts";
import { BED } from "../../support/wards.ts";

/** Made once and told again and again, each time a little later. */
const STORY_READINGS = 10_000;
const GROUP_READINGS = 2_000;

export type Story = {
  readonly content: ReturnType<typeof realisticReadings>["content"];
  readonly readings: readonly Reading[];
  /** Of a reading as plain JSON, on average. */
  readonly jsonBytesPerReading: number;
  readonly lengthMs: number;
};

export function tellStory(): Story {
  const { content, json } = realisticReadings(STORY_READINGS);
  const lengthMs = (content.receivedAtMs.at(-1) ?? BEGIN_MS) - BEGIN_MS + 1;
  return {
    content,
    readings: JSON.parse(json),
    jsonBytesPerReading: Buffer.byteLength(json) / STORY_READINGS,
    lengthMs,
  };
}

export function groupOf(change: Partial<JournalGroup>): JournalGroup {
  const none = () => new ReadingRows(1).take();
  const nothing = { vitals: none(), environment: none(), newSeries: [], events: [], states: [] };
  return { ...nothing, quarantined: [], ...change };
}

/** Appends so many readings and returns the sum of their values. */
export async function fillBacklog(journal: Journal, story: Story, count: number): Promise<number> {
  const { series, seriesOf, receivedAtMs, observedAtMs, value, flags } = story.content;
  let newSeries: Series[] = series.map((facts, index) => ({ ...facts, id: index + 1 }));
  let sum = 0;
  for (let from = 0; from < count; from += GROUP_READINGS) {
    const rows = new ReadingRows(GROUP_READINGS);
    for (let n = from; n < Math.min(count, from + GROUP_READINGS); n++) {
      const at = n % STORY_READINGS;
      const laterMs = Math.floor(n / STORY_READINGS) * story.lengthMs;
      const received = (receivedAtMs[at] ?? 0) + laterMs;
      const observed = (observedAtMs[at] ?? 0) + laterMs;
      const said = value[at] ?? 0;
      rows.push((seriesOf[at] ?? 0) + 1, received, observed, observed, said, flags[at] ?? 0);
      sum += said;
    }
    await journal.append(groupOf({ vitals: rows.take(), newSeries }));
    newSeries = [];
  }
  return sum;
}

export async function appendEvent(journal: Journal, event: BedEvent): Promise<void> {
  const { receivedAtMs } = event;
  await journal.append(groupOf({ events: [{ receivedAtMs, body: JSON.stringify(event) }] }));
}

export function commissioned(atMs: number): BedEvent {
  return BedEvent.parse({
    kind: "bed-commissioned",
    bedId: BED,
    observedAtMs: atMs,
    receivedAtMs: atMs,
    wardId: "ward-1",
    wardName: "Ward",
    roomId: "room-1",
    roomName: "Room 1",
    label: "1A",
    assignmentSource: "none",
    sources: [],
  });
}
