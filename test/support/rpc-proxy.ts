/** A chain's endpoint through which everything goes, and that can lie, hang, forget, or stop somebody at a certain point. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { freePort } from "./free-port.ts";

export type RpcCall = { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
/** What becomes of a call: it is passed on as it is where nothing is answered here. */
export type Meddling = (call: RpcCall, passOn: () => Promise<unknown>) => Promise<unknown> | undefined;

export class RpcProxy {
  readonly url: string;
  /** Of whatever came. */
  readonly calls: RpcCall[] = [];
  /** `HANG` answered: nothing comes back. */
  meddle: Meddling = () => undefined;
  readonly #server: Server;
  readonly #behind: string;

  private constructor(port: number, behind: string) {
    this.url = `http://127.0.0.1:${port}/secret-access-key`;
    this.#behind = behind;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async before(behind: string): Promise<RpcProxy> {
    const port = await freePort();
    const proxy = new RpcProxy(port, behind);
    proxy.#server.listen(port, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let id = 0;
    try {
      const call = JSON.parse(await text(request)) as RpcCall;
      id = call.id;
      this.calls.push(call);
      const passOn = async () => {
        const answer = await fetch(this.#behind, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(call),
        });
        const { result, error } = (await answer.json()) as { result: unknown; error?: unknown };
        if (error !== undefined) throw new NodeError(error);
        return result;
      };
      const result = await (this.meddle(call, passOn) ?? passOn());
      if (result === HANG) return;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id: call.id, result }));
    } catch (error) {
      if (!(error instanceof NodeError)) {
        response.destroy();
        return;
      }
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ jsonrpc: "2.0", id, error: error.said }));
    }
  }
}

export const HANG = Symbol("hang");

/** The node itself says no. */
export class NodeError extends Error {
  readonly said: unknown;

  constructor(said: unknown) {
    super("the node refused");
    this.said = said;
  }
}
