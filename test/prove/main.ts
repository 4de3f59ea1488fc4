/**
 * `npm run prove -- NAME [--short]`: shows one claim of the README true against real peers, prints one JSON line of
 * figures and exits 1 on a miss. Each claim brings a control that must fail, or the check could not.
 */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { requireNode } from "../../config/require-node.ts";
import { proveAttribution } from "./attribution/prove-attribution.ts";
import { proveBrokerGuard } from "./broker-guard/prove-broker-guard.ts";
import { proveBuses } from "./buses/prove-buses.ts";
import { proveChain } from "./chain/prove-chain.ts";
import type { Claim } from "./claim.ts";
import { proveClone } from "./clone/prove-clone.ts";
import { proveDiskFull } from "./disk-full/prove-disk-full.ts";
import { proveErase } from "./erase/prove-erase.ts";
import { proveForge } from "./forge/prove-forge.ts";
import { proveFuzz } from "./fuzz/prove-fuzz.ts";
import { proveJourneys } from "./journeys/prove-journeys.ts";
import { proveKill } from "./kill/prove-kill.ts";
import { proveMqtt } from "./mqtt/prove-mqtt.ts";
import { proveNoDoubleBooking } from "./no-double-booking/prove-no-double-booking.ts";
import { provePaths } from "./paths/prove-paths.ts";
import { proveReplay } from "./replay/prove-replay.ts";
import { proveSalvage } from "./salvage/prove-salvage.ts";
import { proveSeries } from "./series/prove-series.ts";
import { proveTruth } from "./truth/prove-truth.ts";
import { proveWitness } from "./witness/prove-witness.ts";

requireNode(24);

const CLAIMS: Readonly<Record<string, Claim>> = {
  attribution: proveAttribution,
  "broker-guard": proveBrokerGuard,
  buses: proveBuses,
  chain: proveChain,
  clone: proveClone,
  "disk-full": proveDiskFull,
  erase: proveErase,
  forge: proveForge,
  fuzz: proveFuzz,
  journeys: proveJourneys,
  kill: proveKill,
  mqtt: proveMqtt,
  "no-double-booking": proveNoDoubleBooking,
  paths: provePaths,
  replay: proveReplay,
  salvage: proveSalvage,
  series: proveSeries,
  truth: proveTruth,
  witness: proveWitness,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false } },
});
const name = positionals[0] ?? "";
const claim = CLAIMS[name];
if (claim === undefined) {
  process.stderr.write(
    `Expected a claim to prove: npm run prove -- ${Object.keys(CLAIMS).join(" | ")} [--short]\n`,
  );
  process.exit(1);
}

// Programs are started again and again; the full form measures how long that takes where nothing was kept.
if (values.short) process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "hospitell-compile-cache");
const result = await claim({ isShort: values.short, say: (line) => process.stderr.write(`${line}\n`) });
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const figures = {
  prove: name,
  form: values.short ? "short" : "full",
  at: new Date().toISOString(),
  commit,
  ...result.figures,
};
process.stdout.write(`${JSON.stringify({ ...figures, misses: result.misses })}\n`);
process.exit(result.misses.length === 0 ? 0 : 1);
