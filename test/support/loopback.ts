/** Servers on loopback that real bytes are spoken with; each is closed when its test ends. */
import { createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}

export type Line = {
  readonly port: number;
  /** Connections as they came; the newest is the last. */
  readonly sockets: readonly Socket[];
  /** What was written to each of them so far. */
  readonly heard: readonly Buffer[];
};

/** A TCP server that does with each connection what the test says. */
export async function openLine(onSocket: (socket: Socket) => void = () => undefined): Promise<Line> {
  const sockets: Socket[] = [];
  const heard: Buffer[] = [];
  // Half open: like a device that hangs, it closes nothing only because the other side did.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => heard.push(chunk));
    onSocket(socket);
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { port, sockets, heard };
}
