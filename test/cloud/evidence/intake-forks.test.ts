import { expect, it } from "vitest";
import { parseNote } from "../../../contracts/log/note.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import type { LogBatch } from "../../../contracts/wire/log-sync.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import { NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { administer, sendLog } from "./intake-gateway.ts";

const north = (epoch = NORTH_EPOCH) => new GatewayLog({ gatewayId: "gw-north", epoch });
const otherwise = (seq: number) => ({ said: `otherwise ${seq}` });

async function alarms({ db }: TestCloud) {
  return await db
    .selectFrom("evidenceAlarms")
    .select(["kind", "gatewayId", "subject", "detail", "proof"])
    .execute();
}

async function sizes({ db }: TestCloud): Promise<number[]> {
  const logs = await db
    .selectFrom("evidenceLogs")
    .select("size")
    .where("gatewayId", "is not", null)
    .execute();
  return logs.map(({ size }) => size);
}

describeOnEachDatabase("a gateway's log that says two things", (cloud) => {
  const forks: readonly [string, (log: GatewayLog) => LogBatch][] = [
    [
      "another leaf at a stored index",
      (log) => {
        const fork = log.copy();
        fork.leaves.splice(3);
        return fork.say(3, otherwise).batch(3, 6, START_MS + 1);
      },
    ],
    [
      "leaves that go on from another history, under its root",
      (log) => {
        const fork = log.copy();
        fork.leaves.splice(3);
        return fork.say(4, otherwise).batch(5, 7, START_MS + 1);
      },
    ],
    [
      "another root at a stored size, without leaves",
      (log) => {
        const fork = log.copy();
        fork.leaves.splice(2);
        fork.say(3, otherwise);
        return fork.batch(5, 5, START_MS + 1, { checkpoint: fork.checkpoint(5, START_MS + 1) });
      },
    ],
    [
      "another root at an earlier size",
      (log) => {
        const fork = log.copy();
        fork.leaves.splice(0);
        fork.say(2, otherwise);
        return fork.batch(2, 2, START_MS, { checkpoint: fork.checkpoint(2, START_MS) });
      },
    ],
    ["fewer leaves than are stored", (log) => log.batch(4, 4, START_MS + 1)],
  ];
  for (const [what, forked] of forks)
    it(`halts for ${what}, and keeps what shows it`, async () => {
      const log = north().say(5);
      await sendLog(cloud(), log.batch(0, 5, START_MS));
      const lie = forked(log);
      expect(await sendLog(cloud(), lie)).toMatchObject({ status: 409, body: { code: "LOG_FORK" } });
      expect(await sizes(cloud())).toEqual([5]);
      const [alarm, ...more] = await alarms(cloud());
      expect(more).toEqual([]);
      expect(alarm).toMatchObject({ kind: "gateway-fork", gatewayId: "gw-north", subject: log.origin });
      const proof = alarm?.proof as { storedNote: string; receivedNote: string | null } | null;
      expect(proof?.receivedNote).toBe(lie.checkpoint);
      for (const text of [proof?.storedNote, proof?.receivedNote]) {
        const note = text == null ? null : parseNote(text);
        expect(note === null ? text : isSignedBy(note, log.signer)).toBe(text === null ? null : true);
      }
      // Neither the lie nor the truth goes on from here.
      log.say(1);
      expect(await sendLog(cloud(), log.batch(5, 6, START_MS + 2))).toMatchObject({
        status: 409,
        body: { code: "LOG_FORK" },
      });
      expect(await alarms(cloud())).toHaveLength(1);
      expect(await sizes(cloud())).toEqual([5]);
    });

  it("does not take a message that was held up on the way for a log that shrank", async () => {
    const log = north().say(2);
    const heldUp = log.batch(2, 2, START_MS + 5);
    await sendLog(cloud(), log.batch(0, 2, START_MS));
    log.say(3);
    await sendLog(cloud(), log.batch(2, 5, START_MS + 10));
    expect(await sendLog(cloud(), heldUp)).toMatchObject({ status: 200, body: { logSize: 5 } });
    expect(await alarms(cloud())).toEqual([]);
  });

  it("takes a log of another epoch once an administrator has said so, and the halted one never again", async () => {
    const log = north().say(5);
    await sendLog(cloud(), log.batch(0, 5, START_MS));
    await sendLog(cloud(), log.batch(4, 4, START_MS + 1));
    const fresh = north("00000000000000a2").say(1);
    expect(await sendLog(cloud(), fresh.batch(0, 1, START_MS + 2))).toMatchObject({
      status: 409,
      body: { code: "LOG_FORK" },
    });
    const resume = (role: "hospital-admin" | "nurse", hospital: "north" | "south") =>
      administer(cloud(), { role, hospital }, "gw-north", "log/resume", "its disk was put back");
    expect(await resume("nurse", "north")).toMatchObject({ status: 403 });
    expect(await resume("hospital-admin", "south")).toMatchObject({
      status: 404,
      body: { code: "GATEWAY_NOT_FOUND" },
    });
    expect(await resume("hospital-admin", "north")).toMatchObject({ status: 200 });
    expect(await resume("hospital-admin", "north")).toMatchObject({
      status: 409,
      body: { code: "LOG_NOT_HALTED" },
    });
    expect(await sendLog(cloud(), fresh.batch(0, 1, START_MS + 3))).toMatchObject({
      status: 200,
      body: { logSize: 1 },
    });
    expect(await sendLog(cloud(), log.say(1).batch(5, 6, START_MS + 4))).toMatchObject({
      status: 409,
      body: { code: "LOG_FORK" },
    });
  });

  it("leaves other gateways alone", async () => {
    const log = north().say(5);
    await sendLog(cloud(), log.batch(0, 5, START_MS));
    await sendLog(cloud(), log.batch(4, 4, START_MS + 1));
    const south = new GatewayLog({ gatewayId: "gw-south", epoch: NORTH_EPOCH }).say(1);
    expect(await sendLog(cloud(), south.batch(0, 1, START_MS))).toMatchObject({ status: 200 });
  });
});
