/** A store of series that answers as it is told to, right or wrong, and keeps what it was given. */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

export type Behaviour =
  /** An answer with this status; the body says so too. */
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Says that a thousand bytes follow, sends a few and hangs up. */
  | "half"
  /** Takes everything and never says a word. */
  | "silent"
  /** Hangs up as soon as it is asked. */
  | "closes";

export type BadStore = {
  readonly url: string;
  behave(behaviour: Behaviour): void;
  /** What was asked, oldest first: the first line, then the body. */
  readonly heard: { readonly line: string; readonly head: string; readonly body: string }[];
  close(): Promise<void>;
};

export async function badStore(): Promise<BadStore> {
  let behaviour: Behaviour = { status: 204 };
  const heard: BadStore["heard"] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      const headEnd = received.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = received.subarray(0, headEnd).toString();
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < headEnd + 4 + length) return;
      const body = received.subarray(headEnd + 4, headEnd + 4 + length).toString();
      received = received.subarray(headEnd + 4 + length);
      heard.push({ line: head.split("\r\n")[0] ?? "", head, body });
      answer(socket, behaviour);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    heard,
    behave(next) {
      behaviour = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(socket: Socket, behaviour: Behaviour): void {
  if (behaviour === "silent") return;
  if (behaviour === "closes") {
    socket.destroy();
    return;
  }
  if (behaviour === "half") {
    socket.end("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{");
    return;
  }
  const { status, body = JSON.stringify({ error: `answer ${status}` }), headers = {} } = behaviour;
  const text = status === 204 ? "" : body;
  const lines = Object.entries({
    "content-type": "application/json",
    "content-length": String(text.length),
    ...headers,
  });
  socket.write(
    `HTTP/1.1 ${status} Told so\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${text}`,
  );
}
