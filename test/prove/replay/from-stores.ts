/** The recorded values as each place tells them again: the cloud's answer, sample by sample, and VictoriaMetrics' export. */
import { POINTS_MAX, SeriesAnswer } from "../../../contracts/wire/history.ts";
import type { SignedIn } from "../../support/sign-in.ts";
import type { StoredReading } from "../../support/stored-readings.ts";
import type { VictoriaMetrics } from "../../support/victoria-metrics.ts";

export const RECORDED = ["spo2", "pulse-rate", "perfusion-index"] as const;

/** `value` null: the oximeter had none. */
export type Sample = { readonly atMs: number; readonly value: number | null };
/** Ascending; of one metric each. */
export type Samples = Readonly<Record<(typeof RECORDED)[number], readonly Sample[]>>;

export type Answered = {
  readonly samples: Samples;
  /** The stores that answered. */
  readonly sources: readonly string[];
};

const none = (): Record<(typeof RECORDED)[number], Sample[]> => ({
  spo2: [],
  "pulse-rate": [],
  "perfusion-index": [],
});

/** Single readings, as many at once as an answer may hold of one that came each `rowEveryMs`. */
export async function askForSamples(
  asker: SignedIn,
  deviceId: string,
  range: { readonly fromMs: number; readonly toMs: number; readonly rowEveryMs: number },
): Promise<Answered> {
  const samples = none();
  const sources = new Set<string>();
  const pieceMs = (POINTS_MAX / 2) * range.rowEveryMs;
  for (let fromMs = range.fromMs; fromMs < range.toMs; fromMs += pieceMs) {
    const query = new URLSearchParams({
      device: deviceId,
      metric: RECORDED.join(","),
      from: new Date(fromMs).toISOString(),
      to: new Date(Math.min(fromMs + pieceMs, range.toMs)).toISOString(),
      resolution: "raw",
    });
    const answer = await asker.get(`/api/v1/series?${query}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`single readings of ${deviceId}: ${answer.status} ${text}`);
    const { source, series } = SeriesAnswer.parse(JSON.parse(text));
    sources.add(source);
    for (const { metric, points } of series)
      for (const [n, atMs] of points.atMs.entries())
        samples[metric as keyof Samples]?.push({ atMs, value: points.last[n] ?? null });
  }
  return { samples, sources: [...sources] };
}

/** Empty readings leave nothing there. */
export async function exportedSamples(server: VictoriaMetrics, deviceId: string): Promise<Samples> {
  const samples = none();
  for (const metric of RECORDED) {
    const found = await server.export(`{__name__="${metric}_value",device="${deviceId}"}`);
    // Of one millisecond's several the first has no slot, and the others are series of their own.
    const placed = found.flatMap(({ metric: { slot = "0" }, timestamps, values }) =>
      timestamps.map((atMs, n) => ({ atMs, value: values[n] ?? null, slot: Number(slot) })),
    );
    placed.sort((left, right) => left.atMs - right.atMs || left.slot - right.slot);
    samples[metric].push(...placed.map(({ atMs, value }) => ({ atMs, value })));
  }
  return samples;
}

/** What is told other than it was stored. `keepsEmpty`: a reading without a value is told too. */
export function differingSamples(
  stored: readonly StoredReading[],
  told: Samples,
  keepsEmpty: boolean,
): string[] {
  return RECORDED.flatMap((metric) => {
    const expected = stored.filter(
      (reading) => reading.metric === metric && (keepsEmpty || reading.value !== null),
    );
    const got = told[metric];
    if (got.length !== expected.length) return [`${metric}: ${expected.length} stored, ${got.length} told`];
    return expected.flatMap(({ observedAtMs, value }, n) =>
      got[n]?.atMs === observedAtMs && got[n].value === value
        ? []
        : [
            `${metric} row ${n}: stored ${value} at ${observedAtMs}, told ${got[n]?.value} at ${got[n]?.atMs}`,
          ],
    );
  });
}
