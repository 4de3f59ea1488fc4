import type { SerialSettings } from "../../../devices/profile.ts";
import type { ByteLine } from "./byte-line.ts";
import { openPortLine } from "./port-line.ts";
import { openTcpLine } from "./tcp-line.ts";

const TCP = /^tcp:\/\/(.+):(\d+)$/;

/** Opens the line anew: an object that was once closed is never opened again. Rejects with a `LineError`. */
export function openLine(address: string, settings: SerialSettings, signal: AbortSignal): Promise<ByteLine> {
  const [, host, port] = TCP.exec(address) ?? [];
  // Behind tcp:// the device server has the settings; bytes are passed on as they are.
  return host === undefined
    ? openPortLine(address, settings, signal)
    : openTcpLine(host, Number(port), signal);
}
