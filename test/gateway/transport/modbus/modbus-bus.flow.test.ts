import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import { xyMd02 } from "../../../../devices/profiles/xy-md02.ts";
import { ProblemCounts } from "../../../../gateway/ingest/problem-counts.ts";
import { systemClock } from "../../../../gateway/moment.ts";
import { LinkBook } from "../../../../gateway/transport/link-book.ts";
import { runModbusBus } from "../../../../gateway/transport/modbus/modbus-bus.ts";
import { XY_MD02_TCP_REPLY_BODY } from "../../../fixtures/golden.ts";
import { freePort } from "../../../support/free-port.ts";
import { openLine } from "../../../support/loopback.ts";
import { soon } from "../../../support/soon.ts";

/** A Modbus TCP frame by hand: transaction, protocol 0, length, then unit, function and data. */
function frame(transaction: number, body: Uint8Array): Buffer {
  return Buffer.from([transaction >> 8, transaction & 0xff, 0, 0, 0, body.length, ...body]);
}
const withUnit = (unit: number, body: Uint8Array) => Uint8Array.from([unit, ...body.subarray(1)]);
const exception = (unit: number, code: number) => Uint8Array.from([unit, 0x84, code]);

type Asked = { readonly transaction: number; readonly unit: number };
type Answer = (asked: Asked, socket: Socket, count: number) => void;

/** A device that answers each request as told; requests of this protocol's reads are twelve bytes long. */
function openDevice(answer: Answer) {
  let count = 0;
  return openLine((socket) =>
    socket.on("data", (chunk) => {
      for (let at = 0; at + 12 <= chunk.length; at += 12) {
        count += 1;
        answer({ transaction: chunk.readUInt16BE(at), unit: chunk.readUInt8(at + 6) }, socket, count);
      }
    }),
  );
}

const reply: Answer = ({ transaction, unit }, socket) =>
  void socket.write(frame(transaction, withUnit(unit, XY_MD02_TCP_REPLY_BODY)));

