import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { lockGateway } from "../../../cloud/evidence/intake/log-rows.ts";
import { GatewayId } from "../../../contracts/wire/ids.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, KEYS } from "../support.ts";
import { type Answer, sendLog } from "./intake-gateway.ts";

/** At work and waiting, as log-intake.ts has them. */
const ROOM = 2 + 128;
const BODY_BYTES_MAX = 16 * 1024 * 1024;

describeOnEachDatabase("the bounds of the intake", (cloud) => {
  it("turns away what it has no room for, and serves whoever waits", async () => {
    const log = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH }).say(1);
    const batch = log.batch(0, 1, START_MS);
    const sent: Promise<Answer>[] = [];
    const first = await cloud()
      .db.transaction()
      .execute(async (trx) => {
        await lockGateway(trx, GatewayId.parse("gw-north"));
        for (let n = 0; n <= ROOM; n++) sent.push(sendLog(cloud(), batch));
        return await Promise.race(sent);
      });
    expect(first).toMatchObject({ status: 503, body: { code: "SYNC_BUSY" } });
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([...Array(ROOM).fill(200), 503]);
  });

  it.each([
    ["leaves", { leaves: Array(1_001).fill(leaf("{}")) }],
    ["bytes in a payload", { leaves: [leaf(JSON.stringify({ said: "x".repeat(65_536) }))] }],
    [
      "bytes in a payload of few characters",
      { leaves: [leaf(JSON.stringify({ said: "€".repeat(22_000) }))] },
    ],
    ["bytes in a note", { checkpoint: "x".repeat(65_537) }],
  ])("takes no more %s than the contract has", async (_what, fields) => {
    const log = new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });
    const body = { ...log.batch(0, 0, START_MS), ...fields };
    expect(await post(JSON.stringify(body))).toMatchObject({ status: 400, code: "VALIDATION" });
  });

  it("unfolds no body beyond its bound", async () => {
    expect(await post(JSON.stringify({ padding: " ".repeat(BODY_BYTES_MAX) }))).toMatchObject({
      status: 413,
      code: "BODY_TOO_LARGE",
    });
  });

  async function post(text: string): Promise<{ readonly status: number; readonly code: unknown }> {
    const reply = await cloud().app.inject({
      method: "POST",
      url: "/api/v1/sync/log",
      headers: {
        authorization: `Bearer ${KEYS["gw-north"]}`,
        "content-type": "application/json",
        "content-encoding": "gzip",
      },
      payload: gzipSync(text),
    });
    return { status: reply.statusCode, code: reply.json().code };
  }
});

function leaf(payload: string) {
  const salt = Buffer.alloc(32).toString("base64");
  return { kind: "bed-event", lane: "beds", firstSeq: 1, lastSeq: 1, salt, payload };
}
