import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BedDetail, Timeline } from "../../contracts/wire/board.ts";
import { type DeviceStatus, GatewayStatus } from "../../contracts/wire/gateway-status.ts";
import { createMonitorServer, type MonitorServer } from "../../firmware-sim/monitor/monitor-server.ts";
import { type RunningSystem, startSystem } from "../support/running-system.ts";
import { type SignedIn, signIn } from "../support/sign-in.ts";
import { until } from "../support/until.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-faults-"));
const deviceKeys = new Map(["bed-a", "bed-b"].map((id) => [id, randomBytes(32).toString("base64url")]));
let room: Server;
let monitor: MonitorServer;
let system: RunningSystem;
let board: SignedIn;
let console: SignedIn;

/** A Modbus server, by raw bytes: unit 1 answers exception 2 to whatever is asked, unit 2 says nothing. */
function startFaultyRoom(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (request) => {
      const [unit = 0, functionCode = 0] = request.subarray(6, 8);
      if (unit !== 1) return;
      socket.write(Uint8Array.from([...request.subarray(0, 4), 0, 3, unit, functionCode | 0x80, 2]));
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

beforeAll(async () => {
  room = await startFaultyRoom();
  monitor = await createMonitorServer({ host: "127.0.0.1", port: 0 });
  const { port } = room.address() as { port: number };
  const sensor = (id: string, unit: number) => ({
    id,
    profile: "xy-md02",
    room: "room",
    modbusTcp: { host: "127.0.0.1", port, unit },
    expectedIntervalMs: 300,
  });
  const bed = (id: string) => ({
    id,
    label: id,
    occupancyFrom: { device: id, metric: "occupancy" },
    debounce: { presentMs: 0, absentMs: 0 },
  });
  const ward = {
    hospitals: [
      {
        id: "prove",
        name: "Proving ground",
        wards: [
          {
            id: "ward",
            name: "Ward",
            assignmentSource: "bookings",
            declared: { service: "open", staffing: "staffed", infection: "none" },
            rooms: [{ id: "room", name: "Room", beds: [bed("bed-a"), bed("bed-b")] }],
          },
        ],
        devices: [
          { id: "bed-a", profile: "smart-bed-senml", bed: "bed-a" },
          { id: "bed-b", profile: "smart-bed-senml", bed: "bed-b" },
          sensor("sensor-exception", 1),
          sensor("sensor-mute", 2),
          {
            id: "monitor",
            profile: "masimo-ascii-1",
            bed: "bed-a",
            serial: `tcp://127.0.0.1:${monitor.port}`,
          },
        ],
      },
    ],
  };
  system = await startSystem({ directory, ward, deviceKeys });
  board = await signIn(await system.cloud.signInLink("emergency-coordinator"));
  console = await signIn(await system.gateway.signInLink());
});

afterAll(async () => {
  await system.stop();
  await monitor.close();
  room.close();
  rmSync(directory, { recursive: true, force: true });
});

const connect = (clientId: string, password = deviceKeys.get(clientId) ?? "") =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${system.mqttPort}`, {
    clientId,
    username: clientId,
    password,
    reconnectPeriod: 0,
  });
const publish = (client: MqttClient, bedId: string, payload: string | Buffer) =>
  client.publishAsync(`devices/${bedId}/readings`, payload, { qos: 1 });
const status = async () => GatewayStatus.parse(await (await console.get("/api/v1/status")).json());
const bedDetail = async (bedId: string) =>
  BedDetail.parse(await (await board.get(`/api/v1/beds/${bedId}`)).json());
/** Undefined while the cloud does not know the bed: its gateway's first batch may still be on its way. */
const occupancyOf = async (bedId: string) => {
  const response = await board.get(`/api/v1/beds/${bedId}`);
  return response.status === 404
    ? undefined
    : BedDetail.parse(await response.json()).bed.axes.occupancy.value;
};
const deviceStatus = async (deviceId: string): Promise<DeviceStatus> => {
  const found = (await status()).devices.find((device) => device.deviceId === deviceId);
  if (found === undefined) throw new Error(`${deviceId} is not on the status page`);
  return found;
};
const reasonsOf = ({ problems }: Pick<DeviceStatus, "problems">) => problems.map((problem) => problem.reason);
const showsOn = (bedId: string, display: string) =>
  until(
    `${bedId} shows ${display}`,
    async () => ((await bedDetail(bedId)).bed.derived.display === display ? true : undefined),
    10_000,
  );

describe("bad input ends in a clear, counted, visible reason, and the bed does not move", () => {
  test("whatever a bed sends wrong is acknowledged, kept or quarantined, and never used", async () => {
    const client = await connect("bed-a");
    await publish(client, "bed-a", '[{"n":"occupancy","vb":false}]');
    await until(
      "bed-a is absent",
      async () => ((await occupancyOf("bed-a")) === "absent" ? true : undefined),
      10_000,
    );
    for (const payload of [
      "{not json",
      '{"n":"occupancy","vb":true}',
      '[{"n":"mood","vb":true}]',
      '[{"n":"load","u":"lb","v":160}]',
      '[{"n":"load","u":"kg","v":9000}]',
      '[{"n":"occupancy","v":1}]',
      '[{"bn":"urn:dev:ops:32473-bed-b:","n":"occupancy","vb":true}]',
      Buffer.alloc(70_000, 0x20),
    ]) {
      await publish(client, "bed-a", payload);
    }
    const reasons = reasonsOf(await deviceStatus("bed-a"));
    for (const expected of [
      "malformed-json",
      "malformed-senml",
      "unknown-metric",
      "wrong-unit",
      "out-of-range",
      "wrong-type",
      "name-of-another-device",
      "payload-too-large",
    ]) {
      expect(reasons).toContain(expected);
    }
    const { bed, latest } = await bedDetail("bed-a");
    expect(bed.axes.occupancy.value).toBe("absent");
    const load = await until(
      "the load of 9000 kg is stored and marked",
      async () =>
        latest.find((value) => value.metric === "load") ??
        (await bedDetail("bed-a")).latest.find((value) => value.metric === "load"),
      10_000,
    );
    expect(load.quality).toBe("bad");
    await client.endAsync();
  });

  test("strangers and wrong keys are refused and told of", async () => {
    await expect(connect("nobody", "x")).rejects.toThrow(/not authorized/i);
    await expect(connect("bed-a", "wrong")).rejects.toThrow(/not authorized/i);
    expect(reasonsOf(await status())).toEqual(expect.arrayContaining(["unknown-device", "wrong-device-key"]));
  });

  test("a Modbus exception and a mute unit are named, and cost nobody else anything", async () => {
    await until(
      "both reasons on the status page",
      async () => {
        const exception = reasonsOf(await deviceStatus("sensor-exception"));
        const mute = reasonsOf(await deviceStatus("sensor-mute"));
        return exception.includes("modbus-exception-2") && mute.includes("no-reply") ? true : undefined;
      },
      15_000,
    );
    expect((await deviceStatus("sensor-mute")).lastHeardAt).toBeNull();
  });

  test("a monitor's half line gives no value", async () => {
    await until(
      "a first whole line",
      async () => {
        monitor.send({ spo2Pct: 97, pulsePerMin: 70, perfusionIndex: 1.2 });
        return (await deviceStatus("monitor")).readings > 0 ? true : undefined;
      },
      10_000,
    );
    const values = (await deviceStatus("monitor")).latest.map(({ metric, value }) => [metric, value]);
    expect(values).toEqual(
      expect.arrayContaining([
        ["spo2", 97],
        ["pulse-rate", 70],
        ["perfusion-index", 1.2],
      ]),
    );
  });
});

describe("after a kill nothing acknowledged is lost, and the board catches up", () => {
  test("the gateway is killed between an acknowledgement and its sync", async () => {
    const client = await connect("bed-b");
    await publish(client, "bed-b", '[{"n":"occupancy","vb":true}]');
    process.kill(system.gateway.pid ?? 0, "SIGKILL");
    await until(
      "the acknowledged reading has reached the cloud",
      async () => ((await occupancyOf("bed-b")) === "present" ? true : undefined),
      15_000,
    );
    client.end(true);
  });

  test("the cloud is killed; what happened meanwhile arrives, once, in order", async () => {
    const client = await until(
      "the gateway is back",
      async () => connect("bed-b").catch(() => undefined),
      15_000,
    );
    process.kill(system.cloud.pid ?? 0, "SIGKILL");
    for (const occupied of [false, true, false]) {
      await publish(client, "bed-b", JSON.stringify([{ n: "occupancy", vb: occupied }]));
    }
    await until("the cloud is back", async () => bedDetail("bed-b").catch(() => undefined), 20_000);
    await showsOn("bed-b", "cleaning");
    const timeline = Timeline.parse(await (await board.get("/api/v1/beds/bed-b/timeline?limit=100")).json());
    const occupancy = timeline.entries
      .filter((entry) => entry.kind === "occupancy-changed")
      .map((entry) => entry.to);
    expect(occupancy.toReversed()).toEqual(["present", "absent", "present", "absent"]);
    await client.endAsync();
  });
});
