import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAt, readPublish } from "../../../../gateway/transport/mqtt/publish-frame.ts";
import { packet, text } from "../../../support/mqtt-bytes.ts";

const READINGS = "devices/bed-1/readings";
const ID_7 = Buffer.from([0, 7]);

/** As a chunk brings it: other bytes before and behind. */
function read(frame: Buffer) {
  const bytes = Buffer.concat([Buffer.from([0xc0, 0]), frame, Buffer.from([0xc0, 0])]);
  const found = readPublish(bytes, 2, 2 + frame.length);
  if (found === null) return null;
  return {
    ...found,
    topic: bytes.toString("utf8", found.topicStart, found.topicEnd),
    payload: bytes.toString("utf8", found.payloadStart, 2 + frame.length),
  };
}

test("a publish of QoS 1 is read where it stands", () => {
  expect(read(packet(0x3b, text(READINGS), ID_7, Buffer.from("{}")))).toMatchObject({
    qos: 1,
    isRepeat: true,
    isRetained: true,
    topic: READINGS,
    packetId: 7,
    payload: "{}",
  });
});

test("one of QoS 0 has no packet id, and may have no payload", () => {
  expect(read(packet(0x30, text(READINGS)))).toMatchObject({
    qos: 0,
    packetId: 0,
    topic: READINGS,
    payload: "",
  });
});

describe("what breaks the protocol is refused:", () => {
  test.each<[string, Buffer]>([
    ["a QoS of 3", packet(0x36, text(READINGS), ID_7)],
    ["no topic", packet(0x32, text(""), ID_7)],
    ["a topic that reaches past the end", packet(0x30, Buffer.from([0, 9]), Buffer.from("short"))],
    ["no bytes at all", packet(0x30)],
    ["half a topic's length", packet(0x30, Buffer.from([0]))],
    ["no packet id with QoS 1", packet(0x32, text(READINGS))],
    ["half a packet id", packet(0x32, text(READINGS), Buffer.from([7]))],
    ["a packet id of 0", packet(0x32, text(READINGS), Buffer.from([0, 0]))],
    ["a repetition with QoS 0", packet(0x38, text(READINGS))],
  ])("%s", (_name, frame) => {
    expect(read(frame)).toBeNull();
  });
});

test("no bytes make it read past the frame", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 0x30, max: 0x3f }), (body, header) => {
      const found = read(packet(header, Buffer.from(body)));
      if (found === null) return;
      expect(found.payloadStart).toBeLessThanOrEqual(4 + body.length);
      expect(found.topicEnd).toBeGreaterThan(found.topicStart);
    }),
  );
});

test("a topic is the wanted one only byte for byte", () => {
  const wanted = Buffer.from(READINGS);
  const at = (topic: string) => isAt(Buffer.from(`..${topic}..`), 2, 2 + Buffer.byteLength(topic), wanted);
  expect(at(READINGS)).toBe(true);
  for (const other of [
    "devices/bed-2/readings",
    `${READINGS}/`,
    "devices/bed-1/reading",
    "Devices/bed-1/readings",
  ])
    expect(at(other)).toBe(false);
});
