import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConnect, textAt } from "../../../../gateway/transport/mqtt/connect-frame.ts";
import { CONNECT, packet, text } from "../../../support/mqtt-bytes.ts";

const read = (frame: Buffer) => readConnect(frame, 0, frame.length);

/** Fields behind the protocol's name, its level and the flags; the keep-alive is 60 s. */
const connect = (flags: number, ...fields: readonly Buffer[]) =>
  packet(0x10, text("MQTT"), Buffer.from([4, flags, 0, 60]), ...fields);

test("a CONNECT is handed on without its keep-alive, and otherwise as it came", () => {
  const found = read(CONNECT);
  expect(found).toMatchObject({
    kind: "connect",
    clientId: "bed-1",
    isCleanSession: true,
    keepAliveS: 60,
    willTopic: null,
  });
  if (found.kind !== "connect") throw new Error("expected a CONNECT");
  const restored = Buffer.from(found.handedOn);
  restored[11] = 60;
  expect(restored.toString("hex")).toBe(CONNECT.toString("hex"));
  expect(found.handedOn.readUInt16BE(10)).toBe(0);
});

test("a will's topic is read, behind it the user name and the password", () => {
  const frame = connect(
    0b1110_1100,
    ...["bed-1", "devices/bed-1/status", "offline", "bed-1", "key-1"].map(text),
  );
  expect(read(frame)).toMatchObject({ willTopic: "devices/bed-1/status", isCleanSession: false });
});

test("MQTT 3.1 goes by another name", () => {
  const frame = packet(0x10, text("MQIsdp"), Buffer.from([3, 2, 0, 60]), text("bed-1"));
  expect(read(frame)).toMatchObject({ kind: "connect", clientId: "bed-1" });
});

test.each([
  ["5", "MQTT", 5],
  ["3 under the name of 4", "MQTT", 3],
  ["a bridge", "MQTT", 0x84],
])("version %s is none that is spoken here", (_name, name, level) => {
  const frame = packet(0x10, text(name), Buffer.from([level, 2, 0, 60]), text("bed-1"));
  expect(read(frame)).toEqual({ kind: "other-version" });
});

describe("what breaks the protocol is told:", () => {
  test.each<[string, Buffer]>([
    ["flags in the first byte", packet(0x11, text("MQTT"), Buffer.from([4, 2, 0, 60]), text("bed-1"))],
    ["another protocol", packet(0x10, text("AMQP"), Buffer.from([4, 2, 0, 60]), text("bed-1"))],
    ["a reserved flag", connect(0b0000_0011, text("bed-1"))],
    ["a will of QoS 3", connect(0b0001_1110, ...["bed-1", "t", "m"].map(text))],
    ["a will's QoS without a will", connect(0b0000_1010, text("bed-1"))],
    ["a retained will without a will", connect(0b0010_0010, text("bed-1"))],
    ["a password without a user name", connect(0b0100_0010, text("bed-1"), text("key-1"))],
    ["no client id", connect(2)],
    ["a user name that does not come", connect(0b1000_0010, text("bed-1"))],
    ["bytes behind the last field", connect(2, text("bed-1"), Buffer.from("more"))],
    ["a name that is no text", connect(2, Buffer.from([0, 2, 0xc3, 0x28]))],
    ["a name with a zero", connect(2, text("bed\0"))],
    ["nothing", packet(0x10)],
  ])("%s", (_name, frame) => {
    expect(read(frame).kind).toBe("broken");
  });
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (body) => {
      const frame = packet(0x10, text("MQTT"), Buffer.from([4]), Buffer.from(body.subarray(0, 110)));
      expect(["connect", "broken"]).toContain(read(frame).kind);
    }),
  );
});

test("text is UTF-8 without a zero, and a byte order mark is text too", () => {
  const at = (bytes: Buffer) => textAt(bytes, 0, bytes.length);
  expect(at(Buffer.from("Bett-ä"))).toBe("Bett-ä");
  expect(at(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe("\ufeffa");
  expect(at(Buffer.from([0xed, 0xa0, 0x80]))).toBeNull();
  expect(at(Buffer.from("a\0"))).toBeNull();
});
