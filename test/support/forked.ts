/** A program of ours as a process of its own, for proofs and benches: started, listened to, killed, started again. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const LAST_WORDS_CHARS = 4_000;

export type Program = {
  /** TypeScript file, from the project's root. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly nodeOptions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export class Forked<Message extends { readonly kind: string }> {
  readonly child: ChildProcess;
  readonly #file: string;
  readonly #heard: Message[] = [];
  readonly #exited: Promise<void>;
  #lastWords = "";

  constructor({ file, args = [], nodeOptions = [], env = {} }: Program) {
    this.#file = file;
    this.child = fork(file, [...args], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [...nodeOptions],
      env: { ...process.env, ...env },
    });
    this.#exited = once(this.child, "exit").then(() => undefined);
    this.child.on("message", (message) => this.#heard.push(message as Message));
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS_CHARS);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The next message of that kind, or the one that has come already; rejects where the process ends without it. */
  async said<Kind extends Message["kind"]>(kind: Kind): Promise<Extract<Message, { kind: Kind }>> {
    for (;;) {
      const at = this.#heard.findIndex((message) => message.kind === kind);
      if (at >= 0) return this.#heard.splice(at, 1)[0] as Extract<Message, { kind: Kind }>;
      const hasEnded = await Promise.race([
        once(this.child, "message").then(() => false),
        this.#exited.then(() => true),
      ]);
      if (hasEnded && !this.#heard.some((message) => message.kind === kind))
        throw new Error(
          `${this.#file} ended before it said "${kind}": ${this.#lastWords.trim() || "no word"}`,
        );
    }
  }

  /** Settles once the process is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.#exited;
  }
}
