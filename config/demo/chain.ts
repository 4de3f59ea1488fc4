/**
 * The demo's own chain, as a process that the demo starts and that does not outlive it: anvil in memory, new at every
 * start, with a block every two seconds that is final four seconds later.
 */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { loadConfig } from "../load.ts";
import { anvilBinary } from "./anvil-binary.ts";

const BLOCK_EVERY_S = 2;
/** What is older is forgotten, so that days of blocks do not fill the memory. */
const KEPT_BLOCKS = 2_000;
const READY_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 100;

const ChainFile = z.strictObject({ port: z.int().positive(), directory: z.string().min(1) });

const { values } = parseArgs({ options: { config: { type: "string", default: "" } } });
const { port, directory } = loadConfig(ChainFile, values.config, "chain file");
const url = `http://127.0.0.1:${port}`;
const anvil = spawn(
  anvilBinary() ?? "anvil",
  [
    ["--host", "127.0.0.1", "--port", String(port), "--silent", "--cache-path", directory],
    ["--block-time", String(BLOCK_EVERY_S), "--slots-in-an-epoch", "1"],
    ["--prune-history", String(KEPT_BLOCKS), "--transaction-block-keeper", String(KEPT_BLOCKS)],
  ].flat(),
  { stdio: ["ignore", "ignore", "inherit"] },
);
let isEnding = false;
const end = () => {
  isEnding = true;
  anvil.kill();
};
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
process.once("disconnect", end);
anvil.once("error", (error) => {
  process.stderr.write(`anvil cannot be started: ${error.message}\n`);
  process.exit(1);
});
anvil.once("exit", (code) => process.exit(isEnding ? 0 : (code ?? 1)));

// By the first look it has ended where its port is taken: then another's answer is not taken for its own.
for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
  await sleep(LOOK_EVERY_MS);
  if (await answers()) break;
}
process.send?.({ kind: "ready", url });

async function answers(): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
    const headers = { "content-type": "application/json" };
    return (await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    return false;
  }
}
