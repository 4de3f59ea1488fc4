/** The process that anchors, killed and started again; another one has loaded already, so that this takes no time. */
import { Forked } from "../../support/forked.ts";
import type { Begin, FromProcess } from "./messages.ts";

const PROGRAM = { file: "test/prove/chain/anchor-process.ts" };
type Process = Forked<FromProcess>;

/** Of many runs: one process that has loaded, and waits to be told what to do. */
export class Spares {
  #next: Process = new Forked<FromProcess>(PROGRAM);

  async take(): Promise<Process> {
    const taken = this.#next;
    this.#next = new Forked<FromProcess>(PROGRAM);
    await taken.said("loaded");
    return taken;
  }

  stop(): Promise<void> {
    return this.#next.end("SIGKILL");
  }
}

export class SupervisedAnchor {
  readonly #begin: Begin;
  readonly #spares: Spares;
  #running: Process | null = null;
  #kills = 0;
  #deaths = 0;

  constructor(begin: Begin, spares: Spares) {
    this.#begin = begin;
    this.#spares = spares;
  }

  get kills(): number {
    return this.#kills;
  }

  /** How often it ended without being killed, which it never may. */
  get deaths(): number {
    return this.#deaths;
  }

  async start(): Promise<void> {
    const next = await this.#spares.take();
    next.child.once("exit", () => {
      if (this.#running === next) this.#deaths += 1;
    });
    next.child.send(this.#begin);
    this.#running = next;
  }

  /** kill -9: nothing of it runs any more when this settles. */
  async kill(): Promise<void> {
    this.#kills += 1;
    await this.stop();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.end("SIGKILL");
  }
}
