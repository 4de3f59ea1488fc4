/** Stands between client and server on loopback, hands everything on, and keeps what was said. */
import { createServer, request } from "node:http";

const HEADERS_OF_USE = ["content-type", "x-stream-output", "x-chunked-output", "trailer"];

/** `begin` names the exchange that follows, and the content that it is about. */
export async function startRecorder(serverPort) {
  const exchanges = [];
  let named = { name: "unnamed", cid: null };
  const server = createServer((asked, answer) => {
    const { method, headers } = asked;
    const url = new URL(asked.url, "http://peer");
    const onward = request(
      { host: "127.0.0.1", port: serverPort, method, path: asked.url, headers },
      async (replied) => {
        const chunks = [];
        answer.writeHead(replied.statusCode, replied.headers);
        for await (const chunk of replied) {
          chunks.push(chunk);
          answer.write(chunk);
        }
        answer.end();
        const body = Buffer.concat(chunks);
        const kept = HEADERS_OF_USE.filter((header) => replied.headers[header] !== undefined);
        exchanges.push({
          ...named,
          request: {
            method,
            path: url.pathname,
            query: [...url.searchParams],
            contentType: headers["content-type"]?.replace(/boundary=.*/, "boundary=…") ?? null,
          },
          reply: {
            status: replied.statusCode,
            headers: Object.fromEntries(kept.map((header) => [header, replied.headers[header]])),
            ...(isText(body) ? { body: body.toString() } : { bodyBase64: body.toString("base64") }),
          },
        });
      },
    );
    onward.on("error", (error) => answer.destroy(error));
    asked.pipe(onward);
    asked.on("error", (error) => onward.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    exchanges,
    begin(name, cid) {
      named = { name, cid };
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const isText = (body) => Buffer.from(body.toString()).equals(body);
