/**
 * `sync-probe.ts DIRECTORY LASTS_MS`: how long fdatasync takes here, gently paced: the floor under every answer that
 * waits for the disk.
 */
import { closeSync, fdatasyncSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Samples } from "../../load/samples.ts";

const BYTES = 4_096;
const GAP_MS = 1;

const [directory = ".", lastsMs = "1000"] = process.argv.slice(2);
const file = join(directory, "probe");
const handle = openSync(file, "w");
const block = Buffer.alloc(BYTES, 1);
const samples = new Samples();
const untilMs = performance.now() + Number(lastsMs);
while (performance.now() < untilMs) {
  writeSync(handle, block);
  const beforeMs = performance.now();
  fdatasyncSync(handle);
  samples.add(performance.now() - beforeMs);
  await sleep(GAP_MS);
}
closeSync(handle);
unlinkSync(file);
process.send?.({ kind: "probed", spread: samples.spread() }, () => process.exit(0));
