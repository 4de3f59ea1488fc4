/** A process with a broker in it, on ports that stay the same: started, killed without warning, started again. */
import { Forked, type Program } from "../../support/forked.ts";

export type Ports = { readonly tcp: number; readonly tls: number; readonly webSocket: number };

export class Killable {
  readonly ports: Ports;
  readonly #program: Program;
  #process: Forked<{ readonly kind: "ready" }> | null = null;

  constructor(program: Program, ports: Ports) {
    this.#program = program;
    this.ports = ports;
  }

  async start(): Promise<this> {
    this.#process = new Forked(this.#program);
    await this.#process.said("ready");
    return this;
  }

  /** As a power cut would, as far as the process can tell. */
  async kill(): Promise<void> {
    await this.#process?.end("SIGKILL");
    this.#process = null;
  }
}
