/** What the cloud itself answers to who asks for everything: each device's series over the whole time, in wide points. */
import { SeriesAnswer } from "../../../contracts/wire/history.ts";
import type { SignedIn } from "../../support/sign-in.ts";
import { type Found, type FoundSeries, seriesName } from "./tally.ts";

export type ByApi = {
  readonly series: FoundSeries;
  /** Store → answers that came from it. */
  readonly sources: Readonly<Record<string, number>>;
};

const ASKED_AT_ONCE = 4;

export async function foundByApi(
  asker: SignedIn,
  devices: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<ByApi> {
  const series = new Map<string, Found>();
  const sources: Record<string, number> = {};
  const waiting = [...devices];
  const askOneByOne = async () => {
    for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) {
      const query = new URLSearchParams({
        device,
        from: rfc3339(fromMs),
        to: rfc3339(toMs),
        resolution: "1w",
      });
      const answer = await asker.get(`/api/v1/series?${query}`);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`series of ${device}: ${answer.status} ${text}`);
      const { source, series: answered } = SeriesAnswer.parse(JSON.parse(text));
      sources[source] = (sources[source] ?? 0) + 1;
      for (const { gatewayId, deviceId, metric, points } of answered)
        series.set(seriesName(gatewayId, deviceId, metric), {
          good: sum(points.count),
          unusable: sum(points.bad),
        });
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askOneByOne));
  return { series, sources };
}

const rfc3339 = (atMs: number) => new Date(atMs).toISOString();
const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0);
