/**
 * Stands between the cloud and a store of series, and spoils what is written: refuses it, answers half, or not at all.
 * Everything else, and what is not to be spoiled, goes through as it is.
 */
import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A number: the status that is answered, and the store hears nothing. */
export type Trouble =
  | "pass"
  | number
  /** The connection ends before anything was said; the store hears nothing. */
  | "hang-up"
  /** The store has it, and its answer breaks off. */
  | "half-answer"
  /** The store has it, and nobody ever says so. */
  | "no-answer";

const BODY_BYTES_MAX = 64 * 1024 * 1024;

export class TroubledProxy {
  readonly #storeUrl: URL;
  readonly #server: Server;
  #script: Trouble[] = [];
  #delayMs = 0;
  #writes = 0;
  #spoilt = 0;
  #delayed = 0;

  private constructor(storeUrl: string) {
    this.#storeUrl = new URL(storeUrl);
    this.#server = createServer((request, response) => {
      // A store that is away, or a client that gave up: both ends see a broken connection.
      this.#carry(request, response).catch(() => response.destroy());
    });
  }

  static async before(storeUrl: string): Promise<TroubledProxy> {
    const proxy = new TroubledProxy(storeUrl);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Writes that came, and those of them that were spoilt and delayed. */
  get counts(): { readonly writes: number; readonly spoilt: number; readonly delayed: number } {
    return { writes: this.#writes, spoilt: this.#spoilt, delayed: this.#delayed };
  }

  /** The next writes meet these, in this order. */
  play(script: readonly Trouble[]): void {
    this.#script = [...script];
  }

  /** True: every trouble has met a write. */
  get isPlayed(): boolean {
    return this.#script.length === 0;
  }

  /** Before each write reaches the store. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const isWrite = request.url?.includes("/write") === true;
    const trouble = isWrite ? (this.#script.shift() ?? "pass") : "pass";
    if (isWrite) {
      this.#writes += 1;
      if (trouble !== "pass") this.#spoilt += 1;
      if (this.#delayMs > 0) this.#delayed += 1;
      await sleep(this.#delayMs);
    }
    if (typeof trouble === "number") {
      const headers = trouble === 429 ? { "retry-after": "1" } : {};
      response.writeHead(trouble, headers).end(JSON.stringify({ error: "spoilt by the proof" }));
      return;
    }
    if (trouble === "hang-up") {
      response.destroy();
      return;
    }
    const answer = await this.#ask(request, body);
    if (trouble === "no-answer") return;
    if (trouble === "half-answer") {
      response.socket?.end("HTTP/1.1 204 No Con");
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  async #ask(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
    const { hostname, port } = this.#storeUrl;
    const { host: _ours, "transfer-encoding": _chunked, ...passed } = headers;
    const asked = httpRequest({
      hostname,
      port,
      method,
      path: url,
      headers: { ...passed, "content-length": body.byteLength },
    });
    asked.end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const { connection: _c, "transfer-encoding": _t, ...answered } = answer.headers;
    return { status: answer.statusCode ?? 502, headers: answered, body: await bodyOf(answer) };
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
    if (bytes > BODY_BYTES_MAX) throw new Error(`a body of more than ${BODY_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks);
}
