import { describe, expect, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import { BacklogWatch } from "../../../../gateway/transport/mqtt/backlog-watch.ts";

const EVERY_MS = 5_000;
const devices = Array.from({ length: 200 }, (_, n) => DeviceId.parse(`pad-${n}`));
const [pad = DeviceId.parse("pad"), other = DeviceId.parse("other")] = devices;

/** Hears a device at a time since the connection; the acknowledgement takes 4 ms. */
function hear(watch: BacklogWatch, deviceId: DeviceId, atMs: number): "old" | "news" {
  const mayBeOld = watch.mayBeOld(deviceId, EVERY_MS, atMs);
  watch.acknowledged(atMs + 4);
  return mayBeOld ? "old" : "news";
}

describe("of what a broker delivers after an absence", () => {
  test("an hour's queue of two hundred beds is old to its last message, and what follows is news", () => {
    const watch = new BacklogWatch(0);
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
    const watch = new BacklogWatch(0);
    expect(hear(watch, pad, 40)).toBe("old");
    expect(hear(watch, pad, 40 + EVERY_MS)).toBe("news");
  });

  test("a device that was silent, and speaks long after, is news at once", () => {
    const watch = new BacklogWatch(0);
    hear(watch, other, 40);
    expect(hear(watch, pad, 60_000)).toBe("news");
  });

  test("a device that was heard live may speak as fast as it likes", () => {
    const watch = new BacklogWatch(0);
    hear(watch, pad, 40);
    hear(watch, pad, 5_040);
    expect([hear(watch, pad, 5_050), hear(watch, pad, 5_055)]).toEqual(["news", "news"]);
  });

  test("a queue that trickles past two seconds makes nobody's first message news without a pause", () => {
    const watch = new BacklogWatch(0);
    const told = devices.map((device, n) => hear(watch, device, 10 + n * 15));
    expect(new Set(told)).toEqual(new Set(["old"]));
  });
});
