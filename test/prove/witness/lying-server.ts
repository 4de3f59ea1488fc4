/**
 * A cloud as a gateway's process sees it, which shows one history until so many checkpoints of it are cosigned, and then
 * lies. Beds and readings it takes as any cloud does, and keeps none of them.
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import { Cosignature, LogBatch } from "../../../contracts/wire/log-sync.ts";
import { decodeSyncBatch } from "../../../contracts/wire/sync-codec.ts";
import { below, type Chance } from "../fuzz/noise.ts";
import { History, type Shown } from "./histories.ts";
import { type Lie, tell } from "./lies.ts";

export type LyingServerParts = {
  readonly port: number;
  readonly lie: Lie;
  readonly honestRounds: number;
  readonly chance: Chance;
};

const GROWTH_MAX = 20;

export class LyingServer {
  readonly #parts: LyingServerParts;
  readonly #server: Server;
  readonly #truth = new History();
  /** What waits to be shown; of a lie that takes two, the second comes with the next request. */
  #next: Shown[] = [];
  #shown: Shown | null = null;
  readonly lies: Shown[] = [];
  /** The true one that was cosigned last. */
  seen: Shown | null = null;
  readonly cosignatures: Cosignature[] = [];

  constructor(parts: LyingServerParts) {
    this.#parts = parts;
    this.#server = createServer(async (request, response) => {
      const answer = this.#answer(request.url ?? "", await bodyOf(request));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...answer, serverTimeMs: Date.now() }));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#parts.port, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The last of them, once the gateway has it. */
  get toldLie(): Shown | null {
    return this.lies.length > 0 && this.#next.length === 0 ? (this.lies.at(-1) ?? null) : null;
  }

  #answer(path: string, body: Uint8Array): object {
    switch (path) {
      case "/api/v1/sync/batches": {
        const decoded = decodeSyncBatch(body);
        if ("error" in decoded) throw new Error(decoded.error);
        const { firstSeq, content } = decoded.batch;
        const count =
          content.kind === "events"
            ? content.events.length
            : content.kind === "tombstone"
              ? content.throughSeq - firstSeq + 1
              : content.value.length;
        const highWaterMarkSeq = firstSeq + count - 1;
        return { highWaterMarkSeq, storedCount: count, duplicateCount: 0, parked: [] };
      }
      case "/api/v1/sync/log":
        return this.#logReply(LogBatch.parse(JSON.parse(Buffer.from(body).toString())));
      case "/api/v1/sync/cosignatures":
        this.cosignatures.push(Cosignature.parse(JSON.parse(Buffer.from(body).toString())));
        if (this.lies.length === 0) this.seen = this.#shown;
        return {};
      default:
        return { bedsBehind: false };
    }
  }

  #logReply({ firstIndex, leaves, cosignedSize }: LogBatch) {
    const { honestRounds, lie, chance } = this.#parts;
    const logSize = firstIndex + leaves.length;
    if (this.lies.length === 0 && this.cosignatures.length >= honestRounds && cosignedSize > 0) {
      this.lies.push(...tell(lie, this.#truth, cosignedSize, Date.now(), chance).shown);
      this.#next = [...this.lies];
    }
    if (this.lies.length > 0) return { logSize, network: this.#next.shift() ?? this.lies.at(-1) ?? null };
    const size = cosignedSize + 1 + below(chance, GROWTH_MAX);
    this.#truth.grow(Math.max(0, size - this.#truth.size), "what was");
    this.#shown = this.#truth.shown(size, cosignedSize, Date.now());
    return { logSize, network: this.#shown };
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
}
