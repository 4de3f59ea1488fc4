/** The peers as processes of their own. */
import { Forked } from "../../support/forked.ts";

export type Served = { readonly pid: number; readonly mqttPort: number; stop(): Promise<void> };

export async function startEmptyAedes(): Promise<Served> {
  const peer = new Forked<{ readonly kind: "ready"; readonly mqttPort: number }>({
    file: "test/bench/durable/empty-aedes.ts",
  });
  const { mqttPort } = await peer.said("ready");
  return { pid: peer.pid, mqttPort, stop: () => peer.end("SIGKILL") };
}
