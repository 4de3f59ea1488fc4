import { gzipSync } from "node:zlib";
import { Packr } from "msgpackr";
import { expect, test } from "vitest";
import { SYNC_BODY_BYTES_MAX } from "../../cloud/ingest/batch-body.ts";
import { encodeSyncBatch } from "../../contracts/wire/encode-sync-batch.ts";
import { SYNC_BATCH_TYPE } from "../../contracts/wire/sync.ts";
import { batch, commissioned } from "./records.ts";
import { describeOnEachDatabase, KEYS } from "./support.ts";

describeOnEachDatabase("the body of a batch", (cloud) => {
  const post = (payload: Uint8Array, headers: Record<string, string> = {}) =>
    cloud().app.inject({
      method: "POST",
      url: "/api/v1/sync/batches",
      headers: {
        authorization: `Bearer ${KEYS["gw-north"]}`,
        "content-type": SYNC_BATCH_TYPE,
        ...headers,
      },
      payload: Buffer.from(payload),
    });
  const whole = encodeSyncBatch(batch([commissioned()]));

  test("a batch under another gateway's name is refused", async () => {
    const reply = await post(whole, { authorization: `Bearer ${KEYS["gw-south"]}` });
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toMatchObject({ code: "SYNC_FOREIGN_GATEWAY" });
  });

  test.each([
    ["compressed", gzipSync(whole), { "content-encoding": "gzip" }],
    ["plain", whole, {}],
  ])("a %s batch is read", async (_how, payload, headers) => {
    const reply = await post(payload, headers);
    expect(reply.json()).toMatchObject({ storedCount: 1 });
  });

  test("what says that it is gzip and is not is refused", async () => {
    const reply = await post(Buffer.from("not gzip at all"), { "content-encoding": "gzip" });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "BODY_UNREADABLE" });
  });

  test("a small body that unfolds into a huge one is cut off", async () => {
    const bomb = gzipSync(Buffer.alloc(SYNC_BODY_BYTES_MAX + 1, 0x91));
    expect(bomb.length).toBeLessThan(SYNC_BODY_BYTES_MAX / 100);
    const reply = await post(bomb, { "content-encoding": "gzip" });
    expect(reply.statusCode).toBe(413);
    expect(reply.json()).toMatchObject({ code: "BODY_TOO_LARGE" });
  });

  test("an encoding that nobody agreed on is refused", async () => {
    const reply = await post(whole, { "content-encoding": "br" });
    expect(reply.statusCode).toBe(415);
  });

  test("half a body is refused, and so is none", async () => {
    for (const bytes of [whole.subarray(0, whole.length / 2), Buffer.alloc(0)]) {
      const reply = await post(bytes);
      expect(reply.statusCode).toBe(400);
      expect(reply.json().code).toMatch(/SYNC_UNREADABLE|BODY_UNREADABLE/);
    }
  });

  test("a gateway that speaks version 1 is told to be updated", async () => {
    const payload = Buffer.from(JSON.stringify({ version: 1, records: [] }));
    const reply = await post(payload, { "content-type": "application/json" });
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: "SYNC_VERSION", hint: expect.stringContaining("Update") });
  });

  test("a content type that nobody agreed on is refused", async () => {
    const reply = await post(whole, { "content-type": "text/plain" });
    expect(reply.statusCode).toBe(415);
  });

  test("an envelope with three mistakes is told all three, and none of its values", async () => {
    const { sentAtMs: _, ...rest } = batch([commissioned()]);
    const packr = new Packr({ useRecords: false });
    const reply = await post(packr.pack({ ...rest, epoch: "secret-epoch", lane: "attic" }));
    expect(reply.statusCode).toBe(400);
    const { detail } = reply.json();
    expect(detail).toContain("epoch: expected 16 hexadecimal digits");
    expect(detail).toContain("lane");
    expect(detail).toContain("sentAtMs");
    expect(detail).not.toMatch(/secret-epoch|attic/);
  });
});
