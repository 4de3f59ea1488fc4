/** Modbus RTU: on a pseudo-terminal with pymodbus as the units, and byte by byte with units that do what they should not. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import type { ModbusProfile } from "../../../../devices/profile.ts";
import { xyMd02 } from "../../../../devices/profiles/xy-md02.ts";
import { ProblemCounts } from "../../../../gateway/ingest/problem-counts.ts";
import { systemClock } from "../../../../gateway/moment.ts";
import { LinkBook } from "../../../../gateway/transport/link-book.ts";
import { runModbusBus } from "../../../../gateway/transport/modbus/modbus-bus.ts";
import { openLine } from "../../../support/loopback.ts";
import { PtyPair } from "../../../support/pty-pair.ts";
import { soon } from "../../../support/soon.ts";
import { hasPymodbus, hasSocat } from "../../../support/tools.ts";

function runBus(line: string, units: readonly number[], profile: ModbusProfile = xyMd02) {
  const heard: string[] = [];
  const problems = new Map<string, ProblemCounts>();
  const links = new LinkBook(systemClock);
  const stop = new AbortController();
  const problemsOf = (deviceId: string) => {
    const known = problems.get(deviceId) ?? new ProblemCounts();
    problems.set(deviceId, known);
    return known;
  };
  const running = runModbusBus(
    {
      way: { kind: "rtu", line, settings: { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 } },
      units: units.map((unit) => ({
        deviceId: DeviceId.parse(`unit-${unit}`),
        unit,
        profile,
        pollEveryMs: 100,
      })),
      ingest: {
        async hear({ deviceId, body }) {
          if (body.kind !== "registers") return;
          const blocks = body.blocks.map(({ address, words }) => `${address}: ${words.join(" ")}`);
          heard.push(`${deviceId} ${blocks.join(", ")}`);
        },
      },
      clock: systemClock,
      random: () => 0.5,
      links,
      problemsOf,
    },
    stop.signal,
  );
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return {
    heard,
    link: () => links.list()[0],
    reasons: (unit: number) =>
      problemsOf(`unit-${unit}`)
        .list()
        .map(({ reason }) => reason),
  };
}

describe.skipIf(!hasSocat() || !hasPymodbus())("an RTU line on a pseudo-terminal, pymodbus its units", () => {
  async function startUnits(port: string, ...units: readonly number[]): Promise<ChildProcess> {
    const script = new URL("../../../prove/peers/pymodbus_rtu.py", import.meta.url).pathname;
    const peer = spawn("/usr/bin/python3", [script, port, ...units.map(String)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(async () => {
      if (peer.exitCode !== null || peer.signalCode !== null) return;
      const gone = once(peer, "exit");
      peer.kill("SIGKILL");
      await gone;
    });
    if (peer.stdout !== null) await once(peer.stdout, "data");
    return peer;
  }

  test("gives each unit's own registers, and goes on where one of them is not there", async () => {
    const pair = await PtyPair.open();
    await startUnits(pair.deviceEnd, 1, 7);
    const bus = runBus(pair.gatewayEnd, [1, 5, 7]);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(8));
    expect(new Set(bus.heard)).toEqual(new Set(["unit-1 1: 201 401", "unit-7 1: 207 407"]));
    expect(bus.link()).toMatchObject({ kind: "modbus-rtu", linkId: `modbus-rtu ${pair.gatewayEnd}` });
  });

  test("that is pulled and plugged again is heard again", async () => {
    const pair = await PtyPair.open();
    const units = await startUnits(pair.deviceEnd, 1);
    const bus = runBus(pair.gatewayEnd, [1]);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(2));
    await pair.pull();
    await soon(() => expect(bus.link()?.state).not.toBe("connected"));
    units.kill("SIGKILL");
    await pair.plug();
    await startUnits(pair.deviceEnd, 1);
    const before = bus.heard.length;
    await soon(() => expect(bus.heard.length).toBeGreaterThan(before));
    expect(new Set(bus.heard)).toEqual(new Set(["unit-1 1: 201 401"]));
  });

  test("that another program holds is said to be held, with what to do", async () => {
    const pair = await PtyPair.open();
    await startUnits(pair.deviceEnd, 1);
    const first = runBus(pair.gatewayEnd, [1]);
    await soon(() => expect(first.link()?.state).toBe("connected"));
    const second = runBus(pair.gatewayEnd, [1]);
    await soon(() =>
      expect(second.link()?.detail).toContain("another program holds the port; end that program"),
    );
  });

  test("that is not there is said not to be there", async () => {
    const bus = runBus("/dev/no-such-port", [1]);
    await soon(() => expect(bus.link()?.detail).toContain("there is no such port"));
    expect(bus.reasons(1)).toEqual(["bus-unreachable"]);
  });
});

/** Two requests of one shape: an answer to one could pass for the answer to the other. */
const twoBlocks: ModbusProfile = {
  ...xyMd02,
  model: "two-blocks",
  fields: [
    { metric: "room-temperature", functionCode: 4, address: 0, type: "i16" },
    { metric: "relative-humidity", functionCode: 4, address: 50, type: "u16" },
  ],
};

