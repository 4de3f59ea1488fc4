/** A VictoriaMetrics that was not there yet while the recording was played: filled from the database by the command for it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Forked } from "../../support/forked.ts";
import type { StoredReading } from "../../support/stored-readings.ts";
import { VictoriaMetrics } from "../../support/victoria-metrics.ts";
import { differingSamples, exportedSamples } from "./from-stores.ts";

const FILLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** For each device what is different in the end. `directory` holds the stopped cloud's cloud.yaml. */
export async function differencesAfterBackFill(
  directory: string,
  stored: ReadonlyMap<string, readonly StoredReading[]>,
): Promise<ReadonlyMap<string, string[]>> {
  const server = await VictoriaMetrics.in(join(directory, "back-filled"));
  const configFile = join(directory, "back-fill.yaml");
  const config = parse(readFileSync(join(directory, "cloud.yaml"), "utf8"));
  const influxdb = { api: "2", url: server.url, org: "prove", bucket: "hospitell", timePrecision: "ms" };
  writeFileSync(configFile, stringify({ ...config, timeSeries: { influxdb } }));
  const command = new Forked({
    file: "cloud/history-command.ts",
    args: ["back-fill", "--config", configFile],
  });
  try {
    const deadlineMs = performance.now() + FILLED_WITHIN_MS;
    for (;;) {
      const different = new Map<string, string[]>();
      for (const [deviceId, readings] of stored)
        different.set(deviceId, differingSamples(readings, await exportedSamples(server, deviceId), false));
      const isWhole = [...different.values()].every((one) => one.length === 0);
      if (isWhole || performance.now() > deadlineMs) return different;
      await new Promise((looked) => setTimeout(looked, LOOK_EVERY_MS));
    }
  } finally {
    // It would wait until the store can lose nothing of it any more, which is not for this proof to see.
    await command.end("SIGKILL");
    await server.stop("SIGKILL");
  }
}
