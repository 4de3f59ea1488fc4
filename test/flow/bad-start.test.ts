import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEpochOf } from "../../gateway/journal/life/read-epoch.ts";
import { type RunningSystem, startSystem } from "../support/running-system.ts";

const directory = mkdtempSync(join(tmpdir(), "hospitell-bad-start-"));
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
          rooms: [{ id: "room", name: "Room", beds: [] }],
        },
      ],
      devices: [],
    },
  ],
};
let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem({ directory, ward, deviceKeys: new Map() });
});

afterAll(async () => {
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
});

function run(program: string, config: string, env: NodeJS.ProcessEnv = {}, more: readonly string[] = []) {
  const args = [program, "--config", join(directory, config), ...more];
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 30_000,
  });
  return { status, stderr };
}

describe("a start that cannot be ends with one clear reason", () => {
  test("three mistakes in a configuration are named at once, and no value is shown", () => {
    writeFileSync(
      join(directory, "mistakes.yaml"),
      "gateway: { id: gw-prove, hospital: prove }\nwardFile: ward.yaml\ndataDirectory: other\n" +
        "cloud: { url: hunter2-not-a-url, keyFile: gateway.key }\nmqtt: { port: 99999 }\npasswort: hunter2\n",
    );
    const { status, stderr } = run("gateway/main.ts", "mistakes.yaml");
    expect(status).toBe(1);
    for (const named of ["cloud.url", "mqtt.port", "mqtt.deviceKeyHashesFile", "passwort"])
      expect(stderr).toContain(named);
    expect(stderr).not.toContain("hunter2");
    expect(stderr).not.toContain("    at ");
  });

  test("a second gateway on one data directory", () => {
    const { status, stderr } = run("gateway/main.ts", "gateway.yaml");
    expect(status).toBe(1);
    expect(stderr).toMatch(/in use by another gateway process/);
    expect(stderr).not.toContain("    at ");
  });

  test("a new epoch for a journal that another gateway has", () => {
    const journal = join(directory, "gateway", "journal.sqlite");
    const epoch = readEpochOf(journal) ?? "";
    const { status, stderr } = run("gateway/main.ts", "gateway.yaml", {}, ["--new-epoch", epoch]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/in use by another gateway process/);
    expect(readEpochOf(journal)).toBe(epoch);
  });

  test.skipIf(process.env.DATABASE_URL !== undefined)("a second cloud on one data directory", () => {
    const { status, stderr } = run("cloud/main.ts", "cloud.yaml");
    expect(status).toBe(1);
    expect(stderr).toMatch(/process \d+ uses it/);
    expect(stderr).not.toContain("    at ");
  });

  test("a port that is taken", async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, "127.0.0.1", () => resolve((holder.address() as { port: number }).port));
    });
    writeFileSync(
      join(directory, "taken.yaml"),
      `gateway: { id: gw-prove, hospital: prove }\nwardFile: ward.yaml\ndataDirectory: taken\ncloud: { url: "http://127.0.0.1:1", keyFile: gateway.key }\nconsole: { port: ${port} }\nmetrics: { port: 0 }\n`,
    );
    const { status, stderr } = run("gateway/main.ts", "taken.yaml");
    holder.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toMatch(/taken by another program/);
  });
});
