/** Who the cloud is to the store. By environment alone: never in a file, a log or an error. */
import { StartError } from "../../start-error.ts";
import type { Login } from "./influx-1.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Set to nothing, as compose files do, means not set. */
export function influxLogin(environment: Environment): Login {
  const token = environment.INFLUXDB_TOKEN || undefined;
  const username = environment.INFLUXDB_USERNAME || undefined;
  const password = environment.INFLUXDB_PASSWORD || undefined;
  if (token !== undefined) return { token };
  if (username !== undefined && password !== undefined) return { username, password };
  if (username === undefined && password === undefined) return null;
  throw new StartError(
    "INFLUXDB_USERNAME and INFLUXDB_PASSWORD were to be set both, or neither, but one of them is missing. Set it, or INFLUXDB_TOKEN.",
  );
}
