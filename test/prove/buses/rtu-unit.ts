/**
 * Units on an RTU line, with every fault that a line has: written from the standard, with nothing of the gateway's code.
 * Bytes take the time that they take at 115,200 baud. A fault is put in for the next request to a unit, once.
 */
import { createServer, type Server, type Socket } from "node:net";
import { listenOnLoopback } from "./listen.ts";
import { LONG_PAST_MS, wordAt } from "./told-by.ts";

const BYTE_MS = (11 * 1_000) / 115_200;
const THINKS_MS = 3;
const REQUEST_BYTES = 8;
/** Far longer than 3.5 characters, since sockets lie between; far shorter than the time between two requests to a mute unit. */
const FRAME_GAP_MS = 50;

export type RtuFault =
  | { readonly kind: "late"; readonly afterMs: number }
  /** The neighbour answers in its place, and it does not. */
  | { readonly kind: "another-unit" }
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "broadcast" }
  | { readonly kind: "noise" }
  | { readonly kind: "wrong-sum" };

export type RtuUnits = {
  readonly port: number;
  readonly dead: Set<number>;
  /** Settles when the fault has met a request. */
  fault(unit: number, fault: RtuFault): Promise<void>;
  close(): Promise<void>;
};

export async function startRtuUnits(): Promise<RtuUnits> {
  const dead = new Set<number>();
  const faults = new Map<number, { readonly fault: RtuFault; readonly met: () => void }>();
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    let bytes = Buffer.alloc(0);
    let lastByteMs = 0;
    socket.on("data", (chunk) => {
      // A frame ends with silence: what was left of one that was cut is no beginning of the next.
      const isNewFrame = performance.now() - lastByteMs > FRAME_GAP_MS;
      lastByteMs = performance.now();
      bytes = isNewFrame ? chunk : Buffer.concat([bytes, chunk]);
      for (; bytes.length >= REQUEST_BYTES; bytes = bytes.subarray(REQUEST_BYTES))
        answer(socket, bytes.subarray(0, REQUEST_BYTES));
    });
  });
  const answer = (socket: Socket, request: Buffer) => {
    const unit = request.readUInt8(0);
    const functionCode = request.readUInt8(1);
    const [address, count] = [request.readUInt16BE(2), request.readUInt16BE(4)];
    if (!withSum(request.subarray(0, 6)).equals(request) || functionCode !== 4 || dead.has(unit)) return;
    const met = faults.get(unit);
    faults.delete(unit);
    met?.met();
    const fault = met?.fault;
    const own = reply(unit, address, count, Date.now());
    const send = (frame: Buffer, afterMs = 0) => {
      const wireMs = (REQUEST_BYTES + frame.length) * BYTE_MS;
      setTimeout(() => socket.writable && socket.write(frame), Math.round(THINKS_MS + wireMs + afterMs));
    };
    switch (fault?.kind) {
      case undefined:
        return send(own);
      case "late":
        return send(reply(unit, address, count, Date.now() - LONG_PAST_MS), fault.afterMs);
      case "another-unit":
        return send(reply(unit + 1, address, count, Date.now()));
      case "exception":
        return send(withSum(Buffer.from([unit, 0x84, fault.code])));
      case "broadcast":
        return send(Buffer.concat([withSum(Buffer.from([0, 16, 0, 0, 0, 1, 2, 7, 7])), own]));
      case "noise":
        return send(Buffer.concat([Buffer.from([unit, 0xff, unit, 4, 0x55]), own]));
      case "wrong-sum": {
        const broken = Buffer.from(own);
        broken.writeUInt8(broken.readUInt8(4) ^ 1, 4);
        return send(broken);
      }
    }
  };
  const port = await listenOnLoopback(server);
  return {
    port,
    dead,
    fault: (unit, fault) => new Promise((met) => faults.set(unit, { fault, met })),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function reply(unit: number, address: number, count: number, atMs: number): Buffer {
  const frame = Buffer.alloc(3 + count * 2);
  frame.set([unit, 4, count * 2]);
  for (let n = 0; n < count; n++) frame.writeUInt16BE(wordAt(unit, address + n, atMs), 3 + n * 2);
  return withSum(frame);
}

/** Modbus over serial line 1.02, 6.2.2, bit by bit. */
function withSum(bytes: Buffer): Buffer {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xa001 : sum >>> 1;
  }
  return Buffer.concat([bytes, Buffer.from([sum & 0xff, sum >>> 8])]);
}
