/** Readers who take a document slowly, or not at all, over real connections: how many lie opened in memory is bounded. */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { fastify } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { describe, expect, it, onTestFinished } from "vitest";
import { DOCUMENTS_AT_ONCE, documentRoutes } from "../../cloud/documents/routes.ts";
import { inPieces, untilTaken } from "../../cloud/documents/taken-reply.ts";
import { answerErrors } from "../../cloud/http/errors.ts";
import { createLog } from "../../cloud/http/log.ts";
import { DOCUMENT_BYTES_MAX } from "../../contracts/wire/documents.ts";
import { listenOnLoopback } from "../support/loopback.ts";
import { until } from "../support/until.ts";

/** More than the buffers between two ends of a connection on one machine hold. */
const BIG = Buffer.alloc(DOCUMENT_BYTES_MAX, "0123456789abcdef-");
const FILE = "/api/v1/documents/8b0c8a52-6f0e-4a51-9d54-0a4c5f1f4b11/file";

async function ask(port: number, path: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
  return socket;
}

describe("a document on its way", () => {
  async function served(stallMsMax: number, content = BIG, takenMsMax = 60_000) {
    const ended = Promise.withResolvers<boolean>();
    const server = createServer((_request, response) => {
      inPieces(content).pipe(response);
      void untilTaken(response, { takenMsMax, stallMsMax, lookEveryMs: 50 }).then(ended.resolve);
    });
    const port = await listenOnLoopback(server);
    onTestFinished(() => void server.close());
    return { port, wasTaken: ended.promise };
  }

  it("to a reader that takes nothing ends with the connection", async () => {
    const { port, wasTaken } = await served(500);
    const reader = await ask(port, "/");
    const closed = once(reader, "close");
    expect(await wasTaken).toBe(false);
    reader.resume();
    await closed;
    expect(reader.bytesRead).toBeLessThan(BIG.length);
  });

  it("to a slow reader goes on for longer than one may take nothing", async () => {
    const stallMsMax = 2_000;
    // Far more than the buffers grow to between two ends that are at work.
    const content = Buffer.alloc(5 * BIG.length);
    const { port, wasTaken } = await served(stallMsMax, content);
    const reader = await ask(port, "/");
    const beganAtMs = performance.now();
    // By the clock, so that a late timer is made up for.
    const isAheadOf = (bytesPerMs: number) => reader.bytesRead > (performance.now() - beganAtMs) * bytesPerMs;
    const reading = setInterval(() => reader.resume(), 5);
    onTestFinished(() => clearInterval(reading));
    reader.on("data", () => {
      if (isAheadOf(content.length / (3 * stallMsMax))) reader.pause();
    });
    expect(await wasTaken).toBe(true);
    expect(performance.now() - beganAtMs).toBeGreaterThan(stallMsMax);
  });

  it("to a reader that is too slow for all of it ends with the connection", async () => {
    const { port, wasTaken } = await served(60_000, BIG, 500);
    const reader = await ask(port, "/");
    const closed = once(reader, "close");
    const piece = setInterval(() => reader.read(1), 20);
    onTestFinished(() => clearInterval(piece));
    expect(await wasTaken).toBe(false);
    reader.resume();
    await closed;
    expect(reader.bytesRead).toBeLessThan(BIG.length);
  });

  it("to a reader that goes away is let go of at once", async () => {
    const { port, wasTaken } = await served(500);
    const reader = await ask(port, "/");
    await once(reader.resume(), "data");
    reader.destroy();
    expect(await wasTaken).toBe(false);
  });
});

describe("documents and their readers", () => {
  const CALLER = { kind: "person", role: "doctor", hospitalId: null, sessionSha256: "" } as const;
  const unused = () => Promise.reject(new Error("only files are fetched here"));

  async function service() {
    const opened: string[] = [];
    const app = fastify();
    onTestFinished(() => app.close());
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    app.decorateRequest("caller", { getter: () => CALLER });
    answerErrors(app, createLog({ write: () => undefined }));
    await app.register(documentRoutes, {
      documents: {
        requireMayStore: unused,
        store: unused,
        list: unused,
        view: unused,
        async fetch(_caller, documentId) {
          opened.push(documentId);
          return { name: "scan.pdf", type: "application/pdf", content: BIG };
        },
      },
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    let arrived = 0;
    app.server.on("request", () => {
      arrived += 1;
    });
    return {
      app,
      opened,
      async ask(): Promise<Socket> {
        const before = arrived;
        const socket = await ask(port, FILE);
        await until("it arrives", async () => (arrived > before ? true : undefined), 20_000);
        return socket;
      },
      openedAre: (count: number) =>
        until(`${count} are opened`, async () => (opened.length === count ? true : undefined), 20_000),
    };
  }

  it("are opened for no more than may be at work, until one is gone or has taken all", async () => {
    const { app, opened, ask, openedAre } = await service();
    const { insideMax, waitingMax } = DOCUMENTS_AT_ONCE;
    const readers: Socket[] = [];
    for (let n = 0; n < insideMax + waitingMax; n += 1) readers.push(await ask());
    const refused = await app.inject(FILE);
    expect([refused.statusCode, refused.json().code]).toEqual([503, "DOCUMENTS_BUSY"]);
    expect(opened).toHaveLength(insideMax);

    readers[0]?.destroy();
    await openedAre(insideMax + 1);
    readers[1]?.resume();
    await openedAre(insideMax + 2);
    // The place is free when the last byte has left the server; the reader may still have some of them to take.
    const isWhole = async () => ((readers[1]?.bytesRead ?? 0) > BIG.length ? true : undefined);
    await until("it has all", isWhole, 20_000);
  });

  it("who go away while they wait have nothing opened for them", async () => {
    const { app, opened, ask } = await service();
    const { insideMax } = DOCUMENTS_AT_ONCE;
    const readers: Socket[] = [];
    for (let n = 0; n < insideMax + 2; n += 1) readers.push(await ask());
    const connections = async () =>
      await new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)));
    readers.pop()?.destroy();
    readers.pop()?.destroy();
    const areGone = async () => ((await connections()) === insideMax ? true : undefined);
    await until("their connections are gone", areGone, 20_000);
    for (const reader of readers) reader.destroy();
    expect((await app.inject(FILE)).rawPayload.equals(BIG)).toBe(true);
    expect(opened).toHaveLength(insideMax + 1);
  });
});
