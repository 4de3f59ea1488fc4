/** What lies in the stores beside the database, asked of them directly: InfluxQL, and VictoriaMetrics' export. */
import * as z from "zod";
import type { VictoriaMetrics } from "../../support/victoria-metrics.ts";
import { type Found, type FoundSeries, seriesName } from "./tally.ts";

const InfluxAnswer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            name: z.string(),
            tags: z.object({ gateway: z.string(), device: z.string() }),
            values: z.array(z.array(z.union([z.string(), z.number()]).nullable())),
          }),
        )
        .default([]),
    }),
  ),
});

const STATEMENT =
  "SELECT count(value), sum(value), count(bad_value), sum(bad_value), count(bad_reason) FROM /.*/ GROUP BY gateway, device";

export async function foundInInfluxdb(url: string, database: string): Promise<FoundSeries> {
  const answer = await fetch(`${url}/query`, {
    method: "POST",
    body: new URLSearchParams({ db: database, q: STATEMENT, epoch: "ms" }),
  });
  const [result] = InfluxAnswer.parse(await answer.json()).results;
  // Nobody has written anything that it took.
  if (result?.error?.startsWith("database not found")) return new Map();
  if (result?.error !== undefined) throw new Error(`${STATEMENT}: ${result.error}`);
  return new Map(
    (result?.series ?? []).map(({ name, tags, values: [row = []] }) => {
      const [good, goodSum, bad, badSum, unusable] = row.slice(1).map((value) => Number(value ?? 0));
      const found = { good, goodSum, bad, badSum, unusable, empty: (unusable ?? 0) - (bad ?? 0) };
      return [seriesName(tags.gateway, tags.device, name), defined(found)];
    }),
  );
}

const defined = (found: { readonly [Field in keyof Found]: number | undefined }): Found =>
  Object.fromEntries(Object.entries(found).map(([field, value]) => [field, value ?? 0]));

/** A field is a metric of its own there, named after both; texts are not kept, so that an empty reading leaves nothing. */
const FIELDS = [
  ["_bad_value", "bad", "badSum"],
  ["_value", "good", "goodSum"],
] as const;

export async function foundInVictoriaMetrics(server: VictoriaMetrics): Promise<FoundSeries> {
  const found = new Map<string, Record<string, number>>();
  for (const { metric, values } of await server.export('{__name__=~".+_value"}')) {
    const { __name__: name = "", gateway = "", device = "" } = metric;
    const field = FIELDS.find(([ending]) => name.endsWith(ending));
    if (field === undefined) continue;
    const [ending, count, sum] = field;
    const series = seriesName(gateway, device, name.slice(0, -ending.length));
    const known = found.get(series) ?? {};
    known[count] = (known[count] ?? 0) + values.length;
    known[sum] = (known[sum] ?? 0) + values.reduce((left, right) => left + right, 0);
    found.set(series, known);
  }
  return found;
}
