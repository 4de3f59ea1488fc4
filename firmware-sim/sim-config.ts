import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readYaml } from "./read-yaml.ts";

const mqttUrl = z.url({ protocol: /^(mqtts?|wss?)$/ });
const port = z.int().min(0).max(65_535);

const SimConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("devices"),
    /** The ward file, relative to the configuration file, like every path here. */
    ward: z.string().min(1),
    hospital: z.string().min(1),
    seed: z.int(),
    /** Ward minutes that pass in one real minute. */
    speed: z.number().min(0.1).max(3600).default(1),
    /**
     * Real time, in milliseconds since 1970, at which the ward's first day began; left out, it begins once all devices
     * have reached their brokers.
     */
    startedAtMs: z.int().nonnegative().optional(),
    /** Ground truth, one JSON object a line. */
    truthFile: z.string().min(1).optional(),
    /** The gateway's own broker, and the others that the ward file names. */
    mqttUrl: mqttUrl.optional(),
    brokers: z.record(z.string(), mqttUrl).default({}),
    /** JSON or YAML: device id → key. */
    deviceKeysFile: z.string().min(1).optional(),
    /** Whether devices fail, day after day, of those whose beds have others to tell their truth. */
    faults: z.enum(["daily", "none"]).default("none"),
  }),
  z.strictObject({
    kind: z.literal("house-broker"),
    port,
    /** JSON or YAML: user name → password. */
    keysFile: z.string().min(1),
  }),
]);
export type SimConfig = z.infer<typeof SimConfig>;

export async function loadSimConfig(file: string): Promise<SimConfig> {
  const config = await readYaml(file, "simulator configuration", SimConfig);
  const fromHere = (path: string) => resolve(dirname(file), path);
  if (config.kind === "house-broker") return { ...config, keysFile: fromHere(config.keysFile) };
  return {
    ...config,
    ward: fromHere(config.ward),
    ...(config.truthFile !== undefined && { truthFile: fromHere(config.truthFile) }),
    ...(config.deviceKeysFile !== undefined && { deviceKeysFile: fromHere(config.deviceKeysFile) }),
  };
}
