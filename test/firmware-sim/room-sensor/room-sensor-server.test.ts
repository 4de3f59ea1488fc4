import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createRoomSensorServer } from "../../../firmware-sim/room-sensor/room-sensor-server.ts";
import { soon } from "../../support/soon.ts";

// All bytes are worked out by hand from the XY-MD02's register list (function code 04: 1 = °C × 10, signed; 2 = %RH × 10)
// and the Modbus TCP header: transaction, protocol 0, length, unit.
const bothRegisters = "00 01 00 00 00 06 01 04 00 01 00 02";

test.each<[string, string, string]>([
  ["22.4 °C and 47.5 %RH", bothRegisters, "00 01 00 00 00 07 01 04 04 00 e0 01 db"],
  ["humidity alone", "12 34 00 00 00 06 01 04 00 02 00 01", "12 34 00 00 00 05 01 04 02 01 db"],
  ["-5.1 °C in another room", "00 02 00 00 00 06 07 04 00 01 00 01", "00 02 00 00 00 05 07 04 02 ff cd"],
  ["register 0 does not exist", "00 03 00 00 00 06 01 04 00 00 00 01", "00 03 00 00 00 03 01 84 02"],
  ["a read past register 2", "00 04 00 00 00 06 01 04 00 02 00 02", "00 04 00 00 00 03 01 84 02"],
  ["no registers at all", "00 05 00 00 00 06 01 04 00 01 00 00", "00 05 00 00 00 03 01 84 03"],
  ["126 registers", "00 06 00 00 00 06 01 04 00 01 00 7e", "00 06 00 00 00 03 01 84 03"],
  [
    "holding registers are not for reading",
    "00 07 00 00 00 06 01 03 00 01 00 02",
    "00 07 00 00 00 03 01 83 01",
  ],
  ["nothing is for writing", "00 08 00 00 00 06 01 06 00 01 00 02", "00 08 00 00 00 03 01 86 01"],
])("%s", async (_name, request, reply) => {
  const line = await openLine();
  line.socket.write(bytes(request));
  await soon(() => expect(hex(line.heard())).toBe(reply));
});

test("requests in one piece, in single bytes and back to back are all answered in order", async () => {
  const line = await openLine();
  const twice = Buffer.concat([bytes(bothRegisters), bytes("00 02 00 00 00 06 01 04 00 02 00 01")]);
  line.socket.write(twice);
  for (const byte of twice) line.socket.write(Buffer.from([byte]));
  const replies = "00 01 00 00 00 07 01 04 04 00 e0 01 db 00 02 00 00 00 05 01 04 02 01 db";
  await soon(() => expect(hex(line.heard())).toBe(`${replies} ${replies}`));
});

test("a unit that is not on the line never answers, and holds nobody else up", async () => {
  const line = await openLine();
  line.socket.write(bytes("00 01 00 00 00 06 63 04 00 01 00 02"));
  line.socket.write(bytes("00 02 00 00 00 06 01 04 00 02 00 01"));
  await soon(() => expect(hex(line.heard())).toBe("00 02 00 00 00 05 01 04 02 01 db"));
});

test("a unit that is unplugged falls silent, and speaks again when it is back", async () => {
  const line = await openLine();
  line.server.unplug(1);
  line.socket.write(bytes(bothRegisters));
  line.socket.write(bytes("00 02 00 00 00 06 07 04 00 01 00 01"));
  await soon(() => expect(hex(line.heard())).toBe("00 02 00 00 00 05 07 04 02 ff cd"));

  line.server.setTemperatureCel(1, 20);
  line.socket.write(bytes("00 03 00 00 00 06 01 04 00 01 00 01"));
  await soon(() => expect(hex(line.heard())).toMatch(/00 03 00 00 00 05 01 04 02 00 c8$/));
});

test("what is not Modbus ends the connection", async () => {
  const line = await openLine();
  const closed = new Promise((resolve) => line.socket.once("close", resolve));
  line.socket.write("GET / HTTP/1.1\r\n\r\n");
  await closed;
  expect(line.heard()).toHaveLength(0);
});

async function openLine() {
  const server = await createRoomSensorServer({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => server.close());
  server.setTemperatureCel(1, 22.4);
  server.setRelativeHumidityPct(1, 47.5);
  server.setTemperatureCel(7, -5.1);

  const socket: Socket = connect(server.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  return { server, socket, heard: () => Buffer.concat(chunks) };
}

function bytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

function hex(buffer: Buffer): string {
  return buffer.toString("hex").replace(/..(?=.)/g, "$& ");
}
