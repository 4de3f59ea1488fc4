/**
 * Each way in, from a change at the device to the changed tile in a browser: is the status right, and how long does it
 * take? Real processes, real sockets, Chromium; the MQTT and Modbus paths also by peers that are not ours. The control
 * is a pair of beds wired crosswise in the ward file: their tiles must be found wrong.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { buildWeb } from "../../../config/demo/build-web.ts";
import { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { createMonitorServer } from "../../../firmware-sim/monitor/monitor-server.ts";
import { loadRecording, playRecording, RECORDINGS } from "../../../firmware-sim/monitor/recording.ts";
import { chromiumPath, launchChromium } from "../../support/chromium.ts";
import { freePort } from "../../support/free-port.ts";
import { percentile } from "../../support/percentile.ts";
import { type RunningSystem, startSystem } from "../../support/running-system.ts";
import { signIn } from "../../support/sign-in.ts";
import { readStoredReadings } from "../../support/stored-readings.ts";
import { until } from "../../support/until.ts";
import type { Claim } from "../claim.ts";
import { compareWithRecording } from "../replay/compare-with-recording.ts";
import { driveRoom, startOwnRoom, startPymodbusRoom } from "./modbus-path.ts";
import {
  CHANGES_PER_SECOND,
  type ConnectedBeds,
  connectBeds,
  driveBeds,
  driveByMosquitto,
} from "./mqtt-path.ts";
import { plugged } from "./plugged.ts";
import { CONTROL_BEDS, deviceOf, MQTT_BEDS, provingWard, RECORDED_DEVICE, wayBedOf } from "./proving-ward.ts";
import { driveProbe, startProbe } from "./serial-path.ts";
import { type Change, judgeChanges, tilesSeen, watchTiles } from "./tiles.ts";
import type { Way } from "./way.ts";
import { driveWay, HOUSE_PASSWORD_FILE, openWays } from "./ways.ts";

/** A tile that does not show a change within this has missed it. */
const SHOWN_WITHIN_MS = 3_000;

/** Within this, what a line brought is received. */
const LINE_SETTLED_MS = 500;

const SHORT = {
  /** From when all beds are known until the first change, so that what is measured is a ward at work, not one starting. */
  restMs: 4_000,
  mqttSeconds: 4,
  peerChanges: 2,
  roomChanges: 2,
  wayChanges: 2,
  probeChanges: 2,
  recordedRows: 100,
  rowEveryMs: 10,
};
const FULL = {
  restMs: 10_000,
  mqttSeconds: 60,
  peerChanges: 40,
  roomChanges: 40,
  wayChanges: 40,
  probeChanges: 60,
  recordedRows: 1_000,
  rowEveryMs: 20,
};

