import { expect, it } from "vitest";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { administer, networkLeaves, sendLog } from "./intake-gateway.ts";

const north = (seed = "first") => new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH, seed });
const revoke = (cloud: TestCloud, hospital: "north" | "south" = "north") =>
  administer(
    cloud,
    { role: "hospital-admin", hospital },
    "gw-north",
    "log-key/revoke",
    "the gateway was stolen",
  );

describeOnEachDatabase("a gateway's keys", (cloud) => {
  it("are one: another that nobody introduced is refused", async () => {
    const log = north().say(1);
    await sendLog(cloud(), log.batch(0, 1, START_MS));
    const stranger = north("stranger").say(1);
    expect(await sendLog(cloud(), stranger.batch(0, 1, START_MS + 1))).toMatchObject({
      status: 409,
      body: { code: "LOG_KEY_UNKNOWN" },
    });
    expect(await sendLog(cloud(), log.say(1).batch(1, 2, START_MS + 2))).toMatchObject({ status: 200 });
  });

  it("are changed by the one in force, and each checkpoint stands between its key's entries", async () => {
    const log = north().say(1);
    const first = toBase64(log.signer.publicKey);
    await sendLog(cloud(), log.batch(0, 1, START_MS));
    const rotation = log.rotate("second");
    log.say(1);
    expect(await sendLog(cloud(), log.batch(1, 2, START_MS + 1, { rotation }))).toMatchObject({
      status: 200,
    });
    // It may be said again, and the old key never again.
    log.say(1);
    expect(await sendLog(cloud(), log.batch(2, 3, START_MS + 2, { rotation }))).toMatchObject({
      status: 200,
    });
    const second = toBase64(log.signer.publicKey);
    const back = log.rotate("first");
    log.say(1);
    expect(await sendLog(cloud(), log.batch(3, 4, START_MS + 3, { rotation: back }))).toMatchObject({
      status: 409,
      body: { code: "LOG_KEY_UNKNOWN" },
    });
    await cloud().logIntake.sequencer.look();
    expect(await networkLeaves(cloud())).toEqual([
      ["key-added", "hospitell/gateway/gw-north", first],
      ["gateway-checkpoint", log.origin, 1],
      ["key-revoked", "hospitell/gateway/gw-north", first],
      ["key-added", "hospitell/gateway/gw-north", second],
      ["gateway-checkpoint", log.origin, 2],
      ["gateway-checkpoint", log.origin, 3],
    ]);
  });

  it("are not changed by a statement that is another's, or about another", async () => {
    const log = north().say(1);
    await sendLog(cloud(), log.batch(0, 1, START_MS));
    const thief = north("thief");
    const [stolen, forged] = [log.copy().rotate("other"), thief.rotate("mine")];
    thief.say(2);
    for (const rotation of [stolen, forged, { ...forged, oldPublicKey: toBase64(log.signer.publicKey) }])
      expect(await sendLog(cloud(), thief.batch(1, 2, START_MS + 1, { rotation }))).toMatchObject({
        status: 409,
        body: { code: "LOG_KEY_UNKNOWN" },
      });
    const south = new GatewayLog({ gatewayId: "gw-south", epoch: NORTH_EPOCH, seed: "first" });
    const { signature } = south.rotate("mine");
    const rotation = { oldPublicKey: toBase64(log.signer.publicKey), signature };
    expect(await sendLog(cloud(), thief.batch(1, 2, START_MS + 1, { rotation }))).toMatchObject({
      status: 409,
      body: { code: "LOG_KEY_UNKNOWN" },
    });
  });

  it("are revoked by an administrator of the hospital; then the next one that comes is taken", async () => {
    const log = north().say(1);
    expect(await revoke(cloud())).toMatchObject({ status: 409, body: { code: "LOG_KEY_NONE" } });
    await sendLog(cloud(), log.batch(0, 1, START_MS));
    expect(await revoke(cloud(), "south")).toMatchObject({
      status: 404,
      body: { code: "GATEWAY_NOT_FOUND" },
    });
    expect(await revoke(cloud())).toMatchObject({ status: 200, body: { gatewayId: "gw-north" } });
    expect(await sendLog(cloud(), log.say(1).batch(1, 2, START_MS + 1))).toMatchObject({
      status: 409,
      body: { code: "LOG_KEY_UNKNOWN" },
    });
    const first = toBase64(log.signer.publicKey);
    log.rotate("second");
    expect(await sendLog(cloud(), log.batch(1, 2, START_MS + 1))).toMatchObject({ status: 200 });
    await cloud().logIntake.sequencer.look();
    expect(await networkLeaves(cloud())).toEqual([
      ["key-added", "hospitell/gateway/gw-north", first],
      ["gateway-checkpoint", log.origin, 1],
      ["key-revoked", "hospitell/gateway/gw-north", first],
      ["key-added", "hospitell/gateway/gw-north", toBase64(log.signer.publicKey)],
      ["gateway-checkpoint", log.origin, 2],
    ]);
    const { db } = cloud();
    const kept = await db
      .selectFrom("evidenceKeys")
      .select(["revokedBy", "revokeReason", "revokedAtMs"])
      .where("revokedEntryId", "is not", null)
      .execute();
    expect(kept).toEqual([
      {
        revokedBy: expect.stringMatching(/^hospital-admin [0-9a-f]{64}$/),
        revokeReason: "the gateway was stolen",
        revokedAtMs: START_MS,
      },
    ]);
  });
});
