/** The MQTT path: 500 beds that report every five seconds, fifty of them changing each second; then the same by mosquitto_pub. */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import mqtt, { type MqttClient } from "mqtt";
import { bedOf, CONTROL_BEDS, deviceOf, MOSQUITTO_BED, MQTT_BEDS } from "./proving-ward.ts";
import type { Change, Tile } from "./tiles.ts";

export const CHANGES_PER_SECOND = 50;
const REPORT_EVERY_MS = 5_000;

export type Beds = {
  readonly mqttPort: number;
  readonly deviceKeys: ReadonlyMap<string, string>;
};

export const pack = (deviceId: string, occupied: boolean) =>
  JSON.stringify([
    { bn: `urn:dev:ops:32473-${deviceId}:`, bt: Date.now() / 1_000, n: "occupancy", vb: occupied },
    { n: "load", u: "kg", v: occupied ? 71.4 : 0.6 },
  ]);

/** Somebody in it: occupied. Nobody, after somebody: it awaits cleaning, and is never shown as available. */
export const showsOccupied = (tile: Tile) => tile.display === "occupied";
export const showsVacated = (tile: Tile) => tile.display === "cleaning";
const shows = (occupied: boolean) => (occupied ? showsOccupied : showsVacated);

export type ConnectedBeds = {
  /** Beds whose device is connected, with what each last said. */
  readonly occupied: Map<string, boolean>;
  change(bedId: string, occupied: boolean): Promise<Change>;
  close(): Promise<void>;
};

/** Connects every bed's device, lets each report once, and from then on every five seconds. */
export async function connectBeds({ mqttPort, deviceKeys }: Beds): Promise<ConnectedBeds> {
  const bedIds = [...Array.from({ length: MQTT_BEDS }, (_, n) => bedOf(n)), ...CONTROL_BEDS];
  const clients = new Map<string, MqttClient>();
  const occupied = new Map<string, boolean>();
  await inParallel(bedIds, async (bedId) => {
    const deviceId = deviceOf(bedId);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
      clientId: deviceId,
      username: deviceId,
      password: deviceKeys.get(deviceId) ?? "",
      reconnectPeriod: 0,
    });
    clients.set(bedId, client);
    occupied.set(bedId, false);
  });
  const report = async (bedId: string) => {
    const deviceId = deviceOf(bedId);
    const payload = pack(deviceId, occupied.get(bedId) === true);
    await clients.get(bedId)?.publishAsync(`devices/${deviceId}/readings`, payload, { qos: 1 });
  };
  const timers = bedIds.map((bedId, n) => {
    const startMs = (n / bedIds.length) * REPORT_EVERY_MS;
    return setTimeout(() => {
      const every = setInterval(() => void report(bedId).catch(() => undefined), REPORT_EVERY_MS);
      intervals.push(every);
    }, startMs);
  });
  const intervals: NodeJS.Timeout[] = [];
  await inParallel(bedIds, report);
  return {
    occupied,
    async change(bedId, isOccupied) {
      occupied.set(bedId, isOccupied);
      const atMs = Date.now();
      await report(bedId);
      return { bedId, atMs, shows: shows(isOccupied) };
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const every of intervals) clearInterval(every);
      await Promise.all([...clients.values()].map((client) => client.endAsync()));
    },
  };
}

/** Fifty at a time: a ward does not come up bed by bed. */
async function inParallel(bedIds: readonly string[], act: (bedId: string) => Promise<void>): Promise<void> {
  for (let n = 0; n < bedIds.length; n += 50) await Promise.all(bedIds.slice(n, n + 50).map(act));
}

/** Fifty changes a second for so long, each at another bed. */
export async function driveBeds(beds: ConnectedBeds, seconds: number): Promise<Change[]> {
  const changes: Promise<Change>[] = [];
  const startMs = performance.now();
  for (let n = 0; n < seconds * CHANGES_PER_SECOND; n++) {
    const dueMs = startMs + (n * 1_000) / CHANGES_PER_SECOND;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const bedId = bedOf((n * 7) % MQTT_BEDS);
    changes.push(beds.change(bedId, beds.occupied.get(bedId) !== true));
  }
  return Promise.all(changes);
}

/** An independent client: a process of its own for each report. */
export async function driveByMosquitto({ mqttPort, deviceKeys }: Beds, count: number): Promise<Change[]> {
  const run = promisify(execFile);
  const deviceId = deviceOf(MOSQUITTO_BED);
  const changes: Change[] = [];
  for (let n = 0; n < count; n++) {
    const isOccupied = n % 2 === 0;
    const publish = () =>
      run("mosquitto_pub", [
        ...["-h", "127.0.0.1", "-p", String(mqttPort), "-i", deviceId, "-u", deviceId],
        ...["-P", deviceKeys.get(deviceId) ?? "", "-q", "1", "-t", `devices/${deviceId}/readings`],
        ...["-m", pack(deviceId, isOccupied)],
      ]);
    const atMs = Date.now();
    await publish();
    changes.push({ bedId: MOSQUITTO_BED, atMs, shows: shows(isOccupied) });
    // It goes on saying so: a bed that says something else in every report is found implausible.
    for (let again = 0; again < 2; again++) {
      await sleep(350);
      await publish();
    }
    await sleep(1_000);
  }
  return changes;
}
