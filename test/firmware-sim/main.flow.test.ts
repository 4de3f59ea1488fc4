import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";

const main = new URL("../../firmware-sim/main.ts", import.meta.url).pathname;

const ward = (port: number) => `
hospitals:
  - id: north
    wards:
      - rooms:
          - { id: room-1, beds: [{ id: bed-1 }, { id: bed-2 }] }
    devices:
      - { id: climate-1, profile: xy-md02, room: room-1, modbusTcp: { host: 127.0.0.1, port: ${port}, unit: 1 } }
      - { id: smart-bed-1, profile: smart-bed-senml, bed: bed-1 }
      - { id: monitor-2, profile: masimo-ascii-1, bed: bed-2, serial: "tcp://127.0.0.1:${port}" }
      - { id: something-else, profile: of-another-make }
`;

test("a configuration with four mistakes names all four, and never a value", async () => {
  const folder = await folderWith({
    "sim.yaml":
      "kind: smart-bed\nward: w.yaml\nhospital: ''\nseed: 1.5\nspede: 3\nmqttUrl: 'x://me:secret@h'\ndeviceKeysFile: k\n",
  });
  const sim = start(join(folder, "sim.yaml"));
  expect(await sim.exitCode).toBe(1);
  for (const named of ["hospital", "seed", "spede", "mqttUrl"]) expect(sim.stderr()).toContain(named);
  expect(sim.stderr()).not.toContain("secret");
});

test("a ward file with two mistakes names both devices", async () => {
  const folder = await folderWith({
    "ward.yaml": ward(1).replace("unit: 1", "unit: 300").replace("tcp://127.0.0.1:1", "/dev/ttyUSB0"),
    "sim.yaml": "kind: monitor\nward: ward.yaml\nhospital: north\nseed: 1\n",
  });
  const sim = start(join(folder, "sim.yaml"));
  expect(await sim.exitCode).toBe(1);
  expect(sim.stderr()).toContain("climate-1: modbusTcp.unit");
  expect(sim.stderr()).toContain("monitor-2: serial: a simulated monitor needs tcp://host:port");
});

test("a device without a key is named", async () => {
  const folder = await folderWith({
    "ward.yaml": ward(1),
    "keys.json": '{"another": "secret"}',
    "sim.yaml":
      "kind: smart-bed\nward: ward.yaml\nhospital: north\nseed: 1\nmqttUrl: mqtt://127.0.0.1:1\ndeviceKeysFile: keys.json\n",
  });
  const sim = start(join(folder, "sim.yaml"));
  expect(await sim.exitCode).toBe(1);
  expect(sim.stderr()).toContain("has no key for smart-bed-1");
  expect(sim.stderr()).not.toContain("secret");
});

test.each(["room-sensor", "monitor"])(
  "the %s program says that it is ready, keeps the truth, and stops",
  async (kind) => {
    const port = await freePort();
    const folder = await folderWith({
      "ward.yaml": ward(port),
      "sim.yaml": `kind: ${kind}\nward: ward.yaml\nhospital: north\nseed: 1\nspeed: 60\ntruthFile: truth/truth.ndjson\n`,
    });
    const sim = start(join(folder, "sim.yaml"));
    await vi.waitFor(() => expect(sim.messages).toEqual([{ kind: "ready" }]), { timeout: 5000 });
    expect(sim.stdout()).toMatch(
      new RegExp(`^${kind.replace("-", " ")}s of north: 1 on 127.0.0.1:${port}\n$`),
    );
    await vi.waitFor(async () => {
      const [line = ""] = (await readFile(join(folder, "truth/truth.ndjson"), "utf8")).split("\n");
      expect(JSON.parse(line)).toMatchObject({ at: expect.any(String), kind: expect.any(String) });
    });
    sim.child.kill("SIGTERM");
    expect(await sim.exitCode).toBe(0);
  },
);

test("without a broker the smart beds keep trying, and still stop at once", async () => {
  const folder = await folderWith({
    "ward.yaml": ward(1),
    "keys.json": '{"smart-bed-1": "key-1"}',
    "sim.yaml": `kind: smart-bed\nward: ward.yaml\nhospital: north\nseed: 1\nmqttUrl: mqtt://127.0.0.1:${await freePort()}\ndeviceKeysFile: keys.json\n`,
  });
  const sim = start(join(folder, "sim.yaml"));
  await vi.waitFor(() => expect(sim.stderr()).toContain("no connection to the broker"), { timeout: 5000 });
  sim.child.kill("SIGINT");
  expect(await sim.exitCode).toBe(0);
  expect(sim.stdout()).toBe("");
});

function start(config: string) {
  const child = spawn(process.execPath, [main, "--config", config], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    text.stderr += chunk;
  });
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));
  const exitCode = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, messages, exitCode, stdout: () => text.stdout, stderr: () => text.stderr };
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "firmware-sim-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
