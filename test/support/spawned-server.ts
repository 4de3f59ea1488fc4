/** A server of somebody else's on a loopback port, with files of its own: started, killed, started again on them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "./until.ts";

const START_MS_MAX = 20_000;

export type ServerCommand = {
  readonly file: string;
  readonly args: readonly string[];
  /** Answers 2xx once the server is ready. */
  readonly readyUrl: string;
  /** JSON that is posted there to ask; left out: it is fetched. */
  readonly readyBody?: string;
};

export class SpawnedServer {
  readonly #command: ServerCommand;
  #process: ChildProcess | null = null;

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { file, args } = this.#command;
    const started = spawn(file, [...args], { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = started;
    let lastWords = "";
    started.stderr?.on("data", (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-2_000);
    });
    await until(
      `${file} answers`,
      async () => {
        if (started.exitCode !== null)
          throw new Error(`${file} ended with ${started.exitCode}: ${lastWords}`);
        return (await isReady(this.#command)) ? true : undefined;
      },
      START_MS_MAX,
    );
  }

  /** Settles once the process is gone. SIGKILL: it can write nothing more. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill(signal);
    await gone;
  }

  /** It lives and does nothing until it is continued. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  continue(): void {
    this.#process?.kill("SIGCONT");
  }
}

async function isReady({ readyUrl, readyBody }: ServerCommand): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const post = readyBody === undefined ? {} : { method: "POST", body: readyBody, headers };
  try {
    const answer = await fetch(readyUrl, { ...post, signal: AbortSignal.timeout(1_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
