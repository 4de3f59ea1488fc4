import { expect, test } from "vitest";
import { isFilterFrame } from "../../../../gateway/transport/mqtt/filter-frame.ts";
import { SUBSCRIPTIONS_MAX } from "../../../../gateway/transport/mqtt/limits.ts";
import { packet, text } from "../../../support/mqtt-bytes.ts";

const ID = Buffer.of(0, 7);
const filter = (bytes: Buffer) => Buffer.concat([Buffer.of(0, bytes.length), bytes]);

const few = Array.from({ length: SUBSCRIPTIONS_MAX }, (_, n) => text(`${n}`));

test.each<[string, boolean, number, Buffer[]]>([
  ["a subscription", true, 0x82, [ID, text("a/#"), Buffer.of(1)]],
  ["several subscriptions", true, 0x82, [ID, text("a"), Buffer.of(2), text("b"), Buffer.of(0)]],
  ["an end of subscriptions", true, 0xa2, [ID, text("a"), text("b")]],
  ["as many as a device may have", true, 0xa2, [ID, ...few]],
  ["one more", false, 0xa2, [ID, ...few, text("x")]],
  ["a packet id of 0", false, 0x82, [Buffer.of(0, 0), text("a"), Buffer.of(1)]],
  ["an empty filter", false, 0x82, [ID, text(""), Buffer.of(1)]],
  ["a QoS of 3", false, 0x82, [ID, text("a"), Buffer.of(3)]],
  ["no QoS", false, 0x82, [ID, text("a")]],
  ["a filter that reaches past the end", false, 0xa2, [ID, Buffer.of(0, 9, 0x61)]],
  ["half a length", false, 0xa2, [ID, text("a"), Buffer.of(0)]],
  ["bytes that are no UTF-8", false, 0x82, [ID, filter(Buffer.of(0xed, 0xa0, 0x80)), Buffer.of(1)]],
  ["a null character", false, 0xa2, [ID, filter(Buffer.of(0x61, 0))]],
])("%s: %s", (_name, isWell, header, fields) => {
  const frame = packet(header, ...fields);
  expect(isFilterFrame(frame, 0, frame.length)).toBe(isWell);
});
