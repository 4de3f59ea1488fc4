import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readYaml } from "./read-yaml.ts";

const common = {
  /** The ward file, relative to the configuration file, like every path here. */
  ward: z.string().min(1),
  hospital: z.string().min(1),
  /** The programs of one hospital see the same ward day by the same seed, speed and start. */
  seed: z.int(),
  /** Ward minutes that pass in one real minute. */
  speed: z.number().min(0.1).max(3600).default(1),
  /** Real time, in milliseconds since 1970, at which the ward's first day began; now, if left out. */
  startedAtMs: z.int().nonnegative().optional(),
  /** Ground truth, one JSON object a line. */
  truthFile: z.string().min(1).optional(),
};

const SimConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("smart-bed"),
    ...common,
    mqttUrl: z.url({ protocol: /^(mqtts?|wss?)$/ }),
    /** JSON or YAML: device id → key. */
    deviceKeysFile: z.string().min(1),
  }),
  z.strictObject({ kind: z.literal("room-sensor"), ...common }),
  z.strictObject({ kind: z.literal("monitor"), ...common }),
]);
export type SimConfig = z.infer<typeof SimConfig>;

export async function loadSimConfig(file: string): Promise<SimConfig> {
  const config = await readYaml(file, "simulator configuration", SimConfig);
  const fromHere = (path: string) => resolve(dirname(file), path);
  return {
    ...config,
    ward: fromHere(config.ward),
    ...(config.truthFile !== undefined && { truthFile: fromHere(config.truthFile) }),
    ...(config.kind === "smart-bed" && { deviceKeysFile: fromHere(config.deviceKeysFile) }),
  };
}
