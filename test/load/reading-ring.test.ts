import { expect, test } from "vitest";
import { connectFrame, publishFrame } from "./mqtt-frames.ts";
import { ClockDigits, ReadingRing } from "./reading-ring.ts";

const BASE = "urn:dev:ops:32473-load-0007:";

function sentBy(ring: ReadingRing, clock: ClockDigits, slot: number, count: number) {
  const text = ring.fill(slot, count, clock).toString("latin1");
  return [...text.matchAll(/\[\{.*?\}\]/g)].map(([pack]) => JSON.parse(pack)[0]);
}

test("every message of a device is a reading of its own", () => {
  const ring = new ReadingRing(7, 4);
  const clock = new ClockDigits();
  clock.refresh(1_732_400_000_123);
  const first = sentBy(ring, clock, 0, 4);
  const second = sentBy(ring, clock, 2, 2);
  expect(first).toHaveLength(4);
  expect(first[0]).toEqual({ bn: BASE, bt: 1_732_400_000.123, n: "load", u: "kg", v: 70 });
  const values = [...first, ...second].map(({ v }) => v);
  expect(new Set(values).size).toBe(6);
  expect(values.toSorted()).toEqual(values);
});

test("the clock's digits follow the clock", () => {
  const ring = new ReadingRing(7, 1);
  const clock = new ClockDigits();
  clock.refresh(1_732_400_000_001);
  sentBy(ring, clock, 0, 1);
  clock.refresh(1_732_400_001_000);
  expect(sentBy(ring, clock, 0, 1)[0].bt).toBe(1_732_400_001);
});

test("frames are those of the standard", () => {
  // MQTT 3.1.1, 3.1 and 3.3: client id and user name "d", password "k", clean session.
  const connect = connectFrame({ clientId: "d", password: "k", isClean: true });
  expect(connect.toString("hex")).toBe("101300044d51545404c200000001640001640001" + "6b");
  const publish = publishFrame({ topic: "a", payload: Buffer.from("x"), qos: 1, packetId: 258 });
  expect(publish.toString("hex")).toBe("3206" + "000161" + "0102" + "78");
  const again = publishFrame({
    topic: "a",
    payload: Buffer.alloc(200),
    qos: 2,
    packetId: 1,
    isRepeat: true,
  });
  expect(again.subarray(0, 3).toString("hex")).toBe("3ccd01");
});
