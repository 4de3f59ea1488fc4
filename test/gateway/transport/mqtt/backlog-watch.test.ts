import { describe, expect, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import { BacklogWatch } from "../../../../gateway/transport/mqtt/backlog-watch.ts";

const EVERY_MS = 5_000;
const devices = Array.from({ length: 200 }, (_, n) => DeviceId.parse(`pad-${n}`));
const [pad, other, third] = [DeviceId.parse("pad-0"), DeviceId.parse("pad-1"), DeviceId.parse("pad-2")];

/** Hears a device at a time since the connection; the acknowledgement takes 4 ms. */
function hear(watch: BacklogWatch, deviceId: DeviceId, atMs: number): "old" | "news" {
  const mayBeOld = watch.mayBeOld(deviceId, EVERY_MS, atMs);
  watch.acknowledged(atMs + 4);
  return mayBeOld ? "old" : "news";
}

describe("of what a broker delivers after an absence", () => {
  test("an hour's queue of two hundred beds is old to its last message, and what follows is news", () => {
    const watch = new BacklogWatch();
    let atMs = 20;
    const told: string[] = [];
    for (let round = 0; round < 720; round++) {
      for (const device of devices) {
        told.push(hear(watch, device, atMs));
        atMs += 5;
      }
    }
    expect(new Set(told)).toEqual(new Set(["old"]));
    const live = devices.map((device, n) => hear(watch, device, atMs + EVERY_MS + n * 30));
    expect(new Set(live)).toEqual(new Set(["news"]));
  });

  test("one message right after connecting is old, though no queue is to be seen", () => {
    const watch = new BacklogWatch();
    expect(hear(watch, pad, 40)).toBe("old");
    expect(hear(watch, pad, 40 + EVERY_MS)).toBe("news");
  });

  test("a device that was silent, and speaks long after, is news at once", () => {
    const watch = new BacklogWatch();
    hear(watch, other, 40);
    expect(hear(watch, pad, 60_000)).toBe("news");
  });

  test("a device that was heard live may speak as fast as it likes", () => {
    const watch = new BacklogWatch();
    hear(watch, pad, 40);
    hear(watch, pad, 5_040);
    expect([hear(watch, pad, 5_050), hear(watch, pad, 5_055)]).toEqual(["news", "news"]);
  });

  /** Who speaks, when after the connection, and how it is taken. */
  type Said = readonly [DeviceId, number, "old" | "news"];
  test.each<[string, readonly Said[]]>([
    [
      "whose first message is slow to come does not pass for live",
      [
        ...Array.from({ length: 300 }, (_, n): Said => [pad, 100 + n * 8, "old"]),
        [other, 2_500, "old"],
        [other, 2_508, "old"],
        [pad, 2_516, "old"],
      ],
    ],
    [
      "whose first message of all comes late is a queue all the same",
      [
        [pad, 2_600, "old"],
        [other, 2_608, "old"],
        [third, 2_616, "old"],
      ],
    ],
    [
      "that falters makes nobody news who first stands far behind in it",
      [
        [pad, 10, "old"],
        [pad, 60, "old"],
        ...Array.from({ length: 300 }, (_, n): Said => [pad, 68 + n * 8, "old"]),
        [other, 2_470, "old"],
        [other, 2_478, "old"],
        [pad, 2_486, "old"],
      ],
    ],
    [
      "that falters just before a device's first message, far behind in it, is old all the same",
      [
        ...Array.from({ length: 300 }, (_, n): Said => [pad, 10 + n * 8, "old"]),
        [other, 2_470, "old"],
        [third, 2_478, "old"],
        [pad, 2_486, "old"],
      ],
    ],
    [
      "is over for all who go on at their pace, however close they speak together",
      [
        [pad, 10, "old"],
        [other, 18, "old"],
        [third, 26, "old"],
        [pad, 5_000, "news"],
        [other, 5_006, "news"],
        [third, 5_012, "news"],
      ],
    ],
  ])("a queue %s", (_name, said) => {
    const watch = new BacklogWatch();
    const taken = said.map(([deviceId, atMs]) => hear(watch, deviceId, atMs));
    expect(taken).toEqual(said.map(([, , expected]) => expected));
  });

  test("a queue that trickles past two seconds makes nobody's first message news without a pause", () => {
    const watch = new BacklogWatch();
    const told = devices.map((device, n) => hear(watch, device, 10 + n * 15));
    expect(new Set(told)).toEqual(new Set(["old"]));
  });
});
