/** What a hospital has measured, for tests of the history: beds, a room and their readings. */
import { expect } from "vitest";
import { SeriesAnswer } from "../../contracts/wire/history.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { batch, commissioned, reading, START_MS, south } from "./records.ts";
import type { TestCloud } from "./support.ts";

export const SECOND_MS = 1_000;
export const FROM = "2026-01-06T10:00:00Z";
export const TO = "2026-01-06T10:05:00Z";

/** Two beds in one room of the north, one in the south; a monitor on each, a climate sensor in the room. */
export async function furnish(cloud: TestCloud): Promise<void> {
  const monitor = (n: number) => ({ deviceId: `monitor-${n}`, expectedIntervalMs: 1_000, decides: null });
  const climate = { deviceId: "climate-1", expectedIntervalMs: 60_000, decides: null };
  await cloud.sync(
    batch([
      commissioned({ sources: [monitor(1), climate] }),
      commissioned({ bedId: "bed-2", label: "1B", sources: [monitor(2), climate] }),
    ]),
  );
  const place = { bedId: "south-1", wardId: "intake", roomId: "room-1" };
  await cloud.sync(batch([commissioned({ ...place, sources: [monitor(1)] })], south));
}

/** One each second from 10:00 on: 60, 61, 62 … */
export function pulses(count: number, fields: Partial<Record<keyof Reading, unknown>> = {}): Reading[] {
  return Array.from({ length: count }, (_, n) =>
    reading({
      deviceId: "monitor-1",
      metric: "pulse-rate",
      unit: "/min",
      value: 60 + n,
      observedAtMs: START_MS + n * SECOND_MS,
      receivedAtMs: START_MS + n * SECOND_MS,
      ...fields,
    } as Parameters<typeof reading>[0]),
  );
}

export const climate = (value: number) =>
  reading({
    deviceId: "climate-1",
    bedId: null,
    roomId: "room-1" as never,
    metric: "room-temperature",
    unit: "Cel",
    value,
  });

export async function storeReadings(
  cloud: TestCloud,
  lane: string,
  readings: readonly Reading[],
  fields = {},
): Promise<void> {
  const { status, body } = await cloud.sync(batch(readings, { lane, sentAtMs: cloud.clock.now, ...fields }));
  expect(body).toMatchObject({ storedCount: readings.length });
  expect(status).toBe(200);
}

export async function askSeries(cloud: TestCloud, query: string, cookie: string): Promise<SeriesAnswer> {
  const { status, body } = await cloud.get(`/api/v1/series?${query}`, cookie);
  expect(body).toMatchObject({ serverTime: expect.any(String) });
  expect(status).toBe(200);
  return SeriesAnswer.parse(body);
}
