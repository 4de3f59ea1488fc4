/** The clients of Debian's mosquitto, each step a process of its own. Version 2.0.11 does not speak WebSocket. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { Peer } from "./peer.ts";

const run = promisify(execFile);
const ANSWER_S_MAX = 8;

/** `door`: how the program is told where to go and who it is, such as a port and a key, or certificates. */
export function mosquittoPeer(deviceId: string, door: readonly string[]): Peer {
  const topic = `devices/${deviceId}/status`;
  const base = ["-h", "127.0.0.1", "-i", deviceId, "-V", "mqttv311", ...door];
  const say = async (program: string, args: readonly string[]) => {
    const { stdout } = await run(program, [...base, ...args], { timeout: (ANSWER_S_MAX + 2) * 1_000 });
    return stdout.trimEnd();
  };
  const atQos = (qos: number) => ["-q", String(qos)];
  const lasting = (isClean: boolean) => (isClean ? [] : ["-c"]);
  return {
    roundTrip: (text, qos) =>
      say("mosquitto_rr", [...atQos(qos), "-t", topic, "-e", topic, "-m", text, "-W", String(ANSWER_S_MAX)]),
    async retain(text, qos) {
      await say("mosquitto_pub", [
        ...atQos(qos),
        "-r",
        "-t",
        topic,
        ...(text === "" ? ["-n"] : ["-m", text]),
      ]);
    },
    hear: (qos, isClean) =>
      say("mosquitto_sub", [
        ...atQos(qos),
        ...lasting(isClean),
        ...["-t", topic, "-C", "1", "-W", String(ANSWER_S_MAX)],
      ]),
    async breakOff({ text, qos, isRetained }, isClean) {
      const will = ["--will-topic", topic, "--will-payload", text, "--will-qos", String(qos)];
      // It says that it has subscribed, but into a pipe it would say so only when the pipe's buffer is full.
      const child = spawn(
        "stdbuf",
        [
          ...["-oL", "mosquitto_sub"],
          ...base,
          ...atQos(qos),
          ...lasting(isClean),
          ...["-d", "-t", topic, ...will],
          ...(isRetained ? ["--will-retain"] : []),
        ],
        { stdio: ["ignore", "pipe", "ignore"] },
      );
      const gone = once(child, "exit");
      const subscribed = Promise.withResolvers<void>();
      let said = "";
      child.stdout.on("data", (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes("Subscribed (mid")) subscribed.resolve();
      });
      const early = gone.then(() => {
        throw new Error(`mosquitto_sub ended before it had subscribed: ${said}`);
      });
      early.catch(() => undefined);
      await Promise.race([subscribed.promise, early]);
      child.kill("SIGKILL");
      await gone;
    },
  };
}
