/**
 * The disk under a gateway fills up while devices report and the cloud is away. Nobody may be told "kept" of what is not,
 * the alarm has to come, bed events have to go on, and once there is room again the gateway has to be as before. The
 * control is a gateway's log that acknowledged without storing, held before the same judge.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { readingsTopic } from "../../load/load-device.ts";
import { layEmptyPglite } from "../../support/empty-pglite.ts";
import { readMetric } from "../../support/read-metric.ts";
import { writeSystemFiles } from "../../support/running-system.ts";
import { until } from "../../support/until.ts";
import type { Claim } from "../claim.ts";
import { readCloud } from "../kill/read-cloud.ts";
import { RememberingDevice } from "../kill/remembering-device.ts";
import { Supervised } from "../kill/supervised.ts";
import { diskFullWard, payloadOf, RESTLESS_IDS, TALKER_IDS } from "./disk-full-ward.ts";
import { judgeDiskFull, withoutStoring } from "./judge-disk-full.ts";
import { SmallDisk } from "./small-disk.ts";

const MIB = 1024 * 1024;
const DISK_MEBIBYTES = 24;
const JOURNAL = { bytesMax: 8 * MIB, ballastBytes: 6 * MIB, reserveBytes: 2 * MIB };
/** What is shed is the oldest; this many have to be there first, so that there is something to shed. */
const READINGS_BEFORE = 8_000;
const FULL_FOR_MS = { short: 3_000, full: 60_000 };
/** Whoever fills a disk goes on doing so. */
const FILLED_AGAIN_EVERY_MS = 500;
const ALARM_WITHIN_MS = 5_000;
const HEALED_WITHIN_MS = 10_000;
const WINDOW = 32;
const CONTROL_DROPPED = 100;
const LANES = ["beds", "vitals", "environment"] as const;

