import { createConnection, type Socket } from "node:net";
import { type ByteLine, LineError, OPEN_TIMEOUT_MS } from "./byte-line.ts";

/** A peer that vanished without a word is noticed by the system after about a minute of these. */
const KEEP_ALIVE_MS = 10_000;

export function openTcpLine(host: string, port: number, signal: AbortSignal): Promise<ByteLine> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true });
    const give = (why: string) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      reject(new LineError(`cannot connect to ${host}:${port}: ${why}`));
    };
    const stop = () => give("the gateway ends");
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    socket.setTimeout(OPEN_TIMEOUT_MS, () => give(`no answer within ${OPEN_TIMEOUT_MS} ms`));
    socket.once("error", (error: NodeJS.ErrnoException) => give(error.code ?? error.message));
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      socket.setTimeout(0);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.removeAllListeners("timeout").removeAllListeners("error");
      resolve(lineOver(socket));
    });
  });
}

function lineOver(socket: Socket): ByteLine {
  const { promise: closed, resolve } = Promise.withResolvers<string>();
  socket.once("error", (error: NodeJS.ErrnoException) => resolve(`the connection broke (${error.code})`));
  // Also where nobody listens yet, the end has to be read to be noticed.
  socket.once("end", () => resolve("the other side closed the connection"));
  socket.once("close", () => resolve("the connection was closed"));
  return {
    listen(onBytes) {
      socket.removeAllListeners("data").on("data", onBytes);
    },
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    closed,
    // Not `end`: that waits for the other side, and one that hangs would be kept for good.
    async close() {
      socket.destroy();
    },
  };
}
