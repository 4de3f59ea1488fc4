import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { intoOneInbox, partOf } from "../../../../gateway/transport/mqtt/inbox.ts";

test("a part of what was read is the same view again, and says what came last", async () => {
  const parts: Buffer[] = [];
  const said: string[] = [];
  const server = createServer((accepted) => {
    const socket = intoOneInbox(accepted);
    socket.on("data", (chunk: Buffer) => {
      const part = partOf(chunk, 1, 3);
      parts.push(part);
      said.push(part.toString());
      socket.write("heard");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  for (const text of ["abcd", "efgh", "ijk"]) {
    client.write(text);
    await once(client, "data");
  }
  expect(said).toEqual(["bc", "fg", "jk"]);
  expect(parts[1]).toBe(parts[0]);
});

test("a part of other bytes is theirs", () => {
  const bytes = Buffer.from("abcd");
  const part = partOf(bytes, 1, 3);
  expect(part.toString()).toBe("bc");
  expect(part.buffer).toBe(bytes.buffer);
});