function runBus(port: number, units: readonly number[] = [1]) {
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
      way: { kind: "tcp", host: "127.0.0.1", port },
      units: units.map((unit) => ({
        deviceId: DeviceId.parse(`climate-${unit}`),
        unit,
        profile: xyMd02,
        pollEveryMs: 50,
      })),
      ingest: {
        async hear({ deviceId, body }) {
          if (body.kind === "registers")
            heard.push(`${deviceId} ${body.blocks.flatMap(({ words }) => words).join(" ")}`);
        },
      },
      clock: systemClock,
      random: () => 1,
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
    problemOf: (unit: number) => problemsOf(`climate-${unit}`).list(),
    state: () => links.list()[0]?.state,
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

describe("a Modbus bus", () => {
  test("asks each of its units in turn, and again every period, one request at a time", async () => {
    let underWay = 0;
    const device = await openDevice((asked, socket, count) => {
      underWay += 1;
      expect(underWay).toBe(1);
      setTimeout(() => {
        underWay -= 1;
        reply(asked, socket, count);
      }, 5);
    });
    const bus = runBus(device.port, [1, 7]);
    await soon(() => expect(bus.heard.length).toBeGreaterThanOrEqual(4));
    expect(bus.heard.slice(0, 4)).toEqual([
      "climate-1 247 513",
      "climate-7 247 513",
      "climate-1 247 513",
      "climate-7 247 513",
    ]);
    expect(bus.state()).toBe("connected");
  });

  test("reads, with function 4, and writes nothing", async () => {
    const device = await openDevice(reply);
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(1));
    for (const request of device.heard)
      expect(request.subarray(2).toString("hex")).toBe("00000006010400010002");
  });

  test("takes an exception for an answer: counted, with its meaning, and asked again as usual", async () => {
    const device = await openDevice(({ transaction, unit }, socket, count) =>
      count < 3
        ? void socket.write(frame(transaction, exception(unit, 6)))
        : reply({ transaction, unit }, socket, count),
    );
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(0));
    expect(bus.problemOf(1)).toEqual([
      expect.objectContaining({
        reason: "modbus-exception-6",
        count: 2,
        detail: expect.stringContaining("server device busy"),
      }),
    ]);
  });

  test("asks a unit that refuses the registers together for each of them from then on, and hands them on as one", async () => {
    const device = await openDevice(({ transaction, unit }, socket) => {
      const asked = device.heard.at(-1) ?? Buffer.alloc(12);
      if (asked.readUInt16BE(10) === 2) return void socket.write(frame(transaction, exception(unit, 2)));
      return void socket.write(
        frame(transaction, Uint8Array.from([unit, 4, 2, 0, asked.readUInt16BE(8) + 6])),
      );
    });
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(2));
    expect(new Set(bus.heard)).toEqual(new Set(["climate-1 7 8"]));
    expect(bus.problemOf(1)).toEqual([expect.objectContaining({ reason: "modbus-exception-2", count: 1 })]);
  });

  test("that is mute for one unit goes on with the other", async () => {
    const device = await openDevice((asked, socket, count) => {
      if (asked.unit !== 9) reply(asked, socket, count);
    });
    const bus = runBus(device.port, [9, 1]);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(1));
    expect(bus.problemOf(9)[0]).toMatchObject({
      reason: "no-reply",
      detail: expect.stringContaining("unit 9, function 4, addresses 1 to 2"),
    });
    expect(bus.problemOf(1)).toEqual([]);
    expect(new Set(bus.heard)).toEqual(new Set(["climate-1 247 513"]));
  });

  test("takes no reply that was not asked for, and none that belongs to another request", async () => {
    const device = await openDevice(({ transaction, unit }, socket, count) => {
      const stale = Uint8Array.from([unit, 4, 4, 0, 99, 0, 99]);
      socket.write(frame(transaction + 40, stale));
      if (count > 1) socket.write(frame(transaction - 1, stale));
      reply({ transaction, unit }, socket, count);
    });
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(4));
    expect(new Set(bus.heard)).toEqual(new Set(["climate-1 247 513"]));
  });

  test.each<[string, (unit: number) => Uint8Array]>([
    ["of another unit", (unit) => withUnit(unit + 1, XY_MD02_TCP_REPLY_BODY)],
    ["of another function", (unit) => Uint8Array.from([unit, 3, 4, 0, 1, 0, 2])],
    ["of one register too few", (unit) => Uint8Array.from([unit, 4, 2, 0, 1])],
    ["of one register too many", (unit) => Uint8Array.from([unit, 4, 6, 0, 1, 0, 2, 0, 3])],
    ["that says it is longer than it is", (unit) => Uint8Array.from([unit, 4, 40, 0, 1, 0, 2])],
  ])("takes no reply %s for a value", async (_name, body) => {
    const device = await openDevice(({ transaction, unit }, socket, count) =>
      count === 1
        ? void socket.write(frame(transaction, body(unit)))
        : reply({ transaction, unit }, socket, count),
    );
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(0));
    expect(new Set(bus.heard)).toEqual(new Set(["climate-1 247 513"]));
    expect(bus.problemOf(1)).toHaveLength(1);
  });

  test("that is dropped in the middle of a request is connected to again", async () => {
    const device = await openDevice((asked, socket, count) =>
      count === 1 ? void socket.destroy() : reply(asked, socket, count),
    );
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(0));
    expect(device.sockets.length).toBe(2);
  });

  test("that is mute for all is given up and connected to anew, though the other side closes nothing", async () => {
    const device = await openDevice((asked, socket, count) => {
      if (count > 5) reply(asked, socket, count);
    });
    const bus = runBus(device.port, [1, 2, 3, 4, 5]);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(0));
    expect(device.sockets.length).toBe(2);
  }, 12_000);

  test("that nobody answers is tried again, counted for each unit, and said to be down", async () => {
    const bus = runBus(await freePort(), [1, 2]);
    await soon(() => expect(bus.problemOf(2)[0]).toMatchObject({ reason: "bus-unreachable" }));
    expect([bus.problemOf(1)[0]?.reason, bus.state()]).toEqual(["bus-unreachable", "down"]);
  });

  test("ends when it is told to, and leaves its connection", async () => {
    const device = await openDevice(reply);
    const bus = runBus(device.port);
    await soon(() => expect(bus.heard.length).toBeGreaterThan(0));
    const left = new Promise((resolve) => device.sockets[0]?.once("close", resolve));
    await bus.end();
    device.sockets[0]?.end();
    await left;
    expect(device.sockets).toHaveLength(1);
  });
});
