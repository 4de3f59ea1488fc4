/** One process of the demo: started, waited for, asked for sign-in links, started again if it dies, stopped. */
import { type ChildProcess, fork } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

const ROOT = resolve(import.meta.dirname, "../..");
const READY_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 5_000;
const RESTART_AFTER_MS = 1_000;
/** A process that lives shorter than this will not live longer the next time either. */
const LIVED_MS_MIN = 5_000;
const QUICK_DEATHS_MAX = 3;
const STDERR_KEPT_CHARS = 4_000;

const Message = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), url: z.string().optional(), mqttPort: z.number().nullish() }),
  z.object({ kind: z.literal("sign-in-link"), role: z.string().optional(), url: z.string() }),
]);
export type Ready = Extract<z.infer<typeof Message>, { kind: "ready" }>;

/**
 * A gateway's box is small. Without these Node takes what the machine has: its heap grows fourfold before it is tidied, and
 * the C library keeps a heap for each thread and in it the room of large buffers that are gone. What reads TypeScript takes
 * 20 MB, and none where the compiled code is kept. The last option keeps what a message leaves behind out of the old
 * generation, where V8 would put it at once because a bed's newest evidence lives a while. They stand in package.json and
 * in config/docker and config/systemd too; docs/decisions.md has the reasons.
 */
export const GATEWAY_NODE_OPTIONS = [
  "--max-semi-space-size=16",
  "--heap-growing-percent=15",
  "--no-allocation-site-pretenuring",
] as const;
export const GATEWAY_ENV = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "32768",
  NODE_COMPILE_CACHE: "node_modules/.cache/hospitell",
} as const;

export type ChildParts = {
  readonly name: string;
  /** TypeScript file to run, from the project's root. */
  readonly program: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly nodeOptions?: readonly string[];
  /** Told when it died and was started again, or was given up. */
  readonly onTrouble: (sentence: string, givenUp: boolean) => void;
};

export class Child {
  readonly #parts: ChildParts;
  readonly #log: WriteStream;
  #process: ChildProcess | null = null;
  #isStopping = false;
  #quickDeaths = 0;

  constructor(parts: ChildParts) {
    this.#parts = parts;
    this.#log = createWriteStream(parts.logFile, { flags: "a", mode: 0o600 });
  }

  /** Settles when the process says that it is ready; rejects with what it said where it ends before. */
  start(): Promise<Ready> {
    const { program, configFile, name, nodeOptions } = this.#parts;
    const startedMs = performance.now();
    const child = fork(program, ["--config", configFile], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: [...(nodeOptions ?? [])],
      env: { ...GATEWAY_ENV, ...process.env },
      // A group of its own: Ctrl-C reaches this program alone, which then stops the others in order. Where it is
      // killed itself, they notice that their channel to it has closed, and end.
      detached: true,
    });
    this.#process = child;
    let lastWords = "";
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#log.write(chunk);
      lastWords = (lastWords + chunk.toString()).slice(-STDERR_KEPT_CHARS);
    });
    return new Promise((ready, failed) => {
      let isReady = false;
      const tooSlow = setTimeout(
        () => failed(new Error(`${name} was not ready within ${READY_WITHIN_MS / 1_000} s`)),
        READY_WITHIN_MS,
      );
      child.on("message", (raw) => {
        const message = Message.safeParse(raw);
        if (message.data?.kind !== "ready") return;
        isReady = true;
        clearTimeout(tooSlow);
        ready(message.data);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(tooSlow);
        if (this.#process === child) this.#process = null;
        if (this.#isStopping) return;
        if (isReady) void this.#revive(code ?? signal, performance.now() - startedMs);
        else
          failed(new Error(plain(lastWords) || `${name} ended with ${code ?? signal} before it was ready`));
      });
    });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async signInLink(role?: string, hospitalId?: string): Promise<string> {
    const child = this.#process;
    if (child === null) throw new Error(`${this.#parts.name} is not running`);
    return new Promise((resolve, reject) => {
      const onMessage = (raw: unknown) => {
        const message = Message.safeParse(raw);
        if (message.data?.kind !== "sign-in-link" || (role !== undefined && message.data.role !== role))
          return;
        child.off("message", onMessage);
        resolve(message.data.url);
      };
      child.on("message", onMessage);
      child.once("exit", () => reject(new Error(`${this.#parts.name} ended`)));
      child.send({ kind: "sign-in-link", role, hospitalId });
    });
  }

  /** From now on its end is no trouble. */
  expectEnd(): void {
    this.#isStopping = true;
  }

  async stop(): Promise<void> {
    this.expectEnd();
    const child = this.#process;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
      await exited;
      clearTimeout(killer);
    }
    await new Promise<void>((resolve) => this.#log.end(() => resolve()));
  }

  async #revive(how: unknown, livedMs: number): Promise<void> {
    const { name, logFile, onTrouble } = this.#parts;
    this.#quickDeaths = livedMs < LIVED_MS_MIN ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= QUICK_DEATHS_MAX) {
      onTrouble(`${name} ended ${QUICK_DEATHS_MAX} times in a row; its log is ${logFile}`, true);
      return;
    }
    onTrouble(`${name} ended (${String(how)}) and is started again; its log is ${logFile}`, false);
    await sleep(RESTART_AFTER_MS);
    if (this.#isStopping) return;
    await this.start().catch((error: Error) => onTrouble(`${name}: ${error.message}`, true));
  }
}

/** What a person reads of a process's last words: its sentences, not its log lines. */
function plain(words: string): string {
  return words
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("{"))
    .join("\n");
}
