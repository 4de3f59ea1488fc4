import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { connectAsync } from "mqtt";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseNote } from "../../../contracts/log/note.ts";
import { auditLog } from "../../support/audit-log.ts";
import { startSystem } from "../../support/running-system.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { until } from "../../support/until.ts";

// Logs of its own: a database that others have used knows other keys.
vi.stubEnv("DATABASE_URL", "");

const ward = {
  hospitals: [
    {
      id: "prove",
      name: "Proving ground",
      wards: [
        {
          id: "ward",
          name: "Ward",
          assignmentSource: "none",
          declared: { service: "open", staffing: "staffed", infection: "none" },
          rooms: [
            {
              id: "room",
              name: "Room",
              beds: [{ id: "bed-1", label: "1", occupancyFrom: { device: "smart-1", metric: "occupancy" } }],
            },
          ],
        },
      ],
      devices: [{ id: "smart-1", profile: "smart-bed-senml", bed: "bed-1" }],
    },
  ],
};

test("a gateway's log is stored and witnessed, also over a kill and a new key, and no record is in it twice or not at all", async () => {
  const directory = tempDir();
  const system = await startSystem({ directory, ward, deviceKeys: new Map([["smart-1", "key"]]) });
  onTestFinished(() => system.stop());
  const inGateway = (name: string) => join(directory, "gateway", name);
  const witnessedSize = () => {
    const file = inGateway("log-witness.json");
    if (!existsSync(file)) return 0;
    return parseNote((JSON.parse(readFileSync(file, "utf8")) as { note: string }).note)?.size ?? 0;
  };
  const say = async (occupied: boolean) => {
    const device = await connectAsync(`mqtt://127.0.0.1:${system.mqttPort}`, {
      clientId: "smart-1",
      username: "smart-1",
      password: "key",
      reconnectPeriod: 0,
    });
    const records = JSON.stringify([
      { n: "occupancy", vb: occupied },
      { n: "load", u: "kg", v: occupied ? 80 : 0 },
    ]);
    await device.publishAsync("devices/smart-1/readings", records, { qos: 1 });
    await device.endAsync();
  };
  await say(true);
  // Its key, and the checkpoint over its bed events.
  await until("the network's log is cosigned", async () => (witnessedSize() >= 2 ? true : undefined), 30_000);
  expect(statSync(inGateway("log-key.pem")).mode & 0o777).toBe(0o600);
  const before = witnessedSize();

  const args = ["gateway/main.ts", "--config", join(directory, "gateway.yaml"), "--rotate-log-key"];
  const rotated = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  expect(rotated).toMatchObject({ status: 0, stderr: "" });
  expect(existsSync(inGateway("log-rotation.json"))).toBe(true);
  const again = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 60_000 });
  expect(again.status).toBe(1);
  expect(again.stderr).toContain("has not heard of the last new log key yet");

  process.kill(system.gateway.pid ?? 0, "SIGKILL");
  await until(
    "the cloud has the new key",
    async () => (existsSync(inGateway("log-rotation.json")) ? undefined : true),
    60_000,
  );
  await say(false);
  // The old key's end, the new one, and at least one checkpoint by it.
  await until(
    "the network's log goes on",
    async () => (witnessedSize() >= before + 3 ? true : undefined),
    30_000,
  );
  await system.stop();
  const database = new Database(inGateway("journal.sqlite"));
  const { leaves, faults } = auditLog(database);
  const stored = database.prepare("SELECT stored_size FROM log_state").pluck().get();
  database.close();
  expect(faults).toEqual([]);
  expect(leaves.length).toBeGreaterThan(4);
  expect(stored).toBeGreaterThan(4);
}, 180_000);
