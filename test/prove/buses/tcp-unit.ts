/** Units behind Modbus TCP whose transaction ids go astray, as asked; nothing of the gateway's code. */
import { createServer, type Socket } from "node:net";
import { listenOnLoopback } from "./listen.ts";
import { LONG_PAST_MS, wordAt } from "./told-by.ts";

export type TcpFault =
  /** Before the reply comes an old one under the id before, in one piece with it. */
  | "swapped"
  /** The reply comes after the next request, under its own old id. */
  | "late"
  /** Another unit answers under the right id. */
  | "another-unit";

export type TcpUnits = {
  readonly port: number;
  /** Settles with the unit that was asked when the fault came. */
  fault(fault: TcpFault): Promise<number>;
  close(): Promise<void>;
};

export async function startTcpUnits(): Promise<TcpUnits> {
  let next: { readonly fault: TcpFault; readonly met: (unit: number) => void } | null = null;
  let held: Buffer | null = null;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      for (let at = 0; at + 12 <= chunk.length; at += 12) answer(socket, chunk.subarray(at, at + 12));
    });
  });
  const answer = (socket: Socket, request: Buffer) => {
    const [id, unit] = [request.readUInt16BE(0), request.readUInt8(6)];
    const [address, count] = [request.readUInt16BE(8), request.readUInt16BE(10)];
    const own = reply(id, unit, address, count, Date.now());
    const past = Date.now() - LONG_PAST_MS;
    if (held !== null) socket.write(held);
    held = null;
    const fault = next?.fault;
    next?.met(unit);
    next = null;
    if (fault === "late") held = reply(id, unit, address, count, past);
    else if (fault === "another-unit") socket.write(reply(id, unit + 1, address, count, past));
    else if (fault === "swapped")
      socket.write(Buffer.concat([reply((id - 1) & 0xffff, unit, address, count, past), own]));
    else socket.write(own);
  };
  const port = await listenOnLoopback(server);
  return {
    port,
    fault: (fault) =>
      new Promise((met) => {
        next = { fault, met };
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function reply(id: number, unit: number, address: number, count: number, atMs: number): Buffer {
  const frame = Buffer.alloc(9 + count * 2);
  frame.writeUInt16BE(id, 0);
  frame.writeUInt16BE(3 + count * 2, 4);
  frame.set([unit, 4, count * 2], 6);
  for (let n = 0; n < count; n++) frame.writeUInt16BE(wordAt(unit, address + n, atMs), 9 + n * 2);
  return frame;
}
