import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { SerialPort } from "serialport";
import { expect, onTestFinished, test, vi } from "vitest";
import { soon } from "../support/soon.ts";

const main = new URL("../../firmware-sim/main.ts", import.meta.url).pathname;
const SOCAT = "socat";
const isSocatMissing = spawnSync(SOCAT, ["-V"], { stdio: "ignore" }).error !== undefined;
if (isSocatMissing)
  console.warn("socat is missing: devices on pseudo-terminals are not tested (apt-get install socat)");

type Places = {
  readonly modbus: number;
  readonly rtu: string;
  readonly nonin: string;
  readonly masimo: number;
};

const ward = ({ modbus, rtu, nonin, masimo }: Places) => `
hospitals:
  - id: north
    wards:
      - rooms:
          - { id: room-1, beds: [{ id: bed-1 }, { id: bed-2 }] }
    devices:
      - { id: climate-1, profile: xy-md02, room: room-1, modbusTcp: { host: 127.0.0.1, port: ${modbus}, unit: 1 } }
      - { id: pad-1, profile: load-pad-4, bed: bed-1, modbusRtu: { line: "${rtu}", unit: 11 } }
      - { id: contacts-1, profile: dry-contacts, bed: bed-1, modbusRtu: { line: "${rtu}", unit: 21 } }
      - { id: nonin-2, profile: nonin-ascii, bed: bed-2, serial: "${nonin}" }
      - { id: monitor-2, profile: masimo-ascii-1, bed: bed-2, serial: "tcp://127.0.0.1:${masimo}" }
      - { id: smart-bed-1, profile: smart-bed-senml, bed: bed-1 }
      - { id: scale-2, profile: tasmota-hx711, bed: bed-2, mqtt: { broker: house, name: scale-two } }
      - { id: something-else, profile: of-another-make }
`;
/** Nothing of it is opened: a device without a port cannot start. */
const nowhere: Places = { modbus: 1, rtu: "tcp://127.0.0.1:1", nonin: "tcp://127.0.0.1:1", masimo: 1 };
const withoutMqtt = (text: string) => text.replaceAll(/ {6}- \{ id: (smart-bed|scale).*\n/g, "");
const devices = "kind: devices\nward: ward.yaml\nhospital: north\nseed: 1\nspeed: 60\n";

test("a configuration with four mistakes names all four, and never a value", async () => {
  const folder = await folderWith({
    "sim.yaml":
      "kind: devices\nward: w.yaml\nhospital: ''\nseed: 1.5\nspede: 3\nmqttUrl: 'x://me:secret@h'\n",
  });
  const sim = start(join(folder, "sim.yaml"));
  expect(await sim.exitCode).toBe(1);
  for (const named of ["hospital", "seed", "spede", "mqttUrl"]) expect(sim.stderr()).toContain(named);
  expect(sim.stderr()).not.toContain("secret");
});

test("a ward file with three mistakes names the three devices", async () => {
  const folder = await folderWith({
    "ward.yaml": ward(nowhere)
      .replace("unit: 1 }", "unit: 300 }")
      .replace(`line: "tcp://127.0.0.1:1", unit: 11`, `line: "COM 1", unit: 11`)
      .replace(`serial: "tcp://127.0.0.1:1"`, `serial: "127.0.0.1"`),
    "sim.yaml": devices,
  });
  const sim = start(join(folder, "sim.yaml"));
  expect(await sim.exitCode).toBe(1);
  expect(sim.stderr()).toContain("climate-1: modbusTcp.unit");
  expect(sim.stderr()).toContain("pad-1: modbusRtu.line: expected a device path or tcp://host:port");
  expect(sim.stderr()).toContain("nonin-2: serial: expected a device path or tcp://host:port");
});

test("a device without a key, one whose broker has no address, and two with one unit number are named", async () => {
  const start1 = async (sim: string, wardFile = ward(nowhere)) => {
    const folder = await folderWith({
      "ward.yaml": wardFile,
      "few-keys.json": '{"another": "secret"}',
      "keys.json": '{"smart-bed-1": "secret", "scale-2": "secret"}',
      "sim.yaml": `${devices}${sim}`,
    });
    const program = start(join(folder, "sim.yaml"));
    expect(await program.exitCode).toBe(1);
    expect(program.stderr()).not.toContain("secret");
    return program.stderr();
  };
  const url = "mqttUrl: mqtt://127.0.0.1:1\n";
  expect(await start1(`${url}deviceKeysFile: few-keys.json\n`)).toContain(
    "has no key for smart-bed-1, scale-2",
  );
  expect(await start1(`${url}deviceKeysFile: keys.json\n`)).toContain(
    "scale-2: the configuration names no address for broker house",
  );
  const twice = withoutMqtt(ward(nowhere)).replace("unit: 21", "unit: 11");
  expect(await start1("", twice)).toContain("pad-1 and contacts-1 are both unit 11");
});

test("all kinds of devices speak on their ports: Modbus TCP, an RTU line, serial lines and two brokers", async () => {
  const [modbus, rtu, nonin, masimo, house, own] = await sixFreePorts();
  const keys = { "smart-bed-1": "key-1", "scale-2": "key-2", "gw-north": "key-3" };
  const folder = await folderWith({
    "ward.yaml": ward({ modbus, rtu: `tcp://127.0.0.1:${rtu}`, nonin: `tcp://127.0.0.1:${nonin}`, masimo }),
    "keys.json": JSON.stringify(keys),
    "house.yaml": `kind: house-broker\nport: ${house}\nkeysFile: keys.json\n`,
    "own.yaml": `kind: house-broker\nport: ${own}\nkeysFile: keys.json\n`,
    "sim.yaml": `${devices}mqttUrl: mqtt://127.0.0.1:${own}\nbrokers: { house: "mqtt://127.0.0.1:${house}" }\ndeviceKeysFile: keys.json\ntruthFile: truth/truth.ndjson\n`,
  });
  const brokers = [start(join(folder, "house.yaml")), start(join(folder, "own.yaml"))];
  await vi.waitFor(() => expect(brokers.flatMap((broker) => broker.messages)).toHaveLength(2), {
    timeout: 20_000,
  });
  const listener = (port: number, password: string) => {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      username: "gw-north",
      password,
      reconnectPeriod: 0,
    });
    onTestFinished(() => void client.end(true));
    const heard: string[] = [];
    client.on("message", (topic, payload) => heard.push(`${topic} ${payload}`));
    client.on("error", (error) => heard.push(error.message));
    client.subscribe("#", { qos: 1 }, () => undefined);
    return heard;
  };
  const [atHome, atTheHouse, unknown] = [
    listener(own, "key-3"),
    listener(house, "key-3"),
    listener(house, "wrong"),
  ];

  const sim = start(join(folder, "sim.yaml"));
  await vi.waitFor(() => expect(sim.messages).toEqual([{ kind: "ready" }]), { timeout: 20_000 });
  expect(sim.stdout()).toBe("devices of north: 7, 2 of them on MQTT\n");
  await vi.waitFor(
    () => {
      expect(atHome.join("\n")).toMatch(
        /devices\/smart-bed-1\/readings \[\{"bn":"urn:dev:ops:32473-smart-bed-1:"/,
      );
      expect(atTheHouse.join("\n")).toMatch(/tele\/scale-two\/SENSOR \{"Time":"/);
      expect(unknown.join("\n")).toMatch(/not authorized/i);
    },
    { timeout: 15_000 },
  );

  const unitOne = await talk(modbus, "00 01 00 00 00 06 01 04 00 01 00 02", 13);
  expect(unitOne.subarray(0, 9).toString("hex")).toBe("000100000007010404");
  const mat = await talk(rtu, "15 02 00 00 00 02 fa df", 6);
  expect(mat.subarray(0, 3).toString("hex")).toBe("150201");
  expect((await talk(rtu, "0b 04 00 00 00 08 f1 66", 21)).subarray(0, 3).toString("hex")).toBe("0b0410");
  expect((await talk(nonin, "", 34)).toString("ascii")).toMatch(/^(SPO2=(\d{3}|---) HR=(\d{3}|---)\r\n){2}$/);
  expect((await talk(masimo, "", 90)).toString("ascii")).toMatch(/^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d SN=/);

  const truth = (await readFile(join(folder, "truth/truth.ndjson"), "utf8")).trimEnd().split("\n");
  expect(JSON.parse(truth[0] ?? "")).toMatchObject({
    at: expect.any(String),
    bedId: "bed-1",
    kind: expect.any(String),
  });
  sim.child.kill("SIGTERM");
  expect(await sim.exitCode).toBe(0);
  for (const broker of brokers) broker.child.kill("SIGTERM");
  expect(await Promise.all(brokers.map((broker) => broker.exitCode))).toEqual([0, 0]);
});

test.skipIf(isSocatMissing)(
  "a line on a pseudo-terminal is answered, and a monitor speaks on another",
  async () => {
    const [modbus, masimo] = await sixFreePorts();
    const folder = await folderWith({});
    const end = (name: string) => join(folder, name);
    for (const name of ["rtu", "nonin"]) {
      const pair = spawn(SOCAT, [
        `pty,raw,echo=0,link=${end(`${name}-a`)}`,
        `pty,raw,echo=0,link=${end(`${name}-b`)}`,
      ]);
      onTestFinished(() => void pair.kill());
    }
    await writeFile(
      join(folder, "ward.yaml"),
      withoutMqtt(ward({ modbus, rtu: end("rtu-a"), nonin: end("nonin-a"), masimo })),
    );
    await writeFile(join(folder, "sim.yaml"), devices);
    await soon(() =>
      expect(["rtu-a", "rtu-b", "nonin-a", "nonin-b"].filter((name) => !existsSync(end(name)))).toEqual([]),
    );
    const sim = start(join(folder, "sim.yaml"));
    await vi.waitFor(() => expect(sim.messages).toEqual([{ kind: "ready" }]), { timeout: 20_000 });

    const open = async (path: string) => {
      const port = new SerialPort({ path, baudRate: 9_600 });
      onTestFinished(() => new Promise<void>((resolve) => port.close(() => resolve())));
      const heard: Buffer[] = [];
      port.on("data", (chunk: Buffer) => heard.push(chunk));
      await new Promise((resolve) => port.once("open", resolve));
      return { port, heard: () => Buffer.concat(heard) };
    };
    const line = await open(end("rtu-b"));
    // Noise first, a unit that is not there, then the mat's contacts.
    line.port.write(Buffer.from("ff1563040001000228491502000000 02fadf".replaceAll(" ", ""), "hex"));
    await vi.waitFor(() => expect(line.heard().subarray(0, 3).toString("hex")).toBe("150201"), {
      timeout: 8_000,
    });
    expect(line.heard()).toHaveLength(6);
    const monitor = await open(end("nonin-b"));
    await vi.waitFor(() => expect(monitor.heard().toString("ascii")).toMatch(/\nSPO2=.{3} HR=.{3}\r\n/), {
      timeout: 8_000,
    });
    sim.child.kill("SIGTERM");
    expect(await sim.exitCode).toBe(0);
  },
);

test("without a broker the smart beds keep trying, and still stop at once", async () => {
  const [modbus, rtu, nonin, masimo, nobody] = await sixFreePorts();
  const folder = await folderWith({
    "ward.yaml": ward({ modbus, rtu: `tcp://127.0.0.1:${rtu}`, nonin: `tcp://127.0.0.1:${nonin}`, masimo }),
    "keys.json": '{"smart-bed-1": "key-1", "scale-2": "key-2"}',
    "sim.yaml": `${devices}mqttUrl: mqtt://127.0.0.1:${nobody}\nbrokers: { house: "mqtt://127.0.0.1:${nobody}" }\ndeviceKeysFile: keys.json\n`,
  });
  const sim = start(join(folder, "sim.yaml"));
  await vi.waitFor(() => expect(sim.stderr()).toContain("no connection to the broker"), { timeout: 20_000 });
  sim.child.kill("SIGINT");
  expect(await sim.exitCode).toBe(0);
  expect(sim.stdout()).toBe("");
});

/** Says something, if anything, and hears so many bytes. */
async function talk(port: number, hex: string, bytes: number): Promise<Buffer> {
  const socket: Socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  if (hex !== "") socket.write(Buffer.from(hex.replaceAll(" ", ""), "hex"));
  await vi.waitFor(() => expect(Buffer.concat(chunks).length).toBeGreaterThanOrEqual(bytes), {
    timeout: 8_000,
  });
  return Buffer.concat(chunks).subarray(0, bytes);
}

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

/** All held at once, so that no two are the same. */
async function sixFreePorts() {
  const one = async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port is free");
    return { server, port: address.port };
  };
  const held = await Promise.all([one(), one(), one(), one(), one(), one()]);
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  const [a, b, c, d, e, f] = held;
  return [a.port, b.port, c.port, d.port, e.port, f.port] as const;
}
