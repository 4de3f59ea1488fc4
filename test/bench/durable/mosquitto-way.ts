/** mosquitto and the batching subscriber behind it, with every limit lifted that would make it lose or wait. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Forked } from "../../support/forked.ts";
import { freePort } from "../../support/free-port.ts";
import { until } from "../../support/until.ts";
import { benchDirectory } from "./gateway-under-test.ts";
import type { StoringWay } from "./rows-stored.ts";

const CONFIG = [
  "allow_anonymous true",
  "log_dest stderr",
  "log_type subscribe",
  "user root",
  "max_inflight_messages 0",
  "max_queued_messages 0",
  "max_queued_bytes 0",
];
const ANSWERS_WITHIN_MS = 5_000;

type Said = { readonly kind: "ready" } | { readonly kind: "stored"; readonly count: number };

export async function startMosquittoWay(): Promise<StoringWay> {
  const directory = benchDirectory();
  const broker = await startMosquitto(directory);
  const subscriber = new Forked<Said>({
    file: "test/bench/durable/batching-subscriber.ts",
    args: [String(broker.port), join(directory, "rows.sqlite")],
  });
  await subscriber.said("ready");
  return {
    pids: [broker.pid, subscriber.pid],
    mqttPort: broker.port,
    async stored() {
      subscriber.child.send("how many?");
      return (await subscriber.said("stored")).count;
    },
    async stop() {
      await subscriber.end("SIGKILL");
      await broker.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function startMosquitto(directory: string) {
  const port = await freePort();
  const file = join(directory, "mosquitto.conf");
  writeFileSync(file, `${[`listener ${port} 127.0.0.1`, ...CONFIG].join("\n")}\n`);
  // At this level it says each subscription, and nothing of messages.
  const broker = spawn("mosquitto", ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let hasSubscriber = false;
  broker.stderr.on("data", (chunk: Buffer) => {
    hasSubscriber ||= chunk.includes("devices/+/readings");
  });
  const listens = async () => {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  };
  await until("mosquitto listens", listens, ANSWERS_WITHIN_MS);
  return {
    port,
    hasSubscriber: () => hasSubscriber,
    pid: broker.pid ?? 0,
    async stop() {
      const gone = once(broker, "exit");
      broker.kill("SIGKILL");
      await gone;
    },
  };
}
