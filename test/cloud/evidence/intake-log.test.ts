import { expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../../contracts/log/bytes.ts";
import { parseNote } from "../../../contracts/log/note.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import { isConsistent } from "../../../contracts/log/tree.ts";
import { LogReply } from "../../../contracts/wire/log-sync.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { sendCosignature, sendLog } from "./intake-gateway.ts";

const north = () => new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });

async function networkNote(cloud: TestCloud, log: GatewayLog) {
  const reply = LogReply.parse(
    (await sendLog(cloud, log.batch(log.leaves.length, log.leaves.length, START_MS))).body,
  );
  const note = reply.network === null ? null : parseNote(reply.network.checkpoint);
  if (reply.network === null || note === null) throw new Error("the network was to have a checkpoint");
  return { ...reply.network, note };
}

describeOnEachDatabase("the intake of gateways' logs", (cloud) => {
  it("takes leaves with their checkpoint, and says how many there are", async () => {
    const log = north().say(3);
    expect(await sendLog(cloud(), log.batch(0, 3, START_MS))).toMatchObject({
      status: 200,
      body: { logSize: 3, network: null },
    });
    log.say(4);
    expect(await sendLog(cloud(), log.batch(3, 7, START_MS + 1))).toMatchObject({
      status: 200,
      body: { logSize: 7 },
    });
    const stored = await cloud()
      .db.selectFrom("evidenceCheckpoints")
      .select(["size", "root"])
      .orderBy("size")
      .execute();
    expect(stored.map(({ size, root }) => [size, toBase64(root)])).toEqual([
      [3, toBase64(log.rootAt(3))],
      [7, toBase64(log.rootAt(7))],
    ]);
  });

  it("answers a batch that comes again as the first time, and stores nothing twice", async () => {
    const log = north().say(5);
    const first = await sendLog(cloud(), log.batch(0, 5, START_MS));
    log.say(2);
    await sendLog(cloud(), log.batch(5, 7, START_MS + 2));
    expect(await sendLog(cloud(), log.batch(0, 5, START_MS))).toMatchObject({
      status: 200,
      body: { logSize: 7 },
    });
    // Half of it known, half not.
    log.say(2);
    expect(await sendLog(cloud(), log.batch(4, 9, START_MS + 3))).toMatchObject({
      status: 200,
      body: { logSize: 9 },
    });
    expect(first.status).toBe(200);
    expect(await cloud().db.selectFrom("evidenceAlarms").selectAll().execute()).toEqual([]);
  });

  it("names the leaf that it expects where some are missing", async () => {
    const log = north().say(6);
    await sendLog(cloud(), log.batch(0, 2, START_MS));
    expect(await sendLog(cloud(), log.batch(4, 6, START_MS + 1))).toMatchObject({
      status: 409,
      body: { code: "LOG_GAP", expectedIndex: 2 },
    });
  });

  it("puts the key before the checkpoint that it signed into the network's log, and proves its growth", async () => {
    const log = north().say(2);
    await sendLog(cloud(), log.batch(0, 2, START_MS));
    expect(await cloud().logIntake.sequencer.look()).toBe(2);
    const first = await networkNote(cloud(), log);
    const publicKey = fromBase64(first.publicKey) ?? new Uint8Array();
    expect(isSignedBy(first.note, { name: first.note.origin, publicKey })).toBe(true);
    expect(first).toMatchObject({ note: { size: 2 }, consistency: [] });
    const { logId } = cloud().logIntake.network;
    const entries = await cloud()
      .db.selectFrom("evidenceLeaves")
      .select("kind")
      .where("logId", "=", logId)
      .orderBy("index")
      .execute();
    expect(entries.map(({ kind }) => kind)).toEqual(["key-added", "gateway-checkpoint"]);

    expect(await sendCosignature(cloud(), log.cosignature(first.checkpoint, START_MS))).toMatchObject({
      status: 200,
    });
    log.cosignedSize = first.note.size;
    log.say(1);
    await sendLog(cloud(), log.batch(2, 3, START_MS + 1));
    expect(await cloud().logIntake.sequencer.look()).toBe(1);
    const second = await networkNote(cloud(), log);
    const way = second.consistency.map((hash) => fromBase64(hash) ?? new Uint8Array());
    expect(isConsistent(first.note, second.note, way)).toBe(true);
    expect(second.note.size).toBe(3);
    expect(
      await cloud().db.selectFrom("evidenceCosignatures").select(["size", "gatewayId"]).execute(),
    ).toEqual([{ size: 2, gatewayId: "gw-north" }]);
  });

  it("tells once a day that a witness has seen more than this database has", async () => {
    const log = north().say(1);
    await sendLog(cloud(), log.batch(0, 1, START_MS));
    await cloud().logIntake.sequencer.look();
    for (const cosignedSize of [7, 9]) {
      const reply = await sendLog(cloud(), log.batch(1, 1, START_MS, { cosignedSize }));
      // It is shown nothing that it could take for a shorter history.
      expect(reply).toMatchObject({ status: 200, body: { network: null } });
    }
    const alarms = await cloud()
      .db.selectFrom("evidenceAlarms")
      .select(["kind", "subject", "detail"])
      .execute();
    const { origin } = cloud().logIntake.network;
    expect(alarms).toEqual([
      {
        kind: "witness-refused",
        subject: "gw-north/2026-01-06",
        detail: `gw-north has cosigned 7 leaves of ${origin}, which has 2 here.`,
      },
    ]);
  });
});