function withSum(...bytes: readonly number[]): Buffer {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xa001 : sum >>> 1;
  }
  return Buffer.from([...bytes, sum & 0xff, sum >>> 8]);
}

type Asked = { readonly unit: number; readonly address: number; readonly atMs: number; readonly own: Buffer };

/** Units behind a serial device server. Each register holds its unit and address. */
async function openUnits(answer: (asked: Asked, socket: Socket, count: number) => void) {
  const asked: Asked[] = [];
  const line = await openLine((socket) =>
    socket.on("data", (chunk) => {
      for (let at = 0; at + 8 <= chunk.length; at += 8) {
        const [unit, address] = [chunk.readUInt8(at), chunk.readUInt16BE(at + 2)];
        const one = { unit, address, atMs: performance.now(), own: withSum(unit, 4, 2, unit, address) };
        asked.push(one);
        answer(one, socket, asked.length);
      }
    }),
  );
  return { address: `tcp://127.0.0.1:${line.port}`, asked };
}
const word = (unit: number, address: number) => unit * 256 + address;
const right = (unit: number) => `unit-${unit} 0: ${word(unit, 0)}, 50: ${word(unit, 50)}`;

describe("an RTU line", () => {
  test("whose unit answers late gives no value to another register or unit, and asks the others meanwhile", async () => {
    const units = await openUnits(({ own }, socket, count) => {
      // The first request to unit 1 is answered a second late, when unit 2 has been asked several times.
      setTimeout(() => socket.write(own), count === 1 ? 1_000 : 5);
    });
    const bus = runBus(units.address, [1, 2], twoBlocks);
    await soon(() => expect(bus.heard.filter((line) => line.startsWith("unit-1")).length).toBeGreaterThan(1));
    expect(new Set(bus.heard)).toEqual(new Set([right(1), right(2)]));
    const [first, again] = units.asked.filter(({ unit }) => unit === 1);
    expect((again?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(1_900);
    expect(bus.reasons(1)).toContain("no-reply");
    // It came while unit 2 was asked, or between two requests.
    expect([...bus.reasons(1), ...bus.reasons(2)]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(foreign-reply|unasked-bytes)$/)]),
    );
  });

  test.each<[string, (asked: Asked) => Buffer, string]>([
    [
      "answers for another",
      ({ unit, address }) => withSum(unit + 1, 4, 2, unit + 1, address),
      "foreign-reply",
    ],
    ["answers another function", ({ unit, address }) => withSum(unit, 3, 2, unit, address), "foreign-reply"],
    [
      "answers with a register more",
      ({ unit, address }) => withSum(unit, 4, 4, 9, 9, unit, address),
      "foreign-reply",
    ],
    ["answers with a wrong sum", ({ own }) => Buffer.from([...own.subarray(0, -1), 0]), "corrupt-reply"],
    [
      "is drowned by a write to all",
      ({ own }) => Buffer.concat([withSum(0, 6, 0, 1, 0, 1), own]),
      "foreign-reply",
    ],
    [
      "is drowned by noise",
      ({ own }) => Buffer.concat([Buffer.from([1, 4, 0xff, 0, 1]), own]),
      "corrupt-reply",
    ],
  ])("whose unit %s once gives no wrong value, says so, and goes on", async (_name, wrong, reason) => {
    const units = await openUnits((asked, socket, count) =>
      socket.write(count === 1 ? wrong(asked) : asked.own),
    );
    const bus = runBus(units.address, [1], twoBlocks);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(1));
    expect(new Set(bus.heard)).toEqual(new Set([right(1)]));
    expect(bus.reasons(1)).toContain(reason);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    "takes exception %i for an answer, and counts it by its code",
    async (code) => {
      const units = await openUnits(({ unit, address, own }, socket) =>
        socket.write(address === 0 ? withSum(unit, 0x84, code) : own),
      );
      const bus = runBus(units.address, [1], twoBlocks);
      await soon(() => expect(bus.heard.length).toBeGreaterThan(1));
      expect(new Set(bus.heard)).toEqual(new Set([`unit-1 50: ${word(1, 50)}`]));
      expect(bus.reasons(1)).toEqual([`modbus-exception-${code}`]);
    },
  );

  test("that babbles without end gives no value, and is left as soon as the gateway ends", async () => {
    const line = await openLine((socket) => {
      const babbling = setInterval(() => socket.write(Buffer.alloc(512, 0x01)), 5);
      socket.once("close", () => clearInterval(babbling));
    });
    const bus = runBus(`tcp://127.0.0.1:${line.port}`, [1, 2]);
    await sleep(1_500);
    expect(bus.heard).toEqual([]);
    expect(bus.reasons(1)).toContain("unasked-bytes");
  });
});
