/** A browser's side of the live socket, as plain as the contract allows: it keeps what it is told. */
import { WebSocket } from "ws";
import { localUrl } from "../../cloud/http/local-url.ts";
import type { BedView, GatewayView } from "../../contracts/wire/board.ts";
import { LiveMessage } from "../../contracts/wire/live.ts";
import type { TestCloud } from "./support.ts";

export class TestClient {
  readonly received: LiveMessage[] = [];
  readonly beds = new Map<string, BedView>();
  readonly gateways = new Map<string, GatewayView>();
  seq: number | null = null;
  closeCode: number | null = null;
  #socket: WebSocket | null = null;
  readonly #address: string;
  readonly #headers: Record<string, string>;

  constructor(cloud: TestCloud, cookie: string, origin = "http://beds.example") {
    this.#address = `${localUrl(cloud.app.server).replace("http", "ws")}/api/v1/live`;
    this.#headers = { cookie, origin };
  }

  /** Resumes where it was; the first time, or with `fresh`, asks for everything. */
  async connect({ after = this.seq }: { after?: number | null } = {}): Promise<this> {
    const socket = new WebSocket(after === null ? this.#address : `${this.#address}?after=${after}`, {
      headers: this.#headers,
    });
    this.#socket = socket;
    this.closeCode = null;
    const greeted = new Promise<void>((resolve, reject) => {
      socket.on("message", (data) => {
        this.#hear(LiveMessage.parse(JSON.parse(String(data))));
        // The evidence ends the greeting.
        if (this.received.at(-1)?.kind === "evidence") resolve();
      });
      socket.on("close", (code) => {
        this.closeCode = code;
        reject(new Error(`closed with ${code}`));
      });
      socket.on("unexpected-response", (_request, response) =>
        reject(new Error(`HTTP ${response.statusCode}`)),
      );
      socket.on("error", reject);
    });
    await greeted;
    return this;
  }

  /** As when the network breaks: nothing that is still on its way arrives. */
  disconnect(): void {
    this.#socket?.removeAllListeners("message");
    this.#socket?.terminate();
  }

  /** What it shows, in an order; without what it derives by itself as time passes. */
  shown(): unknown {
    const beds = [...this.beds.values()].map(({ derived: _, ...bed }) => bed);
    const byId = (left: { bedId: string }, right: { bedId: string }) => (left.bedId < right.bedId ? -1 : 1);
    const gateways = [...this.gateways.values()].sort((a, b) => (a.gatewayId < b.gatewayId ? -1 : 1));
    return { beds: beds.sort(byId), gateways };
  }

  #hear(message: LiveMessage): void {
    this.received.push(message);
    if (message.kind === "desk") return;
    for (const gateway of message.kind === "changes" ? [] : message.gateways)
      this.gateways.set(gateway.gatewayId, gateway);
    if (message.kind === "evidence") {
      for (const { bedId, deviceId, lastObservedAt } of message.sources) {
        const source = this.beds.get(bedId)?.sources.find((known) => known.deviceId === deviceId);
        if (source !== undefined) source.lastObservedAt = lastObservedAt;
      }
      return;
    }
    if (message.kind === "snapshot") this.beds.clear();
    else for (const bedId of message.removed) this.beds.delete(bedId);
    for (const bed of message.beds) this.beds.set(bed.bedId, bed);
    this.seq = message.seq;
  }
}
