/**
 * Who means no good, in a process of its own: `strangers` holds so many sockets open, each with something unfinished or
 * giant, and opens it again when it is closed; `frozen` is a device that floods itself and never reads.
 */
import { connect, type Socket } from "node:net";
import { loadDeviceId, loadDeviceKey, readingsTopic } from "../../load/load-device.ts";
import { connectFrame, frame, uint16 } from "../../load/mqtt-frames.ts";

export type Attack = {
  readonly kind: "strangers" | "frozen";
  readonly tcpPort: number;
  readonly tlsPort: number | null;
  readonly webSocketPort: number | null;
  readonly sockets: number;
};

/** Sent on each of the giant ones, if it lasts so long. */
const GIANT_BYTES = 1024 * 1024;
const AGAIN_AFTER_MS = 1_000;
const FROZEN_AGAIN_AFTER_MS = 200;
const FLOOD_BYTES = 64 * 1024;
/** Small, so that one read of the socket holds more messages than a broker may have under way. */
const FLOOD_PAYLOAD_BYTES = 400;
const UNSENT_BYTES_MAX = 1024 * 1024;

const attack = JSON.parse(process.argv[2] ?? "{}") as Attack;
let opened = 0;
let closed = 0;

const junk = Buffer.alloc(GIANT_BYTES, "x");
const upgrade = [
  "GET / HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
].join("");

/** CONNECT and PUBLISH that announce 256 MiB, a client id that does not end, a CONNECT that lacks its last bytes. */
const OVER_TCP = [
  Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4]), Buffer.from("MQTT"), junk]),
  Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff]), junk]),
  Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0x03, 0, 4]), Buffer.from("MQTT"), junk.subarray(0, 60_000)]),
  Buffer.concat([Buffer.from([0x10, 0xf0, 0x7f, 0, 4]), Buffer.from("MQTT"), junk.subarray(0, 16_000)]),
];
/** A ClientHello that announces 16 KiB and breaks off; and one whose record is not whole. */
const OVER_TLS = [
  Buffer.concat([Buffer.from([0x16, 3, 1, 0x10, 0, 1, 0, 0x3f, 0xf0, 3, 3]), junk.subarray(0, 4_000)]),
  Buffer.concat([Buffer.from([0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xf0, 3, 3]), junk.subarray(0, 16_000)]),
];
/** A message of 120,000 bytes that does not come whole; and an upgrade that breaks off. */
const OVER_WEBSOCKET = [
  Buffer.concat([
    Buffer.from(upgrade),
    Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0xd4, 0xc0, 1, 2, 3, 4]),
    junk.subarray(0, 100_000),
  ]),
  Buffer.from(`${upgrade.slice(0, -2)}X-More: ${"x".repeat(12_000)}`),
];

function hold(port: number, bytes: Buffer): void {
  const socket = connect(port, "127.0.0.1", () => {
    opened += 1;
    socket.write(bytes);
  });
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  socket.once("close", () => {
    closed += 1;
    setTimeout(() => hold(port, bytes), AGAIN_AFTER_MS);
  });
}

function strangers({ sockets, tcpPort, tlsPort, webSocketPort }: Attack): void {
  const ways = [
    ...OVER_TCP.map((bytes) => ({ port: tcpPort, bytes })),
    ...(tlsPort === null ? [] : OVER_TLS.map((bytes) => ({ port: tlsPort, bytes }))),
    ...(webSocketPort === null ? [] : OVER_WEBSOCKET.map((bytes) => ({ port: webSocketPort, bytes }))),
  ];
  for (let n = 0; n < sockets; n++) {
    const way = ways[n % ways.length];
    if (way !== undefined) hold(way.port, way.bytes);
  }
}

function frozen(port: number, device: number): void {
  const clientId = loadDeviceId(device);
  const topic = Buffer.from(readingsTopic(clientId).replace("readings", "status"));
  const one = frame(0x30, [uint16(topic.length), topic, Buffer.alloc(FLOOD_PAYLOAD_BYTES, "x")]);
  const flood = Buffer.concat(Array.from({ length: Math.ceil(FLOOD_BYTES / one.length) }, () => one));
  const filter = Buffer.from(`devices/${clientId}/#`);
  const subscribe = frame(0x82, [uint16(1), uint16(filter.length), filter, Buffer.from([0])]);
  const socket: Socket = connect(port, "127.0.0.1", () => {
    opened += 1;
    socket.write(connectFrame({ clientId, password: loadDeviceKey(clientId), isClean: true }));
    socket.write(subscribe);
  });
  let flooding: NodeJS.Timeout | null = null;
  // It hears that it is welcome, and nothing after that.
  socket.once("data", () => {
    socket.pause();
    flooding = setInterval(() => {
      while (socket.writableLength < UNSENT_BYTES_MAX && !socket.destroyed) socket.write(flood);
    }, 1);
  });
  socket.on("error", () => undefined);
  socket.once("close", () => {
    if (flooding !== null) clearInterval(flooding);
    closed += 1;
    setTimeout(() => frozen(port, device), FROZEN_AGAIN_AFTER_MS);
  });
}

if (attack.kind === "strangers") strangers(attack);
else for (let device = 0; device < attack.sockets; device++) frozen(attack.tcpPort, device);
setInterval(() => process.send?.({ kind: "report", opened, closed }), 100);
process.send?.({ kind: "ready" });
// Whoever started it is gone.
process.once("disconnect", () => process.exit());
