/** A process that is killed without a word and started again at once, as a supervisor does. */
import { Forked, type Program } from "../../support/forked.ts";
import { cpuSecondsOf } from "../../support/process-facts.ts";

const GIVE_UP_AFTER_MS = 60_000;

export type Ready = {
  readonly kind: "ready";
  readonly url?: string;
  readonly metricsUrl?: string;
};

/** From the kill until it could serve again; `cpuMs` is what that takes where nothing else runs. */
export type BackAgain = { readonly tookMs: number; readonly cpuMs: number };

export class Supervised {
  readonly #program: Program;
  #process: Forked<Ready>;
  #ready: Promise<Ready>;

  private constructor(program: Program) {
    this.#program = program;
    [this.#process, this.#ready] = begin(program);
  }

  static async start(program: Program): Promise<Supervised> {
    const supervised = new Supervised(program);
    await supervised.#ready;
    return supervised;
  }

  /** Of the process that runs now, once it can serve. */
  get ready(): Promise<Ready> {
    return this.#ready;
  }

  async kill(): Promise<BackAgain> {
    const killedMs = performance.now();
    await this.#process.end("SIGKILL");
    [this.#process, this.#ready] = begin(this.#program);
    await this.#ready;
    return {
      tookMs: Math.round(performance.now() - killedMs),
      cpuMs: Math.round(cpuSecondsOf(this.#process.pid) * 1_000),
    };
  }

  async stop(): Promise<void> {
    await this.#process.end();
  }
}

function begin(program: Program): [Forked<Ready>, Promise<Ready>] {
  const process = new Forked<Ready>(program);
  const late = setTimeout(() => void process.end("SIGKILL"), GIVE_UP_AFTER_MS);
  const ready = process.said("ready").finally(() => clearTimeout(late));
  // Whoever waits for it is told; nobody may be waiting.
  ready.catch(() => undefined);
  return [process, ready];
}
