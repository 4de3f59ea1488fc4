import type { SerialSettings } from "../../../devices/profile.ts";
import type { ByteLine } from "./byte-line.ts";
import { openTcpLine } from "./tcp-line.ts";

const TCP = /^tcp:\/\/(.+):(\d+)$/;

/** Opens the line anew: an object that was once closed is never opened again. Rejects with a `LineError`. */
export async function openLine(
  address: string,
  settings: SerialSettings,
  signal: AbortSignal,
): Promise<ByteLine> {
  const [, host, port] = TCP.exec(address) ?? [];
  // Behind tcp:// the device server has the settings; bytes are passed on as they are.
  if (host !== undefined) return openTcpLine(host, Number(port), signal);
  // Its library is loaded only where this machine has a port to open.
  const { openPortLine } = await import("./port-line.ts");
  return openPortLine(address, settings, signal);
}
