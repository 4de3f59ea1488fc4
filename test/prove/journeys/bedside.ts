/** The beds' own devices: each a client of the gateway's broker that says every five seconds whether somebody lies in it. */
import mqtt, { type MqttClient } from "mqtt";
import { BEDS, deviceOf, type JourneyBed } from "./journey-ward.ts";

const REPORT_EVERY_MS = 5_000;

export type Bedside = {
  /** Returns when the broker has it, with when it was sent by this machine's clock. */
  say(bedId: JourneyBed, isPresent: boolean): Promise<number>;
  /** From now on it says what it said before, whatever happens. */
  jam(bedId: JourneyBed): void;
  /** Everybody says again what is so. */
  repeat(): Promise<void>;
  close(): Promise<void>;
};

export async function openBedside(
  mqttPort: number,
  deviceKeys: ReadonlyMap<string, string>,
): Promise<Bedside> {
  const present = new Map<JourneyBed, boolean>(BEDS.map((bedId) => [bedId, false]));
  const jammed = new Set<JourneyBed>();
  const clients = new Map<JourneyBed, MqttClient>();
  for (const bedId of BEDS) {
    const deviceId = deviceOf(bedId);
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
      clientId: deviceId,
      username: deviceId,
      password: deviceKeys.get(deviceId) ?? "",
    });
    clients.set(bedId, client);
  }
  const report = async (bedId: JourneyBed) => {
    const deviceId = deviceOf(bedId);
    const isPresent = present.get(bedId) === true;
    // Without a time of its own: what it says is so when it arrives, by the gateway's clock, which may be set ahead.
    const pack = [
      { bn: `urn:dev:ops:32473-${deviceId}:`, n: "occupancy", vb: isPresent },
      { n: "load", u: "kg", v: isPresent ? 71.4 : 0.6 },
    ];
    await clients.get(bedId)?.publishAsync(`devices/${deviceId}/readings`, JSON.stringify(pack), { qos: 1 });
  };
  const repeat = async () => {
    await Promise.all(BEDS.map(report));
  };
  await repeat();
  const timer = setInterval(() => void repeat().catch(() => undefined), REPORT_EVERY_MS);
  return {
    async say(bedId, isPresent) {
      if (!jammed.has(bedId)) present.set(bedId, isPresent);
      const atMs = Date.now();
      await report(bedId);
      return atMs;
    },
    jam: (bedId) => void jammed.add(bedId),
    repeat,
    async close() {
      clearInterval(timer);
      await Promise.all([...clients.values()].map((client) => client.endAsync()));
    },
  };
}
