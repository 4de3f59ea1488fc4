/** A process that is killed without a word and started again at once, as a supervisor does. */
import { Forked, type Program } from "../../support/forked.ts";
import { cpuSecondsOf } from "../../support/process-facts.ts";

const GIVE_UP_AFTER_MS = 120_000;
/** One that cannot live is left alone, or it would be started for ever. */
const ENDS_BY_ITSELF_MAX = 3;

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
  #isEnding = false;
  #endsByItself = 0;

  private constructor(program: Program) {
    this.#program = program;
    [this.#process, this.#ready] = this.#begin();
  }

  static async start(program: Program): Promise<Supervised> {
    const supervised = new Supervised(program);
    try {
      await supervised.#ready;
      return supervised;
    } catch (error) {
      await supervised.stop();
      throw error;
    }
  }

  /** Of the process that runs now, once it can serve. */
  get ready(): Promise<Ready> {
    return this.#ready;
  }

  /** How often it ended though nobody killed it. */
  get endsByItself(): number {
    return this.#endsByItself;
  }

  async kill(): Promise<BackAgain> {
    const killedMs = performance.now();
    this.#isEnding = true;
    await this.#process.end("SIGKILL");
    [this.#process, this.#ready] = this.#begin();
    await this.#ready;
    return {
      tookMs: Math.round(performance.now() - killedMs),
      cpuMs: Math.round(cpuSecondsOf(this.#process.pid) * 1_000),
    };
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#process.end();
  }

  #begin(): [Forked<Ready>, Promise<Ready>] {
    this.#isEnding = false;
    const process = new Forked<Ready>(this.#program);
    process.child.once("exit", () => {
      if (this.#isEnding || this.#process !== process) return;
      this.#endsByItself += 1;
      if (this.#endsByItself > ENDS_BY_ITSELF_MAX) return;
      [this.#process, this.#ready] = this.#begin();
    });
    const late = setTimeout(() => void process.end("SIGKILL"), GIVE_UP_AFTER_MS);
    const ready = process.said("ready").finally(() => clearTimeout(late));
    // Whoever waits for it is told; nobody may be waiting.
    ready.catch(() => undefined);
    return [process, ready];
  }
}
