/**
 * The doors of the broker: plain TCP, TLS with client certificates, and WebSocket. Behind each the same MQTT is spoken, and
 * before each stands the same gate: what it turns away never gets as far as TLS or an upgrade.
 */
import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { listenOn } from "../listen-on.ts";
import type { DoorName } from "./broker-counters.ts";
import type { Gate, Visitor } from "./gate.ts";
import { intoOneInbox } from "./inbox.ts";
import { CONNECT_TIMEOUT_MS, FRAME_BYTES_MAX, WEBSOCKET_BYTES_BEFORE_ACCEPTED_MAX } from "./limits.ts";
import { WebSocketPieces } from "./websocket-pieces.ts";

/** By these names MQTT 3.1.1 and its forerunner go as a WebSocket subprotocol. */
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];
/** A device that vanished without a word, and asked for no keep-alive, is noticed by TCP. */
const TCP_KEEP_ALIVE_AFTER_MS = 60_000;
/** What a socket that is not read takes in beforehand, and keeps. */
const READ_AHEAD_BYTES = 16 * 1024;

export type Address = { readonly host: string; readonly port: number };
/** PEM: the broker's own certificate and key, and who signs the devices' certificates. */
export type TlsFiles = { readonly cert: string; readonly key: string; readonly clientCa: string };
export type Door = { readonly port: number; close(): Promise<void> };

/** Somebody who can be spoken to. */
export type Arrival = {
  /** A chunk of its `data` is good until the listener returns: the next one, of any stream, may lie in the same bytes. */
  readonly stream: Duplex;
  readonly visitor: Visitor;
  /** Of a certificate that has been checked; null where the door asks for none. */
  readonly certificateName: string | null;
};
export type OnArrival = (arrival: Arrival) => void;
/** What is held of connections, so many bytes more or fewer. False: not so much; the connection has to go. */
export type Hold = (moreBytes: number) => boolean;

export function openTcpDoor(address: Address, gate: Gate, onArrival: OnArrival): Promise<Door> {
  return open(
    "tcp",
    address,
    gate,
    "MQTT",
    (visitor) => onArrival({ stream: visitor.socket, visitor, certificateName: null }),
    intoOneInbox,
  );
}

export function openTlsDoor(
  address: Address,
  files: TlsFiles,
  gate: Gate,
  onArrival: OnArrival,
): Promise<Door> {
  const visitors = new Map<string, Visitor>();
  const server = createTlsServer({
    cert: files.cert,
    key: files.key,
    ca: files.clientCa,
    requestCert: true,
    // Whoever has no certificate of the devices' authority does not get as far as MQTT.
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  });
  server.on("secureConnection", (stream: TLSSocket) => {
    const visitor = visitors.get(peerOf(stream));
    if (visitor === undefined) stream.destroy();
    else onArrival({ stream, visitor, certificateName: commonNameOf(stream) });
  });
  return open("tls", address, gate, "MQTT over TLS", (visitor) => {
    const peer = peerOf(visitor.socket);
    visitors.set(peer, visitor);
    visitor.socket.once("close", () => visitors.delete(peer));
    server.emit("connection", visitor.socket);
  });
}

export function openWebSocketDoor(
  address: Address,
  gate: Gate,
  hold: Hold,
  onArrival: OnArrival,
): Promise<Door> {
  const visitors = new WeakMap<object, Visitor>();
  const server = createHttpServer((_request, response) => {
    response.writeHead(426, { "content-type": "text/plain", connection: "close" });
    response.end("MQTT over WebSocket only.\n");
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  server.on("upgrade", (request, raw, head) => {
    sockets.handleUpgrade(request, raw, head, (socket) => {
      const visitor = visitors.get(raw);
      if (visitor === undefined) socket.terminate();
      else {
        countPieces(visitor.socket, hold);
        speakOver(socket, visitor, onArrival);
      }
    });
  });
  return open("webSocket", address, gate, "MQTT over WebSocket", (visitor) => {
    visitors.set(visitor.socket, visitor);
    server.emit("connection", visitor.socket);
  });
}

function speakOver(socket: WebSocket, visitor: Visitor, onArrival: OnArrival): void {
  boundUntilAccepted(visitor);
  // Whatever a stranger sends, also while it is being refused: an error that nobody hears would end the gateway.
  socket.on("error", () => undefined);
  if (!SUBPROTOCOLS.includes(socket.protocol)) {
    socket.close(1002, "expected the subprotocol mqtt");
    // Nothing more is read from it, and its answer is not waited for.
    socket.terminate();
    return;
  }
  // MQTT over WebSocket is binary; text is not taken for it.
  socket.on("message", (_data, isBinary) => {
    if (!isBinary) socket.terminate();
  });
  const stream = createWebSocketStream(socket);
  stream.on("error", () => undefined);
  onArrival({ stream, visitor, certificateName: null });
}

/** The WebSocket puts a message together before it hands it on: until it is known whose it is, that is bounded here. */
function boundUntilAccepted(visitor: Visitor): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > WEBSOCKET_BYTES_BEFORE_ACCEPTED_MAX) visitor.socket.destroy();
  };
  visitor.socket.on("data", count);
  visitor.onAccepted(() => visitor.socket.off("data", count));
}

/** Pieces of a message are held like pieces of a frame. */
function countPieces(raw: Socket, hold: Hold): void {
  const pieces = new WebSocketPieces();
  let counted = 0;
  const count = (heldBytes: number) => {
    const isHeld = hold(heldBytes - counted);
    counted = heldBytes;
    return isHeld;
  };
  raw.on("data", (chunk: Buffer) => {
    if (raw.destroyed) return;
    pieces.give(chunk);
    if (pieces.heldBytes !== counted && !count(pieces.heldBytes)) raw.destroy();
  });
  raw.once("close", () => count(0));
}

async function open(
  door: DoorName,
  { host, port }: Address,
  gate: Gate,
  what: string,
  onVisitor: (visitor: Visitor) => void,
  asRead: (socket: Socket) => Socket = (socket) => socket,
): Promise<Door> {
  const options = {
    // An acknowledgement must not wait for the one before it to be confirmed.
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_AFTER_MS,
    highWaterMark: READ_AHEAD_BYTES,
  };
  const server = createServer(options, (socket: Socket) => {
    const visitor = gate.enter(door, asRead(socket));
    if (visitor !== null) onVisitor(visitor);
  });
  const taken = await listenOn(server, host, port, what);
  return {
    port: taken,
    /** Listening ends at once: devices connect again, and a newcomer would keep the server open. */
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;

function commonNameOf(stream: TLSSocket): string {
  const { subject } = stream.getPeerCertificate();
  return typeof subject?.CN === "string" ? subject.CN : "";
}
