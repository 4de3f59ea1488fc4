import type { AddressInfo, Server } from "node:net";
import { ConfigError } from "../../config/load.ts";

/** Listens, and says in one sentence what to do where the port cannot be had. Returns the port taken. */
export function listenOn(server: Server, host: string, port: number, what: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portError(error, host, port, what)));
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

export function portError(error: NodeJS.ErrnoException, host: string, port: number, what: string): Error {
  if (error.code === "EADDRINUSE") {
    return new ConfigError(
      `${what}: port ${port} on ${host} is taken by another program. Stop it, or choose another port in the configuration (0 takes any free one).`,
      { cause: error },
    );
  }
  return new ConfigError(`${what}: cannot listen on ${host}:${port} (${error.code ?? error.message}).`, {
    cause: error,
  });
}
