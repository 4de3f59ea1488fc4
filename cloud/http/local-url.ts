/** Where a listening server is reached from this machine. */
import type { AddressInfo } from "node:net";

export type Listening = { address(): AddressInfo | string | null };

const ANY_OR_LOOPBACK = ["127.0.0.1", "::1", "0.0.0.0", "::"];

export function localUrl(server: Listening): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server does not listen on a port");
  const { address, port } = bound;
  if (ANY_OR_LOOPBACK.includes(address)) return `http://localhost:${port}`;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
