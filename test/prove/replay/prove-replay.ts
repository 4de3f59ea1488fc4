/**
 * Recorded oximetry, played by the monitor program over a real serial line into the cloud's database: every sample once,
 * in order, equal to the recording; where the oximeter had no value, none is stored. The control plays one row twice and
 * leaves one out: the comparison must say so.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { NO_VALUES } from "../../../firmware-sim/monitor/masimo-line.ts";
import { createMonitorServer } from "../../../firmware-sim/monitor/monitor-server.ts";
import {
  loadRecording,
  playRecording,
  RECORDINGS,
  type Recording,
} from "../../../firmware-sim/monitor/recording.ts";
import { freePort } from "../../support/free-port.ts";
import { type RunningSystem, startSystem } from "../../support/running-system.ts";
import { signIn } from "../../support/sign-in.ts";
import { readStoredReadings } from "../../support/stored-readings.ts";
import { until } from "../../support/until.ts";
import type { Claim } from "../claim.ts";
import { compareWithRecording } from "./compare-with-recording.ts";

/** Ten times as fast as life; the short form a hundred times. */
const FULL = { rowsMax: Number.POSITIVE_INFINITY, rowEveryMs: 100, files: Object.values(RECORDINGS) };
const SHORT = { rowsMax: 300, rowEveryMs: 10, files: [RECORDINGS.uw100001] };
const CONTROL_ROWS = 60;
const PROBE_OFF_ROWS = { from: 120, to: 140 };
/** Readings gather for a second before they are sent; after this they are in the cloud. */
const STORED_WITHIN_MS = 3_000;

export const proveReplay: Claim = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const directory = mkdtempSync(join(tmpdir(), "hospitell-replay-"));
  const plays: Play[] = [];
  for (const file of size.files) {
    const recording = withProbeOff((await loadRecording(file)).slice(0, size.rowsMax));
    plays.push(await openPlay(basename(file.pathname, ".csv"), recording, recording));
  }
  const told = (await loadRecording(RECORDINGS.uw100004)).slice(0, CONTROL_ROWS);
  plays.push(await openPlay("control", told, onceTwiceOnceNot(told)));

  const system = await startSystem({ directory, ward: wardOf(plays), deviceKeys: new Map() });
  try {
    await linesConnected(system, plays.length);
    say(
      `${plays.map(({ name, played }) => `${name} ${played.length} rows`).join(", ")}, a row each ${size.rowEveryMs} ms`,
    );
    const fromMs = Date.now();
    await Promise.all(
      plays.map(({ played, monitor }) =>
        playRecording(
          { recording: played, send: monitor.send, everyMs: size.rowEveryMs },
          new AbortController().signal,
        ),
      ),
    );
    await sleep(STORED_WITHIN_MS);
    await system.stop();

    const outcomes = [];
    for (const { name, deviceId, recording } of plays) {
      const stored = await readStoredReadings(join(directory, "cloud"), deviceId, fromMs);
      const empty = recording.flatMap(({ spo2Pct, pulsePerMin, perfusionIndex }) =>
        [spo2Pct, pulsePerMin, perfusionIndex].filter((value) => value === null),
      );
      const differences = compareWithRecording(recording, stored);
      outcomes.push({
        name,
        rows: recording.length,
        stored: stored.length,
        withoutValue: empty.length,
        differences: differences.length,
        first: differences[0] ?? null,
      });
    }
    const claimed = outcomes.filter(({ name }) => name !== "control");
    const control = outcomes.find(({ name }) => name === "control");
    const misses = [
      ...claimed.flatMap(({ name, differences, first }) =>
        differences === 0 ? [] : [`${name}: ${differences} differences, first: ${first}`],
      ),
      ...((control?.differences ?? 0) > 0
        ? []
        : ["control: a row played twice and one left out were not noticed"]),
    ];
    const figures = {
      database: process.env.DATABASE_URL ? "postgresql" : "pglite",
      rowEveryMs: size.rowEveryMs,
      recordings: claimed,
      control: { ...control, expected: "differences" },
    };
    return { figures, misses };
  } finally {
    await system.stop();
    await Promise.all(plays.map(({ monitor }) => monitor.close()));
    rmSync(directory, { recursive: true, force: true });
  }
};

type Play = {
  readonly name: string;
  readonly deviceId: string;
  readonly port: number;
  readonly recording: Recording;
  /** What the monitor really says; other than the recording only in the control. */
  readonly played: Recording;
  readonly monitor: Awaited<ReturnType<typeof createMonitorServer>>;
};

async function openPlay(name: string, recording: Recording, played: Recording): Promise<Play> {
  const port = await freePort();
  const monitor = await createMonitorServer({ host: "127.0.0.1", port });
  return { name, deviceId: `monitor-${name}`, port, recording, played, monitor };
}

/** A row that is played before its line is connected is nobody's to keep. */
async function linesConnected(system: RunningSystem, count: number): Promise<void> {
  const console = await signIn(await system.gateway.signInLink());
  const connected = async () => {
    const status = GatewayStatus.parse(await (await console.get("/api/v1/status")).json());
    const up = status.links.filter((link) => link.kind === "serial" && link.state === "connected");
    return up.length === count ? true : undefined;
  };
  await until(`${count} serial lines connected`, connected, 15_000);
}

/** The recordings miss nothing themselves: a nurse takes the probe off for a third of a minute, and the monitor says dashes. */
function withProbeOff(recording: Recording): Recording {
  return recording.map((row, n) => (n >= PROBE_OFF_ROWS.from && n < PROBE_OFF_ROWS.to ? NO_VALUES : row));
}

function onceTwiceOnceNot(recording: Recording): Recording {
  const [tenth] = recording.slice(10, 11);
  return [
    ...recording.slice(0, 11),
    ...(tenth === undefined ? [] : [tenth]),
    ...recording.slice(11, 40),
    ...recording.slice(41),
  ];
}

function wardOf(plays: readonly Play[]): object {
  const beds = plays.map(({ name, deviceId }) => ({
    id: `bed-${name}`,
    label: name,
    occupancyFrom: { device: deviceId, metric: "pulse-rate" },
  }));
  const devices = plays.map(({ name, deviceId, port }) => ({
    id: deviceId,
    profile: "masimo-ascii-1",
    bed: `bed-${name}`,
    serial: `tcp://127.0.0.1:${port}`,
  }));
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    rooms: [{ id: "room", name: "Room", beds }],
  };
  return { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] };
}
