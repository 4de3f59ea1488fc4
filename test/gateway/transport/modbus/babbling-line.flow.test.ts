/** Peers that send without a pause what nobody asked for: a request ends in time all the same, and the process lives. */
import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReadRequest } from "../../../../devices/modbus/read-request.ts";
import { systemClock } from "../../../../gateway/moment.ts";
import { openTcpLine } from "../../../../gateway/transport/line/tcp-line.ts";
import { type ModbusMaster, ODDITIES_MAX } from "../../../../gateway/transport/modbus/answer.ts";
import { RtuMaster } from "../../../../gateway/transport/modbus/rtu-master.ts";
import { TcpMaster } from "../../../../gateway/transport/modbus/tcp-master.ts";
import { openLine } from "../../../support/loopback.ts";

const REQUEST: ReadRequest = { unit: 1, functionCode: 4, address: 1, count: 125 };
/** A whole frame of another transaction. */
const FOREIGN_TCP = Buffer.of(0x77, 0x77, 0, 0, 0, 3, 1, 0x84, 2);
/** A broadcast that writes a register, with its right check sum. */
const FOREIGN_RTU = Buffer.of(0x00, 0x06, 0x00, 0x01, 0x00, 0x03, 0x99, 0xda);
/** At each third byte the reply to the request may begin, and never does. */
const TEASING_RTU = Buffer.of(1, 4, 250);

/** Writes whenever the other side takes it, in pieces of many whole frames. */
function flood(socket: Socket, frame: Buffer, framesAtOnce: number): void {
  const piece = Buffer.concat(Array.from({ length: framesAtOnce }, () => frame));
  const go = () => {
    if (socket.destroyed) return;
    if (socket.write(piece)) setImmediate(go);
    else socket.once("drain", go);
  };
  go();
}

async function askOf(
  frame: Buffer,
  framesAtOnce: number,
  masterOver: (line: Awaited<ReturnType<typeof openTcpLine>>) => ModbusMaster,
) {
  const peer = await openLine((socket) => socket.once("data", () => flood(socket, frame, framesAtOnce)));
  const line = await openTcpLine("127.0.0.1", peer.port, new AbortController().signal);
  onTestFinished(() => line.close());
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 10);
  onTestFinished(() => clearInterval(ticking));
  const began = performance.now();
  const answer = await masterOver(line).ask(REQUEST);
  return { answer, tookMs: performance.now() - began, ticks };
}

describe("a line that never pauses", () => {
  test.each<[string, Buffer, number, (line: Awaited<ReturnType<typeof openTcpLine>>) => ModbusMaster]>([
    ["with whole frames over TCP", FOREIGN_TCP, 20, (line) => new TcpMaster(line, systemClock)],
    ["with frames of others on RTU", FOREIGN_RTU, 400, (line) => new RtuMaster(line, 115_200, systemClock)],
    [
      "with what may begin a reply on RTU",
      TEASING_RTU,
      1_000,
      (line) => new RtuMaster(line, 115_200, systemClock),
    ],
  ])(
    "%s ends the question about in time, while other timers run, and tells a few oddities",
    async (_name, frame, framesAtOnce, masterOver) => {
      const { answer, tookMs, ticks } = await askOf(frame, framesAtOnce, masterOver);
      expect(["silent", "lost"]).toContain(answer.outcome.kind);
      expect(tookMs).toBeLessThan(3_000);
      if (tookMs > 300) expect(ticks).toBeGreaterThan(5);
      expect(answer.oddities.length).toBeLessThanOrEqual(ODDITIES_MAX);
    },
  );
});
