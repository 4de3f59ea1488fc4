/** Two ends of a serial cable: a pair of pseudo-terminals made by socat, that can be pulled and plugged again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { tempDir } from "./temp-dir.ts";
import { until } from "./until.ts";

export class PtyPair {
  readonly gatewayEnd: string;
  readonly deviceEnd: string;
  #socat: ChildProcess | null = null;

  constructor(directory: string) {
    this.gatewayEnd = join(directory, "gateway");
    this.deviceEnd = join(directory, "device");
  }

  /** For one test, pulled when it ends. */
  static async open(): Promise<PtyPair> {
    const pair = new PtyPair(tempDir());
    onTestFinished(() => pair.pull());
    await pair.plug();
    return pair;
  }

  async plug(): Promise<void> {
    const end = (link: string) => `PTY,link=${link},raw,echo=0`;
    this.#socat = spawn("socat", [end(this.gatewayEnd), end(this.deviceEnd)], { stdio: "ignore" });
    const areThere = async () =>
      existsSync(this.gatewayEnd) && existsSync(this.deviceEnd) ? true : undefined;
    await until("socat has made both ports", areThere, 5_000);
  }

  async pull(): Promise<void> {
    const socat = this.#socat;
    this.#socat = null;
    if (socat === null) return;
    const gone = once(socat, "exit");
    socat.kill("SIGKILL");
    await gone;
    rmSync(this.gatewayEnd, { force: true });
    rmSync(this.deviceEnd, { force: true });
  }
}
