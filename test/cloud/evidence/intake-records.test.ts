import { expect, it } from "vitest";
import { METRIC_NAMES } from "../../../contracts/metrics/catalogue.ts";
import { AT_MS_MAX } from "../../../contracts/wire/ids.ts";
import { LEAF_PAYLOAD_BYTES_MAX } from "../../../contracts/wire/log-limits.ts";
import { GatewayLog } from "../../support/gateway-log.ts";
import {
  batch,
  changed,
  commissioned,
  evidence,
  findingsChanged,
  NORTH_EPOCH,
  START_MS,
} from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";
import { sendLog } from "./intake-gateway.ts";

const EVENTS = [commissioned(), changed("occupancy", "present"), changed("occupancy", "absent")];
const logOf = (said: readonly unknown[]) =>
  new GatewayLog({ gatewayId: "gw-north", epoch: NORTH_EPOCH }).say(said.length, (seq) => said[seq - 1]);
const sendRecords = (cloud: TestCloud, events = EVENTS) => cloud.sync(batch(events));

/** Sixteen findings of eight readings: as many as there can be, with names as long as there are. */
function findingsWith(unit: string, detail: string) {
  const deviceId = "d".repeat(64);
  const [metric = "load"] = METRIC_NAMES.toSorted((one, other) => other.length - one.length);
  const read = evidence({
    ...{ lane: "environment", seq: Number.MAX_SAFE_INTEGER, deviceId, metric, unit, observedAtMs: AT_MS_MAX },
    value: -(2 ** -1022),
  });
  const weighed = { ...read, vote: "present", weight: 1.2345678901234567 };
  const finding = { deviceId, metric, kind: "contradiction", sinceMs: AT_MS_MAX, detail };
  const findings = Array.from({ length: 16 }, (_, n) => ({
    ...finding,
    // There is one contradiction at a bed.
    evidence: Array(8).fill(n === 0 ? weighed : read),
  }));
  return findingsChanged({ findings });
}
const bytesOf = (event: unknown) => Buffer.byteLength(JSON.stringify(event));
/** Six bytes as JSON. */
const CONTROL = "\u0001";

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

  it("are the same where the event is the longest that a gateway can make", async () => {
    const longest = findingsWith(CONTROL.repeat(32), "x".repeat(300));
    expect(bytesOf(longest)).toBeLessThanOrEqual(LEAF_PAYLOAD_BYTES_MAX);
    expect(bytesOf(longest)).toBeGreaterThan(60_000);
    const said = [commissioned(), longest];
    expect((await sendRecords(cloud(), said)).body).toMatchObject({ storedCount: 2, parked: [] });
    await sendLog(cloud(), logOf(said).batch(0, 2, START_MS));
    expect(await cloud().logIntake.comparison.look()).toBe(2);
    expect(await differing(cloud())).toEqual([]);
  });

  it("have no word for an event that is longer than a log takes: it is parked, and no alarm", async () => {
    const tooLong = findingsWith(CONTROL.repeat(32), CONTROL.repeat(300));
    expect(bytesOf(tooLong)).toBeGreaterThan(LEAF_PAYLOAD_BYTES_MAX);
    const reason = `it has ${bytesOf(tooLong)} bytes as JSON, and a log takes ${LEAF_PAYLOAD_BYTES_MAX}`;
    const said = [commissioned(), tooLong];
    for (const storedCount of [1, 0])
      expect((await sendRecords(cloud(), said)).body).toMatchObject({
        storedCount,
        parked: [{ seq: 2, reason }],
      });
    const inPlace = { bytes: bytesOf(tooLong), sha256: "0".repeat(64) };
    await sendLog(cloud(), logOf([said[0], inPlace]).batch(0, 2, START_MS));
    expect(await cloud().logIntake.comparison.look()).toBe(2);
    expect(await differing(cloud())).toEqual([]);
  });

  it("differ where a digest stands in the log for an event that is short enough", async () => {
    const log = logOf([EVENTS[0], { bytes: 70_000, sha256: "0".repeat(64) }]);
    await sendRecords(cloud());
    await sendLog(cloud(), log.batch(0, 2, START_MS));
    await cloud().logIntake.comparison.look();
    expect(await differing(cloud())).toEqual([`${log.origin}/1`]);
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
