/**
 * Every other way in, a bed each: JSON of two makers, TLS, WebSocket, a hospital's own broker, Modbus RTU on a
 * pseudo-terminal and over TCP, discrete inputs, float registers, binary frames and lines. What the device side is, is
 * said with each; `say` resolves with the moment at which the deciding sample was on its way.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Authority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { HOSPITAL_PASSWORD, Mosquitto } from "../../support/mosquitto.ts";
import { contactsOnRtuPty, contactsOnTcp, padOnRtuTcp } from "./modbus-ways.ts";
import { showsOccupied, showsVacated } from "./mqtt-path.ts";
import { jsonOnOwnBroker, senmlOnTls, textOnHouseBroker, textOnWebSocket } from "./mqtt-ways.ts";
import { contecOnTcp, noninOnPty } from "./serial-ways.ts";
import type { Change, Tile } from "./tiles.ts";
import type { Way } from "./way.ts";

export type Ways = {
  readonly ways: readonly Way[];
  /** What the gateway's configuration needs for them. */
  readonly gateway: { readonly mqtt: object; readonly brokers: readonly object[] };
  close(): Promise<void>;
};

export async function openWays(directory: string): Promise<Ways> {
  const certificates = join(directory, "certificates");
  mkdirSync(certificates);
  const devices = new Authority("Devices", certificates);
  const gatewayCert = devices.sign("gateway");
  const tlsPort = await freePort();
  const webSocketPort = await freePort();
  const house = await Mosquitto.in(directory);
  const ways = [
    jsonOnOwnBroker(),
    textOnWebSocket(webSocketPort),
    senmlOnTls(tlsPort, devices),
    textOnHouseBroker(house),
    await contactsOnTcp(),
    await contactsOnRtuPty(join(directory, "rtu")),
    await padOnRtuTcp(),
    await noninOnPty(join(directory, "nonin")),
    await contecOnTcp(),
  ];
  return {
    ways,
    gateway: {
      mqtt: {
        tls: { port: tlsPort, clientCaFile: devices.certFile, ...gatewayCert },
        webSocket: { port: webSocketPort },
      },
      brokers: [
        {
          name: "house",
          url: `mqtt://127.0.0.1:${house.port}`,
          username: "gateway",
          passwordFile: "house.password",
        },
      ],
    },
    async close() {
      await Promise.all(ways.map((way) => way.close()));
      await house.stop();
    },
  };
}

export const HOUSE_PASSWORD_FILE = { name: "house.password", content: HOSPITAL_PASSWORD };

const REPEATS = 2;
const REPEATED_AFTER_MS = 350;

const showsUnknown = (tile: Tile) => tile.display === "unknown";
const shows = ({ decides }: Way, isOccupied: boolean) => {
  if (isOccupied) return showsOccupied;
  return decides === "pulse-rate" ? showsUnknown : showsVacated;
};

export async function driveWay(way: Way, bedId: string, deviceId: string, count: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (let n = 0; n < count; n++) {
    const isOccupied = n % 2 === 0;
    const atMs = await way.say(isOccupied, deviceId);
    changes.push({ bedId, atMs, shows: shows(way, isOccupied) });
    // Beds go on saying so; one that says something else in every report is no bed, and found implausible.
    for (let again = 0; again < REPEATS; again++) {
      await sleep(way.repeatsAfterMs ?? REPEATED_AFTER_MS);
      await way.say(isOccupied, deviceId);
    }
    // Pauses differ, so that changes do not keep step with polls and reports.
    await sleep((way.slowerByMs ?? 0) + 1_000 + ((n * 37) % 200));
  }
  return changes;
}
