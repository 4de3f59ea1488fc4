/**
 * `npm run bench -- NAME [--short]`: measures against peers in interleaved pairs, prints one JSON line of figures and
 * exits 1 where a ratio misses its goal. Figures of a machine that does something else meanwhile say little.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { requireNode } from "../../config/require-node.ts";
import type { Bench } from "./bench.ts";
import { machineFacts } from "./machine-facts.ts";

requireNode(24);

/** Loaded when asked for: each brings its own peers and native parts. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  booking: async () => (await import("./booking/bench-booking.ts")).benchBooking,
  durable: async () => (await import("./durable/bench-durable.ts")).benchDurable,
  ingest: async () => (await import("./ingest/bench-ingest.ts")).benchIngest,
  logging: async () => (await import("./logging/bench-logging.ts")).benchLogging,
  series: async () => (await import("./series/bench-series.ts")).benchSeries,
  sync: async () => (await import("./sync/bench-sync.ts")).benchSync,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false } },
});
const name = positionals[0] ?? "";
const load = BENCHES[name];
if (load === undefined) {
  process.stderr.write(
    `Expected what to measure: npm run bench -- ${Object.keys(BENCHES).join(" | ")} [--short]\n`,
  );
  process.exit(1);
}

const bench = await load();
const { figures, misses } = await bench({
  isShort: values.short,
  say: (line) => process.stderr.write(`${line}\n`),
});
const line = {
  bench: name,
  form: values.short ? "short" : "full",
  at: new Date().toISOString(),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
  machine: machineFacts(),
  ...figures,
  misses,
};
process.stdout.write(`${JSON.stringify(line)}\n`);
process.exit(misses.length === 0 ? 0 : 1);
