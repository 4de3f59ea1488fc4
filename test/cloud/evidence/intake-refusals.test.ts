import { expect, it } from "vitest";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { gatewayKeyName, signCheckpoint } from "../../../contracts/log/note.ts";
import type { LogBatch } from "../../../contracts/wire/log-sync.ts";
import { GatewayLog, testSigner } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase } from "../support.ts";
import { sendCosignature, sendLog } from "./intake-gateway.ts";

const north = () => new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH });

describeOnEachDatabase("what is no gateway's log", (cloud) => {
  const log = north().say(2);
  const good = log.batch(0, 2, START_MS);
  const [leaf] = good.leaves;
  if (leaf === undefined) throw new Error("the batch was to have leaves");
  const asLeaf = (fields: Partial<typeof leaf>): LogBatch => ({
    ...good,
    leaves: [{ ...leaf, ...fields }],
    checkpoint: null,
  });
  const root = log.rootAt(2);
  const signed = (fields: object, signer = log.signer): LogBatch => ({
    ...good,
    checkpoint: signCheckpoint(
      { origin: log.origin, size: 2, root, signedAtMs: START_MS, ...fields },
      signer,
    ),
  });
  const looseBits = `${toBase64(new Uint8Array(32)).slice(0, -2)}B=`;
  const smallOrder = toBase64(Uint8Array.of(1, ...new Uint8Array(31)));
  const bad: readonly [string, LogBatch][] = [
    ["a checkpoint that is no note", { ...good, checkpoint: "a note" }],
    ["a checkpoint of another log", signed({ origin: "hospitell/gateway/gw-north/00000000000000ff" })],
    ["a checkpoint of another gateway", signed({ origin: `hospitell/gateway/gw-south/${NORTH_EPOCH}` })],
    ["a checkpoint of more leaves than come with it", signed({ size: 3 })],
    ["a checkpoint with a root that is not theirs", signed({ root: log.rootAt(1) })],
    ["a checkpoint by another key", signed({}, testSigner(gatewayKeyName("gw-north"), "another"))],
    ["a checkpoint under another name", signed({}, { ...log.signer, name: gatewayKeyName("gw-south") })],
    ["a payload that is no JSON", asLeaf({ payload: "{" })],
    ["a payload that is no object", asLeaf({ payload: "[1]" })],
    ["a payload that is not UTF-8", asLeaf({ payload: '{"said":"\ud800"}' })],
    ["a bed event of another lane", asLeaf({ lane: "vitals" })],
    ["a bed event of two records", asLeaf({ lastSeq: 2 })],
    ["readings of the lane beds", asLeaf({ kind: "readings" })],
    [
      "readings that end before they begin",
      asLeaf({ kind: "readings", lane: "vitals", firstSeq: 2, lastSeq: 1 }),
    ],
    ["base64 that is not canonical", asLeaf({ salt: looseBits })],
    ["a key under which anybody can sign", { ...good, publicKey: smallOrder, checkpoint: null }],
    [
      "a key that is no point",
      { ...good, publicKey: toBase64(new Uint8Array(32).fill(255)), checkpoint: null },
    ],
    ["a key that is not canonical", { ...good, publicKey: looseBits, checkpoint: null }],
  ];
  for (const [what, batch] of bad)
    it(`is refused for ${what}, and nothing is stored`, async () => {
      expect(await sendLog(cloud(), batch)).toMatchObject({ status: 400, body: { code: "LOG_UNREADABLE" } });
      const { db } = cloud();
      expect(await db.selectFrom("evidenceLeaves").select("logId").execute()).toEqual([]);
      expect(await db.selectFrom("evidenceKeys").select("gatewayId").execute()).toEqual([]);
      expect(await db.selectFrom("evidenceAlarms").select("kind").execute()).toEqual([]);
    });

  it("is not taken from another gateway's key", async () => {
    const south = new GatewayLog({ gatewayId: "gw-south", epoch: NORTH_EPOCH }).say(1).batch(0, 1, START_MS);
    expect(await sendLog(cloud(), south, "gw-north")).toMatchObject({
      status: 403,
      body: { code: "SYNC_FOREIGN_GATEWAY" },
    });
  });

  it("is passed over as a cosignature of a checkpoint that is no longer kept", async () => {
    const own = north().say(1);
    await sendLog(cloud(), own.batch(0, 1, START_MS));
    await cloud().logIntake.sequencer.look();
    const { db, logIntake } = cloud();
    const { note } = await db
      .deleteFrom("evidenceCheckpoints")
      .where("logId", "=", logIntake.network.logId)
      .returning("note")
      .executeTakeFirstOrThrow();
    const late = own.cosignature(note, START_MS);
    expect(await sendCosignature(cloud(), late)).toMatchObject({ status: 200 });
    const other = await sendCosignature(cloud(), { ...late, root: toBase64(own.rootAt(1)) });
    expect(other).toMatchObject({ status: 409, body: { code: "LOG_CHECKPOINT_UNKNOWN" } });
    expect(await db.selectFrom("evidenceCosignatures").select("size").execute()).toEqual([]);
  });

  it("is not taken as a cosignature of what the network never said", async () => {
    const own = north().say(1);
    await sendLog(cloud(), own.batch(0, 1, START_MS));
    await cloud().logIntake.sequencer.look();
    const { db } = cloud();
    const { note } = await db
      .selectFrom("evidenceCheckpoints")
      .select("note")
      .where("logId", "=", cloud().logIntake.network.logId)
      .executeTakeFirstOrThrow();
    const cosigned = own.cosignature(note, START_MS);
    const refusals: readonly [object, number, string][] = [
      [{ size: 7 }, 409, "LOG_CHECKPOINT_UNKNOWN"],
      [{ root: toBase64(own.rootAt(1)) }, 409, "LOG_CHECKPOINT_UNKNOWN"],
      [{ line: cosigned.line.trimEnd() }, 400, "LOG_UNREADABLE"],
      [{ line: `${cosigned.line}${cosigned.line}` }, 400, "LOG_UNREADABLE"],
      [{ line: cosigned.line.replace("gw-north", "gw-south") }, 400, "LOG_UNREADABLE"],
      [{ publicKey: toBase64(testSigner("a", "b").publicKey) }, 409, "LOG_KEY_UNKNOWN"],
    ];
    for (const [fields, status, code] of refusals)
      expect(await sendCosignature(cloud(), { ...cosigned, ...fields })).toMatchObject({
        status,
        body: { code },
      });
    const stranger = new GatewayLog({ gatewayId: "gw-south", epoch: NORTH_EPOCH });
    expect(await sendCosignature(cloud(), stranger.cosignature(note, START_MS))).toMatchObject({
      status: 409,
      body: { code: "LOG_KEY_UNKNOWN" },
    });
    expect(await db.selectFrom("evidenceCosignatures").select("size").execute()).toEqual([]);
    // The first that comes counts.
    expect(await sendCosignature(cloud(), cosigned)).toMatchObject({ status: 200 });
    expect(await sendCosignature(cloud(), own.cosignature(note, START_MS + 60_000))).toMatchObject({
      status: 200,
    });
    expect(await db.selectFrom("evidenceCosignatures").select(["size", "cosignedAtMs"]).execute()).toEqual([
      { size: 2, cosignedAtMs: START_MS },
    ]);
  });
});
