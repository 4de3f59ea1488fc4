/**
 * A server on loopback that answers as a real one of Kubo's RPC did (test/fixtures/kubo, recorded by test/peers). It
 * keeps blocks and pins, and picks the recorded answer for what it has or has not; the words stay, and only the CID and
 * the size are those of what was sent. What was never recorded, in path, query or form, is answered by 501 and kept in
 * `unknown`: a test ends by expecting that to be empty.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { CarBufferReader } from "@ipld/car/buffer-reader";
import { base58btc } from "multiformats/bases/base58";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { freePort } from "./free-port.ts";

const FIXTURES = new URL("../fixtures/kubo/", import.meta.url);
const BLOCK_BYTES_MAX = 1_048_576;
const RAW = 0x55;
const SHA_256 = 0x12;
/** Parts of a query that name the content, or how long to wait: they may differ from the recorded ones. */
const FREE = ["arg", "paths", "timeout"];

type Exchange = {
  /** The content that it is about; null: none. */
  readonly cid: string | null;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: readonly (readonly [string, string])[];
    readonly contentType: string | null;
  };
  readonly reply: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly bodyBase64?: string;
  };
};

export type KuboReplay = {
  readonly url: string;
  /** By CID in base 32, as they stand now. */
  readonly blocks: ReadonlyMap<string, Uint8Array>;
  readonly pins: ReadonlySet<string>;
  /** Paths and queries that came, in their order. */
  readonly asked: readonly string[];
  readonly unknown: readonly string[];
  readonly stop: () => Promise<void>;
};

export async function startKuboReplay(port?: number): Promise<KuboReplay> {
  const exchanges = readExchanges();
  const blocks = new Map<string, Uint8Array>();
  const pins = new Set<string>();
  const asked: string[] = [];
  const unknown: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://kubo");
    asked.push(`${url.pathname}${url.search}`);
    const body = await buffer(request);
    const answer = answerTo(url, request, body);
    if (answer === null) {
      unknown.push(`${request.method} ${url.pathname}${url.search}`);
      response.writeHead(501, { "content-type": "text/plain" }).end("nobody recorded an answer to this");
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });

  function answerTo(url: URL, request: IncomingMessage, body: Buffer) {
    const sent = request.headers["content-type"]?.startsWith("multipart/") ? readPart(body) : null;
    const content = url.pathname.endsWith("/dag/import") && sent !== null ? blockOfCar(sent) : sent;
    const cid = content === null ? url.searchParams.get("arg") : cidOf(content);
    const { isRefused, effect } = meaningOf(url, cid, content);
    if (content !== null && content.length > BLOCK_BYTES_MAX) return null;
    const exchange = exchanges.find(
      (one) => isOfOneBlock(one) && isAskedBy(one, url, request) && one.reply.status >= 500 === isRefused,
    );
    if (exchange === undefined) return null;
    const bytes = cid === null ? undefined : blocks.get(cid);
    effect();
    return fill(exchange, cid, content ?? bytes);
  }

  /** Whether it must be refused for what is not here, and what it changes here. */
  function meaningOf(url: URL, cid: string | null, content: Uint8Array | null) {
    const action = url.pathname.replace("/api/v0/", "");
    const [isHere, isPinned] = [blocks.has(cid ?? ""), pins.has(cid ?? "")];
    const id = cid ?? "";
    switch (action) {
      case "block/put":
      case "add":
      case "dag/import":
        return {
          isRefused: content === null,
          effect: () => {
            if (content !== null) blocks.set(id, content);
            if (url.searchParams.get("pin") === "true" || url.searchParams.get("pin-roots") === "true")
              pins.add(id);
          },
        };
      case "block/get":
      case "block/stat":
        return { isRefused: !isHere, effect: () => {} };
      case "block/rm":
        return { isRefused: !isHere || isPinned, effect: () => blocks.delete(id) };
      case "pin/add":
        return { isRefused: !isHere, effect: () => isHere && pins.add(id) };
      case "pin/ls":
        return { isRefused: !isPinned, effect: () => {} };
      case "pin/rm":
        return { isRefused: !isPinned, effect: () => pins.delete(id) };
      case "repo/gc":
        return {
          isRefused: false,
          effect: () => {
            for (const one of blocks.keys()) if (!pins.has(one)) blocks.delete(one);
          },
        };
      default:
        return { isRefused: false, effect: () => {} };
    }
  }

  const listened = port ?? (await freePort());
  await new Promise<void>((resolve) => server.listen(listened, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listened}`,
    blocks,
    pins,
    asked,
    unknown,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function readExchanges(): Exchange[] {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".json"));
  return names.map((name) => JSON.parse(readFileSync(new URL(name, FIXTURES), "utf8")) as Exchange);
}

const isOfOneBlock = ({ cid }: Exchange) => cid === null || CID.parse(cid).code === RAW;

function isAskedBy({ request: recorded }: Exchange, url: URL, request: IncomingMessage): boolean {
  const form = (type: string | null | undefined) => type?.replace(/boundary=.*/, "") ?? "";
  return (
    recorded.method === request.method &&
    recorded.path === url.pathname &&
    fixedPart(recorded.query) === fixedPart([...url.searchParams]) &&
    form(recorded.contentType) === form(request.headers["content-type"])
  );
}

const fixedPart = (query: readonly (readonly [string, string])[]) =>
  query
    .filter(([name]) => !FREE.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("&");

/** The recorded answer, about this content. */
function fill({ cid: recordedCid, reply }: Exchange, cid: string | null, content: Uint8Array | undefined) {
  const { status, headers, body } = reply;
  if (body === undefined) return { status, headers, body: content };
  if (recordedCid === null || cid === null) return { status, headers, body };
  const [then, now] = [CID.parse(recordedCid), CID.parse(cid)];
  const filled = body
    .replaceAll(then.toString(), now.toString())
    .replaceAll(then.toString(base58btc), now.toString(base58btc))
    .replace(/"Size":[0-9]+/, `"Size":${content?.length ?? 0}`);
  return { status, headers, body: filled };
}

const cidOf = (bytes: Uint8Array) =>
  CID.createV1(RAW, create(SHA_256, createHash("sha256").update(bytes).digest())).toString();

/** The bytes of a form's only part. */
function readPart(form: Buffer): Uint8Array | null {
  const boundary = form.subarray(0, form.indexOf("\r\n"));
  const begin = form.indexOf("\r\n\r\n") + 4;
  const end = form.indexOf(Buffer.concat([Buffer.from("\r\n"), boundary]), begin);
  return begin < 4 || end < 0 ? null : Uint8Array.from(form.subarray(begin, end));
}

function blockOfCar(bytes: Uint8Array): Uint8Array | null {
  const [block] = CarBufferReader.fromBytes(bytes).blocks();
  return block?.bytes ?? null;
}
