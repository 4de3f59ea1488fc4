import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { SYNC_BODY_BYTES_MAX } from "../../cloud/ingest/routes.ts";
import { batch, commissioned } from "./records.ts";
import { describeOnEachDatabase, KEYS } from "./support.ts";

describeOnEachDatabase("the body of a batch", (cloud) => {
  test("a batch under another gateway's name is refused", async () => {
    const { app } = cloud();
    const headers = { authorization: `Bearer ${KEYS["gw-south"]}` };
    const payload = batch([commissioned()]);
    const reply = await app.inject({ method: "POST", url: "/api/v1/sync/batches", headers, payload });
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toMatchObject({ code: "SYNC_FOREIGN_GATEWAY" });
  });

  const post = (payload: Buffer | string, headers: Record<string, string>) =>
    cloud().app.inject({
      method: "POST",
      url: "/api/v1/sync/batches",
      headers: {
        authorization: `Bearer ${KEYS["gw-north"]}`,
        "content-type": "application/json",
        ...headers,
      },
      payload,
    });

  test("a compressed batch is read", async () => {
    const reply = await post(gzipSync(JSON.stringify(batch([commissioned()]))), {
      "content-encoding": "gzip",
    });
    expect(reply.json()).toMatchObject({ storedCount: 1 });
  });

  test("what says that it is gzip and is not is refused", async () => {
    const reply = await post("not gzip at all", { "content-encoding": "gzip" });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "BODY_UNREADABLE" });
  });

  test("a small body that unfolds into a huge one is cut off", async () => {
    const bomb = gzipSync(Buffer.alloc(SYNC_BODY_BYTES_MAX + 1, "[0,"));
    expect(bomb.length).toBeLessThan(SYNC_BODY_BYTES_MAX / 100);
    const reply = await post(bomb, { "content-encoding": "gzip" });
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({ code: "BODY_TOO_LARGE" });
  });

  test("an encoding that nobody agreed on is refused", async () => {
    const reply = await post("x", { "content-encoding": "br" });
    expect(reply.statusCode).toBe(415);
  });

  test("half a body is refused", async () => {
    const reply = await post('{"version":1,', {});
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "BODY_UNREADABLE" });
  });

  test("an envelope with three mistakes is told all three, and none of its values", async () => {
    const { sentAtMs: _, ...rest } = batch([commissioned()]);
    const reply = await post(JSON.stringify({ ...rest, epoch: "secret-epoch", lane: "attic" }), {});
    expect(reply.statusCode).toBe(400);
    const { detail } = reply.json();
    expect(detail).toContain("body.epoch: expected 16 hexadecimal digits");
    expect(detail).toContain("body.lane");
    expect(detail).toContain("body.sentAtMs");
    expect(detail).not.toMatch(/secret-epoch|attic/);
  });
});
