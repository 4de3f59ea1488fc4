/** A hospital's own broker: mosquitto on a loopback port, with one user, `gateway`, and whoever else comes in without. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";
import { tempDir } from "./temp-dir.ts";
import { until } from "./until.ts";

export const HOSPITAL_PASSWORD = "correct horse";

export class Mosquitto {
  readonly port: number;
  readonly #configFile: string;
  #process: ChildProcess | null = null;

  private constructor(port: number, configFile: string) {
    this.port = port;
    this.#configFile = configFile;
  }

  /** For one test, stopped when it ends; `lines` are further lines of its configuration. */
  static async start(lines: readonly string[] = []): Promise<Mosquitto> {
    const broker = await Mosquitto.in(tempDir(), lines);
    onTestFinished(() => broker.stop());
    return broker;
  }

  /** Its files stand in `directory`. */
  static async in(directory: string, lines: readonly string[] = []): Promise<Mosquitto> {
    const port = await freePort();
    const passwordFile = join(directory, "passwords");
    execFileSync("mosquitto_passwd", ["-b", "-c", passwordFile, "gateway", HOSPITAL_PASSWORD]);
    const configFile = join(directory, "mosquitto.conf");
    const config = [
      `listener ${port} 127.0.0.1`,
      "allow_anonymous true",
      `password_file ${passwordFile}`,
      // As root it would change to a user who cannot read this directory.
      "user root",
      ...lines,
    ];
    writeFileSync(configFile, `${config.join("\n")}\n`);
    const broker = new Mosquitto(port, configFile);
    await broker.begin();
    return broker;
  }

  async begin(): Promise<void> {
    this.#process = spawn("mosquitto", ["-c", this.#configFile], { stdio: "ignore" });
    const answers = async () => {
      const socket = connect(this.port, "127.0.0.1");
      try {
        await once(socket, "connect");
        return true;
      } catch {
        return undefined;
      } finally {
        socket.destroy();
      }
    };
    await until("mosquitto answers", answers, 20_000);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null) return;
    const gone = once(running, "exit");
    running.kill("SIGTERM");
    await gone;
  }
}
