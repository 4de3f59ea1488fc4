/** Two ends of a serial cable: a pair of pseudo-terminals made by socat, that a test can pull and plug again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { soon } from "./soon.ts";
import { tempDir } from "./temp-dir.ts";

export class PtyPair {
  readonly gatewayEnd: string;
  readonly deviceEnd: string;
  #socat: ChildProcess | null = null;

  private constructor(directory: string) {
    this.gatewayEnd = join(directory, "gateway");
    this.deviceEnd = join(directory, "device");
  }

  static async open(): Promise<PtyPair> {
    const pair = new PtyPair(tempDir());
    onTestFinished(() => pair.pull());
    await pair.plug();
    return pair;
  }

  async plug(): Promise<void> {
    const end = (link: string) => `PTY,link=${link},raw,echo=0`;
    this.#socat = spawn("socat", [end(this.gatewayEnd), end(this.deviceEnd)], { stdio: "ignore" });
    await soon(() => {
      if (!existsSync(this.gatewayEnd) || !existsSync(this.deviceEnd)) throw new Error("no ports yet");
    });
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
