/** The doors of the broker: plain TCP, TLS with client certificates, and WebSocket. Behind each the same MQTT is spoken. */
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import { listenOn } from "../listen-on.ts";

/** Sockets at once and door; a gateway serves some hundreds of beds. */
const CONNECTIONS_MAX = 2_000;
/** One WebSocket message; a reading has some hundred bytes. */
const MESSAGE_BYTES_MAX = 1024 * 1024;
/** By these names MQTT 3.1.1 and its forerunner go as a WebSocket subprotocol. */
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];

export type Address = { readonly host: string; readonly port: number };
/** PEM: the broker's own certificate and key, and who signs the devices' certificates. */
export type TlsFiles = { readonly cert: string; readonly key: string; readonly clientCa: string };
export type Door = { readonly port: number; close(): Promise<void> };

export function openTcpDoor(address: Address, onStream: (stream: Duplex) => void): Promise<Door> {
  return open(createServer(onStream), address, "MQTT");
}

export function openTlsDoor(
  address: Address,
  files: TlsFiles,
  onStream: (stream: Duplex) => void,
): Promise<Door> {
  const { cert, key, clientCa: ca } = files;
  const options = {
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
  } as const;
  // Whoever has no certificate of the devices' authority does not get as far as MQTT.
  return open(createTlsServer(options, onStream), address, "MQTT over TLS");
}

export async function openWebSocketDoor(address: Address, onStream: (stream: Duplex) => void): Promise<Door> {
  const server = createHttpServer((_request, response) => {
    response.writeHead(426, { "content-type": "text/plain" }).end("MQTT over WebSocket only.\n");
  });
  const sockets = new WebSocketServer({
    server,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });
  sockets.on("connection", (socket) => {
    // Whatever a stranger sends, also while it is being refused: an error that nobody hears would end the gateway.
    socket.on("error", () => undefined);
    if (!SUBPROTOCOLS.includes(socket.protocol)) {
      socket.close(1002, "expected the subprotocol mqtt");
      // Nothing more is read from it, and its answer is not waited for.
      socket.terminate();
      return;
    }
    const stream = createWebSocketStream(socket);
    // A socket that breaks ends its stream with an error, which the broker hears as a close.
    stream.on("error", () => undefined);
    onStream(stream);
  });
  // Errors of listening are the server's, and are said there.
  sockets.on("error", () => undefined);
  return open(server, address, "MQTT over WebSocket");
}

async function open(server: Server, { host, port }: Address, what: string): Promise<Door> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.maxConnections = CONNECTIONS_MAX;
  const taken = await listenOn(server, host, port, what);
  return {
    port: taken,
    /** Listening ends first: devices connect again at once, and a newcomer would keep the server open. */
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
