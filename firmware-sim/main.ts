import { parseArgs } from "node:util";
import { destination, pino } from "pino";
import { runSim } from "./run-sim.ts";
import { SetupProblem } from "./setup-problem.ts";
import { loadSimConfig } from "./sim-config.ts";

const usage = "node firmware-sim/main.ts --config FILE";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
process.on("SIGINT", () => stop.abort());
// Devices outlive nobody: when the program that started them is gone, they go too.
process.on("disconnect", () => stop.abort());

try {
  const config = await loadSimConfig(configFile());
  const log = pino({ name: `firmware-sim ${config.kind}` }, destination(2));
  const ready = (line: string) => {
    console.log(line);
    process.send?.({ kind: "ready" });
  };
  await runSim(config, { nowMs: Date.now, log, ready }, stop.signal);
  process.exit(0);
} catch (error) {
  console.error(error instanceof SetupProblem ? error.message : error);
  process.exit(1);
}

function configFile(): string {
  try {
    const { config } = parseArgs({ options: { config: { type: "string" } } }).values;
    if (config !== undefined) return config;
  } catch (error) {
    throw new SetupProblem(`${error instanceof Error ? error.message : error}\nusage: ${usage}`);
  }
  throw new SetupProblem(`--config is missing\nusage: ${usage}`);
}
