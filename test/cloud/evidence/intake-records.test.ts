import { expect, it } from "vitest";
import { GatewayLog } from "../../support/gateway-log.ts";
import { batch, changed, commissioned, NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { sendLog } from "./intake-gateway.ts";

const EVENTS = [commissioned(), changed("occupancy", "present"), changed("occupancy", "absent")];
const logOf = (said: readonly unknown[]) =>
  new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH }).say(said.length, (seq) => said[seq - 1]);
const sendRecords = (cloud: TestCloud, events = EVENTS) => cloud.sync(batch(events));

async function differing({ db }: TestCloud): Promise<string[]> {
  const alarms = await db
    .selectFrom("evidenceAlarms")
    .select("subject")
    .where("kind", "=", "record-differs")
    .orderBy("subject")
    .execute();
  return alarms.map(({ subject }) => subject);
}

describeOnEachDatabase("what a gateway logs and what it sends to the board", (cloud) => {
  it("are the same, whichever comes first", async () => {
    const log = logOf(EVENTS);
    await sendLog(cloud(), log.batch(0, 2, START_MS));
    expect(await cloud().logIntake.comparison.look()).toBe(0);
    await sendRecords(cloud());
    expect(await cloud().logIntake.comparison.look()).toBe(2);
    await sendLog(cloud(), log.batch(2, 3, START_MS));
    expect(await cloud().logIntake.comparison.look()).toBe(1);
    expect(await cloud().logIntake.comparison.look()).toBe(0);
    expect(await differing(cloud())).toEqual([]);
  });

  it("are held against each other: a record that says something else is told, once", async () => {
    const said = [EVENTS[0], changed("occupancy", "absent"), EVENTS[2]];
    const log = logOf(said);
    await sendRecords(cloud());
    await sendLog(cloud(), log.batch(0, 3, START_MS));
    await Promise.all([cloud().logIntake.comparison.look(), cloud().logIntake.comparison.look()]);
    expect(await cloud().logIntake.comparison.look()).toBe(0);
    expect(await differing(cloud())).toEqual([`${log.origin}/1`]);
    expect(cloud().logged.filter((line) => line.includes("logged another record"))).toHaveLength(1);
  });
});
