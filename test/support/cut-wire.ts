/** The wire to a server, which can be cut in the ways in which wires are: a TCP proxy on loopback. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./free-port.ts";

/**
 * refuses: connections break and new ones are refused, as of a server that is down · stalls: nothing comes through, and
 * later everything does · forgets: the server loses its side and nobody tells this one, as after a failover
 */
export const CUTS = ["refuses", "stalls", "forgets"] as const;
export type Cut = (typeof CUTS)[number];

type Ends = { readonly near: Socket; readonly far: Socket };

export class CutWire {
  readonly port: number;
  readonly #far: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #ends = new Set<Ends>();
  #cut: Cut | null = null;

  private constructor(port: number, far: { readonly host: string; readonly port: number }) {
    this.port = port;
    this.#far = far;
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(far: { readonly host: string; readonly port: number }): Promise<CutWire> {
    const wire = new CutWire(await freePort(), far);
    await wire.#listen();
    return wire;
  }

  cut(how: Cut): void {
    this.#cut = how;
    if (how === "refuses") this.#server.close();
    for (const ends of this.#ends) this.#take(ends, how);
  }

  /** What was forgotten stays so; a new connection goes through. */
  async mend(): Promise<void> {
    const how = this.#cut;
    this.#cut = null;
    if (how === "refuses") await this.#listen();
    if (how === "stalls")
      for (const { near, far } of this.#ends) {
        near.resume();
        far.resume();
      }
  }

  async close(): Promise<void> {
    for (const { near, far } of this.#ends) {
      near.destroy();
      far.destroy();
    }
    if (this.#server.listening) await new Promise((closed) => this.#server.close(closed));
  }

  #listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.port, "127.0.0.1", resolve));
  }

  #join(near: Socket): void {
    const ends = { near, far: connect(this.#far) };
    const { far } = ends;
    this.#ends.add(ends);
    near.on("error", () => undefined).on("data", (chunk) => far.write(chunk));
    far.on("error", () => undefined).on("data", (chunk) => near.write(chunk));
    near.on("close", () => {
      this.#ends.delete(ends);
      far.destroy();
    });
    far.on("close", () => {
      if (this.#ends.has(ends) && !near.isPaused()) near.destroy();
    });
    if (this.#cut !== null) this.#take(ends, this.#cut);
  }

  #take({ near, far }: Ends, how: Cut): void {
    if (how === "refuses") near.destroy();
    else {
      near.pause();
      far.pause();
      if (how === "forgets") far.destroy();
    }
  }
}
