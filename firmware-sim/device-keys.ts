import { z } from "zod";
import { readYaml } from "./read-yaml.ts";
import { SetupProblem } from "./setup-problem.ts";

const Keys = z.record(z.string(), z.string().min(1));

export function loadKeys(file: string): Promise<Readonly<Record<string, string>>> {
  return readYaml(file, "device keys file", Keys);
}

/** The file is a JSON object, device id → key; every device must have one. */
export async function loadDeviceKeys(
  file: string,
  deviceIds: readonly string[],
): Promise<(deviceId: string) => string> {
  const keys = await loadKeys(file);
  const missing = deviceIds.filter((deviceId) => keys[deviceId] === undefined);
  if (missing.length > 0)
    throw new SetupProblem(`device keys file ${file} has no key for ${missing.join(", ")}`);
  return (deviceId) => keys[deviceId] ?? "";
}
