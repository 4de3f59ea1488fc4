/** A receiver of webhooks on a free loopback port, which answers as a test says and keeps what it was sent. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { readonly headers: IncomingHttpHeaders; readonly text: string };
/** Null: it takes the request and never answers. */
export type Answering = (
  received: Received,
  nth: number,
) => number | null | ((response: ServerResponse) => void);

export type Receiver = {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  answer: Answering;
  close(): Promise<void>;
};

export async function openReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = { received, answer: (() => 204) as Answering };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = { headers: request.headers, text: Buffer.concat(chunks).toString() };
    received.push(one);
    const answer = receiver.answer(one, received.length);
    if (typeof answer === "function") answer(response);
    else if (answer !== null) response.writeHead(answer).end();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    port: taken,
    url: `http://127.0.0.1:${taken}/beds`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  });
}
