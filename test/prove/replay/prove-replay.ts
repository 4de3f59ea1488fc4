/**
 * Recorded oximetry, played by the monitor program over a real serial line into the cloud's database: every sample once,
 * in order, equal to the recording; where the oximeter had no value, none is stored. What the cloud then answers, sample by
 * sample, is the same with its time, from InfluxDB and, once that is gone, from PostgreSQL; so is what a VictoriaMetrics
 * exports that was filled afterwards. The control plays one row twice and leaves one out: the comparison must say so.
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
import { hasInfluxd, Influxd } from "../../support/influxd.ts";
import { type RunningSystem, startSystem } from "../../support/running-system.ts";
import { signIn } from "../../support/sign-in.ts";
import { readStoredReadings, type StoredReading } from "../../support/stored-readings.ts";
import { until } from "../../support/until.ts";
import { hasVictoriaMetrics } from "../../support/victoria-metrics.ts";
import type { Claim } from "../claim.ts";
import { differencesAfterBackFill } from "./back-filled.ts";
import { compareWithRecording } from "./compare-with-recording.ts";
import { type Answered, askForSamples, differingSamples } from "./from-stores.ts";

/** Ten times as fast as life; the short form a hundred times. */
const FULL = { rowsMax: Number.POSITIVE_INFINITY, rowEveryMs: 100, files: Object.values(RECORDINGS) };
const SHORT = { rowsMax: 300, rowEveryMs: 10, files: [RECORDINGS.uw100001] };
const CONTROL_ROWS = 60;
const PROBE_OFF_ROWS = { from: 120, to: 140 };
/** Readings gather for a second before they are sent; after this they are in the cloud. */
const STORED_WITHIN_MS = 3_000;
const FED_WITHIN_MS = 30_000;
const DATABASE = "hospitell";

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

  const influxd = hasInfluxd() ? await Influxd.in({ directory: join(directory, "influxd") }) : null;
  const system = await startSystem({
    directory,
    ward: wardOf(plays),
    deviceKeys: new Map(),
    ...(influxd === null
      ? {}
      : { timeSeries: { influxdb: { api: "1", url: influxd.url, database: DATABASE } } }),
  });
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
    const range = { fromMs, toMs: Date.now() + 1, rowEveryMs: size.rowEveryMs };
    const told = await answersOf(system, influxd, plays, range);
    await system.stop();

    const storedBy = new Map<string, readonly StoredReading[]>();
    const outcomes = [];
    for (const { name, deviceId, recording } of plays) {
      const stored = await readStoredReadings(join(directory, "cloud"), deviceId, fromMs);
      storedBy.set(deviceId, stored);
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
    const stores = told.map((one) => differencesOf(one, storedBy));
    if (hasVictoriaMetrics()) {
      const different = await differencesAfterBackFill(directory, storedBy);
      stores.push({ store: "victoria-metrics", different: [...different.values()].flat() });
    }
    const misses = [
      ...stores.flatMap(({ store, different }) =>
        different.length === 0
          ? []
          : [`${store}: ${different.length} samples differ from what was stored, first: ${different[0]}`],
      ),
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
      toldBy: stores.map(({ store, different }) => ({ store, differences: different.length })),
      control: { ...control, expected: "differences" },
    };
    return { figures, misses };
  } finally {
    await system.stop();
    await influxd?.stop("SIGKILL");
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

type Told = { readonly store: string; readonly byDevice: ReadonlyMap<string, Answered> };

/** From InfluxDB, as long as there is one; then it goes away, and the cloud answers all the same, and says from where. */
async function answersOf(
  system: RunningSystem,
  influxd: Influxd | null,
  plays: readonly Play[],
  range: Parameters<typeof askForSamples>[2],
): Promise<Told[]> {
  const doctor = await signIn(await system.cloud.signInLink("doctor", "prove"));
  const askAll = async (store: string): Promise<Told> => {
    const byDevice = new Map<string, Answered>();
    for (const { deviceId } of plays) byDevice.set(deviceId, await askForSamples(doctor, deviceId, range));
    return { store, byDevice };
  };
  if (influxd === null) return [await askAll("postgresql")];
  const database = "SELECT count(value), count(bad_reason) FROM /.*/";
  // Everything that was played came long ago: when nothing has been added for a second, the feed is done.
  let before = "";
  await until(
    "InfluxDB has been fed",
    async () => {
      const now = JSON.stringify(await influxd.rows(DATABASE, database));
      if (now === before && now !== "[]") return true;
      before = now;
      await sleep(1_200);
      return undefined;
    },
    FED_WITHIN_MS,
  );
  const fromInfluxdb = await askAll("influxdb");
  await influxd.stop("SIGKILL");
  return [fromInfluxdb, await askAll("postgresql")];
}

function differencesOf(
  { store, byDevice }: Told,
  stored: ReadonlyMap<string, readonly StoredReading[]>,
): { readonly store: string; readonly different: readonly string[] } {
  const different = [...byDevice].flatMap(([deviceId, { samples, sources }]) => [
    ...(sources.every((source) => source === store)
      ? []
      : [`${deviceId} was to be answered from ${store}, and was from ${sources.join()}`]),
    ...differingSamples(stored.get(deviceId) ?? [], samples, true),
  ]);
  return { store, different };
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
