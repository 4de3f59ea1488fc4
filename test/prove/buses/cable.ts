/** A serial port that can be unplugged: a pseudo-terminal made by socat, and behind it the units. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const PLUGGED_WITHIN_MS = 5_000;

export class Cable {
  readonly path: string;
  readonly #port: number;
  #socat: ChildProcess | null = null;

  constructor(path: string, unitsPort: number) {
    this.path = path;
    this.#port = unitsPort;
  }

  /** Each time it is another device of the system under the same name. */
  async plug(): Promise<void> {
    const socat = spawn(
      "socat",
      [`PTY,link=${this.path},raw,echo=0`, `TCP:127.0.0.1:${this.#port},nodelay`],
      { stdio: "ignore" },
    );
    this.#socat = socat;
    const deadline = performance.now() + PLUGGED_WITHIN_MS;
    while (!existsSync(this.path)) {
      if (performance.now() > deadline || socat.exitCode !== null)
        throw new Error(`socat made no port ${this.path}`);
      await sleep(5);
    }
  }

  /** As a pulled plug: in the middle of whatever is under way. */
  async unplug(): Promise<void> {
    const socat = this.#socat;
    if (socat === null) return;
    this.#socat = null;
    const gone = once(socat, "exit");
    // The name goes first: for a moment it would stand for whatever gets the number that becomes free.
    rmSync(this.path, { force: true });
    socat.kill("SIGKILL");
    await gone;
  }
}