export const proveDiskFull: Claim = async ({ isShort, say }) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-disk-full-"));
  const beganMs = performance.now();
  const tell = (line: string) => say(`${((performance.now() - beganMs) / 1_000).toFixed(1)} s: ${line}`);
  const closers: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  try {
    const disk = new SmallDisk(join(directory, "gateway"), DISK_MEBIBYTES);
    closers.push(() => disk.close());
    const { ward, deviceKeys } = diskFullWard();
    const files = await writeSystemFiles({ directory, ward, deviceKeys, gateway: { journal: JOURNAL } });
    await layEmptyPglite(join(directory, "cloud"));
    const gateway = await Supervised.start({
      file: "gateway/main.ts",
      args: ["--config", files.gatewayFile],
      nodeOptions: GATEWAY_NODE_OPTIONS,
    });
    closers.push(() => gateway.stop());
    const ask = async (name: string) => readMetric((await gateway.ready).metricsUrl ?? "", name);
    const isNormal = async () => (await ask(`hospitell_gateway_journal_disk_state{state="normal"}`)) === 1;
    const headOf = (lane: string) => ask(`hospitell_gateway_lane_head_seq{lane="${lane}"}`);
    const devices = [...TALKER_IDS.map((id) => device(id, 4)), ...RESTLESS_IDS.map((id) => device(id, 150))];
    function device(deviceId: string, pauseMs: number): RememberingDevice {
      return new RememberingDevice({
        deviceId,
        key: deviceKeys.get(deviceId) ?? "",
        qos: 1,
        topic: readingsTopic(deviceId),
        payload: (n) => payloadOf(deviceId, n),
        window: WINDOW,
        pauseMs: () => pauseMs,
        open: () => connect(files.mqttPort, "127.0.0.1"),
      });
    }
    closers.push(() => {
      for (const one of devices) one.close();
    });
    const acknowledged = () => devices.reduce((sum, one) => sum + one.acknowledged.size, 0);
    const isThere = (condition: () => boolean | Promise<boolean>) => async () =>
      (await condition()) ? true : undefined;
    await until(
      "there is something to shed",
      isThere(() => acknowledged() > READINGS_BEFORE),
      60_000,
    );
    await until(
      "the ballast is there",
      isThere(() => existsSync(join(disk.directory, "journal.sqlite.ballast"))),
      10_000,
    );

    const fullAtMs = performance.now();
    disk.fill();
    tell(`the disk is full, ${acknowledged()} readings acknowledged`);
    const refill = setInterval(() => disk.fill(), FILLED_AGAIN_EVERY_MS);
    closers.push(() => clearInterval(refill));
    const alarmMs = await timed(fullAtMs, () =>
      until(
        "the alarm",
        isThere(async () => !(await isNormal())),
        30_000,
      ),
    );
    const before = { acknowledged: acknowledged(), bedEvents: await headOf("beds") };
    await sleep(isShort ? FULL_FOR_MS.short : FULL_FOR_MS.full);
    const whileFull = {
      acknowledged: acknowledged() - before.acknowledged,
      bedEvents: (await headOf("beds")) - before.bedEvents,
      stalled: await ask(`hospitell_gateway_journal_disk_state{state="stalled"}`),
      diskFreeBytes: disk.freeBytes,
    };
    tell(`while full: ${JSON.stringify(whileFull)}`);
    clearInterval(refill);
    disk.empty();
    const healMs = await timed(performance.now(), () => until("normal again", isThere(isNormal), 60_000));

    tell("the disk is as it was");
    for (const one of devices) one.stopMaking();
    await until(
      "every message is acknowledged",
      isThere(() => devices.every((one) => one.unacknowledged === 0)),
      30_000,
    );
    const cloud = await Supervised.start({ file: "cloud/main.ts", args: ["--config", files.cloudFile] });
    closers.push(() => cloud.stop());
    // A kill costs nothing either, and a gateway that has just started does not wait long before it tries its cloud.
    await gateway.kill();
    const queued = async () =>
      (await Promise.all(LANES.map((lane) => ask(`hospitell_gateway_lane_queued{lane="${lane}"}`)))).reduce(
        (sum, one) => sum + one,
        0,
      );
    await until(
      "the cloud has everything",
      isThere(async () => (await queued()) === 0),
      120_000,
    );
    tell("the cloud has everything");
    for (const one of devices) one.close();
    await gateway.stop();
    await cloud.stop();
    const facts = await readCloud(join(directory, "cloud"));
    const { ledger, misses } = judgeDiskFull(devices, facts);
    const control = judgeDiskFull(devices, withoutStoring(facts, CONTROL_DROPPED));
    return {
      figures: {
        diskMebibytes: DISK_MEBIBYTES,
        ...JOURNAL,
        alarmMs,
        healMs,
        whileFull,
        ledger,
        gatewayEndsByItself: gateway.endsByItself,
        controlMisses: control.misses.length,
      },
      misses: [
        ...misses,
        ...(alarmMs <= ALARM_WITHIN_MS
          ? []
          : [`the alarm came after ${alarmMs} ms, expected ${ALARM_WITHIN_MS}`]),
        ...(healMs <= HEALED_WITHIN_MS
          ? []
          : [`normal again after ${healMs} ms, expected ${HEALED_WITHIN_MS}`]),
        ...(whileFull.bedEvents > 0 ? [] : ["no bed event was accepted while the disk was full"]),
        ...(ledger.shed > 0 ? [] : ["nothing was given up: the disk was never full"]),
        ...(gateway.endsByItself === 0 ? [] : [`the gateway ended ${gateway.endsByItself} times by itself`]),
        ...(control.misses.length > 0
          ? []
          : ["control: a gateway that acknowledges without storing was not found out"]),
      ],
    };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
};

async function timed(sinceMs: number, wait: () => Promise<unknown>): Promise<number> {
  await wait();
  return Math.round(performance.now() - sinceMs);
}
