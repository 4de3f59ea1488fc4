/** The control: a cloud that skips what it knows by its number, without looking at what it says. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { SimCloud } from "../../sim/sim-cloud.ts";
import { readBatch } from "../../support/read-batch.ts";

export type LaxCloud = {
  readonly url: string;
  /** Each journal's weights in the order of their numbers. */
  journals(): ReadonlyMap<string, readonly number[]>;
  close(): Promise<void>;
};

export async function openLaxCloud(): Promise<LaxCloud> {
  const cloud = new SimCloud("skips-known-unseen");
  const epochs = new Set<ReturnType<typeof readBatch>["epoch"]>();
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const isBatch = request.url?.endsWith("/batches") === true;
    // It is of a time before there were logs.
    if (request.url?.endsWith("/log") === true) {
      response.writeHead(404).end();
      return;
    }
    const answer = isBatch ? take(body) : { serverTimeMs: Date.now(), bedsBehind: false };
    response.writeHead("code" in answer ? 409 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
  const take = (body: Uint8Array): object => {
    epochs.add(readBatch(body).epoch);
    const result = cloud.receive(body);
    if (result.kind === "stored") return { ...result.reply, serverTimeMs: Date.now() };
    if (result.kind !== "gap") throw new Error(`a lax cloud was to refuse nothing, but ${result.kind}`);
    return { code: "SYNC_GAP", detail: "A gap.", expectedSeq: result.expectedSeq };
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    journals: () =>
      new Map(
        [...epochs].map((epoch) => [epoch, weightsOf([...cloud.lane(epoch, "vitals").records.values()])]),
      ),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const weightsOf = (records: readonly { readonly kind: string; readonly value?: unknown }[]) =>
  records.flatMap(({ kind, value }) => (kind === "reading" && typeof value === "number" ? [value] : []));

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