export const provePaths: Claim = async ({ isShort, say }) => {
  if (chromiumPath() === null)
    throw new Error("Chromium is missing: apt-get install chromium, then try again.");
  const size = isShort ? SHORT : FULL;
  await buildWeb();
  const directory = mkdtempSync(join(tmpdir(), "hospitell-paths-"));
  // What was opened, closed in the opposite order whatever happens in between.
  const closers: (() => unknown)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const opened = <Opened extends { close(): Promise<void> }>(one: Opened): Opened => {
    closers.push(() => one.close());
    return one;
  };
  try {
    const ports = {
      modbusOwn: await freePort(),
      modbusPymodbus: await freePort(),
      serial: await freePort(),
      recorded: await freePort(),
    };
    const rtuPort = await plugged(join(directory, "rtu-pymodbus"));
    closers.push(() => rtuPort.pull());
    const rooms = [
      opened(await startOwnRoom(ports.modbusOwn)),
      opened(await startPymodbusRoom("modbus-pymodbus", ports.modbusPymodbus)),
      opened(await startPymodbusRoom("rtu-pymodbus", rtuPort.deviceEnd)),
    ];
    const further = opened(await openWays(directory));
    const monitor = opened(await createMonitorServer({ host: "127.0.0.1", port: ports.serial }));
    const recorder = opened(await createMonitorServer({ host: "127.0.0.1", port: ports.recorded }));
    // A line that is silent is opened anew, and what is played just then goes nowhere.
    const idle = startProbe(recorder);
    closers.push(idle.stop);
    const probe = startProbe(monitor);
    closers.push(probe.stop);
    const wanted = { ...ports, rtuPymodbus: rtuPort.gatewayEnd, ways: further.ways };
    const { ward, deviceKeys } = provingWard(wanted);
    const house = join(directory, HOUSE_PASSWORD_FILE.name);
    writeFileSync(house, HOUSE_PASSWORD_FILE.content, { mode: 0o600 });
    const browser = opened(await launchChromium());
    const system = await startSystem({ directory, ward, deviceKeys, gateway: further.gateway });
    closers.push(system.stop);
    say(
      `cloud ${system.cloudUrl}, ${MQTT_BEDS} beds on MQTT, ${process.env.DATABASE_URL ? "PostgreSQL" : "embedded database"}`,
    );
    const beds = opened(await connectBeds({ mqttPort: system.mqttPort, deviceKeys }));
    for (const { name, connect } of further.ways) {
      const deviceId = deviceOf(wayBedOf(name));
      await connect?.(system, deviceId, deviceKeys.get(deviceId) ?? "");
    }
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await Promise.all([
      openBoard(page, system),
      devicesHeard(
        system,
        further.ways.filter(({ speaksFirst }) => speaksFirst),
      ),
    ]);
    await settle(page, beds);
    await sleep(size.restMs);
    idle.stop();
    await sleep(LINE_SETTLED_MS);
    await watchTiles(page);

    say(`MQTT: ${CHANGES_PER_SECOND} changes a second for ${size.mqttSeconds} s, beside them`);
    say(
      `mosquitto_pub, Modbus by our simulator and by pymodbus, serial, ${further.ways.length} further ways, and the control`,
    );
    const recording = (await loadRecording(RECORDINGS.uw100001)).slice(0, size.recordedRows);
    const playedFromMs = Date.now();
    const [mqttChanges, mosquitto, roomChanges, serial, ways, control] = await Promise.all([
      driveBeds(beds, size.mqttSeconds),
      driveByMosquitto({ mqttPort: system.mqttPort, deviceKeys }, size.peerChanges),
      Promise.all(rooms.map((room) => driveRoom(room, size.roomChanges))),
      driveProbe(probe, size.probeChanges),
      Promise.all(
        further.ways.map((way) => {
          const bedId = wayBedOf(way.name);
          return driveWay(way, bedId, deviceOf(bedId), size.wayChanges);
        }),
      ),
      driveControl(beds),
      playRecording(
        { recording, send: recorder.send, everyMs: size.rowEveryMs },
        new AbortController().signal,
      ),
    ]);
    const gatewayRssMiB = rssMiB(system.gateway.pid);
    const cloudRssMiB = rssMiB(system.cloud.pid);
    await sleep(SHOWN_WITHIN_MS);
    const seen = await tilesSeen(page);
    const judge = (changes: readonly Change[]) => {
      const outcome = judgeChanges(changes, seen, SHOWN_WITHIN_MS);
      for (const missed of outcome.missed.slice(0, 10)) say(`missed: ${missed}`);
      return figuresOf(outcome, changes.length);
    };
    const paths = {
      mqtt: judge(mqttChanges),
      "mqtt-mosquitto": judge(mosquitto),
      "modbus-tcp": judge(roomChanges[0] ?? []),
      "modbus-tcp-pymodbus": judge(roomChanges[1] ?? []),
      "modbus-rtu-pty-pymodbus": judge(roomChanges[2] ?? []),
      serial: judge(serial),
      ...Object.fromEntries(further.ways.map(({ name }, n) => [name, judge(ways[n] ?? [])])),
    };
    const controlFigures = judge(control);

    await page.close();
    await beds.close();
    await system.stop();
    const stored = await readStoredReadings(join(directory, "cloud"), RECORDED_DEVICE, playedFromMs);
    const differences = compareWithRecording(recording, stored);

    const misses = [
      ...Object.entries(paths).flatMap(([path, { missed, changes }]) =>
        missed === 0 ? [] : [`${path}: ${missed} of ${changes} changes never showed on their tile`],
      ),
      ...differences.slice(0, 5).map((difference) => `recording: ${difference}`),
      ...(controlFigures.missed === controlFigures.changes
        ? []
        : ["control: beds wired crosswise were not found wrong"]),
    ];
    const figures = {
      database: process.env.DATABASE_URL ? "postgresql" : "pglite",
      beds: MQTT_BEDS,
      changesPerSecond: CHANGES_PER_SECOND,
      paths,
      recording: { rows: recording.length, stored: stored.length, differences: differences.length },
      control: { ...controlFigures, expected: "all missed" },
      gatewayRssMiB,
      cloudRssMiB,
    };
    return { figures, misses };
  } finally {
    for (const close of closers.toReversed()) await close();
  }
};

async function openBoard(page: Page, system: RunningSystem): Promise<void> {
  await page.goto(await system.cloud.signInLink("emergency-coordinator"));
  // The link's page presses its own button where scripts run.
  await page.waitForURL((url) => url.pathname === "/");
  await page.locator("[data-bed-id]").first().waitFor({ timeout: 15_000 });
}

/** Every line is connected, and whoever is polled or speaks by itself was heard, before anything is measured. */
async function devicesHeard(system: RunningSystem, ways: readonly Way[]): Promise<void> {
  const console = await signIn(await system.gateway.signInLink());
  const wanted = new Set(ways.map(({ name }) => deviceOf(wayBedOf(name))));
  const heard = async () => {
    const status = GatewayStatus.parse(await (await console.get("/api/v1/status")).json());
    const silent = status.devices.filter((one) => wanted.has(one.deviceId) && one.lastHeardAt === null);
    const open = status.links.filter(({ state }) => state !== "connected" && state !== "listening");
    return silent.length === 0 && open.length === 0 ? true : undefined;
  };
  await until(`${wanted.size} devices heard`, heard, 15_000);
}

/** Until every bed on MQTT was heard and its tile is no longer unknown, there is nothing to measure from. */
async function settle(page: Page, beds: ConnectedBeds): Promise<void> {
  await Promise.all([...beds.occupied.keys()].map((bedId) => beds.change(bedId, true)));
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-display="occupied"]').length >= count,
    beds.occupied.size,
    { timeout: 30_000 },
  );
}

/** What the devices say is true; that they are wired to each other's beds is the mistake to be found. */
async function driveControl(beds: ConnectedBeds): Promise<Change[]> {
  const [one, other] = CONTROL_BEDS;
  const first = await beds.change(one, false);
  await sleep(SHOWN_WITHIN_MS);
  return [first, await beds.change(other, false)];
}

function figuresOf({ latenciesMs, missed }: ReturnType<typeof judgeChanges>, changes: number) {
  return {
    changes,
    missed: missed.length,
    p50Ms: Math.round(percentile(latenciesMs, 0.5)),
    p99Ms: Math.round(percentile(latenciesMs, 0.99)),
    maxMs: Math.max(...latenciesMs),
  };
}

function rssMiB(pid: number | undefined): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(line) / 1_024);
}
