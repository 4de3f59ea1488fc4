import { describe, expect, test } from "vitest";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import {
  hearRoom,
  initialRoomState,
  nextRoomDueMonoMs,
  passRoomTime,
  type RoomState,
  restoredRoom,
} from "../../../gateway/interpret/room.ts";
import { at } from "../../support/moments.ts";
import { evidence } from "../../support/records.ts";
import { CLIMATE, roomPlace } from "../../support/wards.ts";

/** Limits: 21 to 24 °C with a band of 0.3, at most 60 % with a band of 2; a change waits 30 s. The sensor is due every 5 s. */
class Room {
  readonly place = roomPlace();
  readonly told: string[] = [];
  readonly events: BedEvent[] = [];
  state: RoomState = initialRoomState;
  second = 0;

  measures(celsius: number | null, humidityPct: number | null = 50): this {
    const now = at(this.second);
    if (celsius !== null)
      this.#take(
        hearRoom(this.place, this.state, evidence("room-temperature", celsius, now.atMs, CLIMATE), now),
      );
    if (humidityPct !== null)
      this.#take(
        hearRoom(this.place, this.state, evidence("relative-humidity", humidityPct, now.atMs, CLIMATE), now),
      );
    return this;
  }

  /** Measures the same every five seconds for so long, from now on. */
  keepsMeasuring(celsius: number, humidityPct: number, seconds: number): this {
    for (let left = seconds; left > 0; left -= 5) this.measures(celsius, humidityPct).passes(5);
    return this;
  }

  passes(seconds: number): this {
    for (let left = seconds; left > 0; left--) {
      this.second += 1;
      const due = nextRoomDueMonoMs(this.place, this.state);
      if (due !== null && due <= at(this.second).monoMs)
        this.#take(passRoomTime(this.place, this.state, at(this.second)));
    }
    return this;
  }

  #take({ state, events }: { state: RoomState; events: readonly BedEvent[] }): void {
    this.state = state;
    this.events.push(...events);
    for (const event of events) if ("to" in event) this.told.push(`${this.second} s: ${event.to}`);
  }
}

const goodRoom = () => new Room().keepsMeasuring(22, 50, 30);

describe("a room", () => {
  test("is within its limits once both its values are known, and at once", () => {
    expect(new Room().measures(22, null).told).toEqual([]);
    expect(new Room().measures(22, 50).told).toEqual(["0 s: within-limits"]);
  });

  test.each<[string, number | null, number | null, string[]]>([
    ["too warm, its humidity unknown", 24.1, null, ["0 s: out-of-limits"]],
    ["too cold", 20.9, 50, ["0 s: out-of-limits"]],
    ["too damp, its temperature unknown", null, 60.1, ["0 s: out-of-limits"]],
    ["at its limits", 24, 60, ["0 s: within-limits"]],
  ])("%s", (_name, celsius, humidityPct, told) => {
    expect(new Room().measures(celsius, humidityPct).told).toEqual(told);
  });

  test("is out of its limits once it was for thirty seconds", () => {
    const room = goodRoom().keepsMeasuring(25, 50, 35);
    expect(room.told).toEqual(["0 s: within-limits", "60 s: out-of-limits"]);
  });

  test("whose door stood open for a moment stays within", () => {
    const room = goodRoom().keepsMeasuring(25, 50, 20).keepsMeasuring(22, 50, 60);
    expect(room.told).toEqual(["0 s: within-limits"]);
  });

  test("at its limit does not flap: it is within again only a band inside", () => {
    const room = goodRoom().keepsMeasuring(24.1, 50, 35);
    expect(room.keepsMeasuring(23.8, 50, 120).state.condition).toBe("out-of-limits");
    expect(room.keepsMeasuring(23.6, 50, 35).state.condition).toBe("within-limits");
    expect(room.keepsMeasuring(24, 50, 120).state.condition).toBe("within-limits");
  });

  test("whose sensor falls silent is not known, and known again with its first words", () => {
    const room = goodRoom().passes(70).measures(22, 50);
    expect(room.told).toEqual(["0 s: within-limits", "86 s: unknown", "100 s: within-limits"]);
    expect(room.events[1]).toMatchObject({ by: { kind: "silence", deviceId: CLIMATE } });
  });

  test("of which one side has fallen silent is not known, however much the other says", () => {
    const room = new Room().keepsMeasuring(22, 50, 60);
    for (let n = 0; n < 30; n++) room.measures(22, null).passes(5);
    expect(room.state.condition).toBe("unknown");
    room.keepsMeasuring(22, 50, 10);
    expect(room.state.condition).toBe("within-limits");
  });

  test("after a start is what it was, until its sensor says otherwise or nothing", () => {
    const room = new Room();
    room.state = restoredRoom(
      room.place,
      { climate: "out-of-limits", pressure: "unknown", findings: [] },
      at(0),
    );
    expect(room.measures(22, null).told).toEqual([]);
    expect(room.keepsMeasuring(22, 50, 35).told).toEqual(["30 s: within-limits"]);
    const silent = new Room();
    silent.state = restoredRoom(
      silent.place,
      { climate: "within-limits", pressure: "unknown", findings: [] },
      at(0),
    );
    expect(silent.passes(61).told).toEqual(["61 s: unknown"]);
  });

  test("tells each of its beds, on the wire", () => {
    const room = new Room().measures(25);
    expect(room.events.map((event) => event.bedId)).toEqual(room.place.bedIds);
    expect(BedEvent.array().parse(room.events)).toEqual(room.events);
  });

  test("listens to its own sensor, and to nothing but its climate", () => {
    const room = goodRoom();
    const readings = [
      evidence("room-temperature", 40, 0, "other-climate"),
      evidence("battery", 1, 0, CLIMATE),
      evidence("room-temperature", null, 0, CLIMATE),
    ];
    for (const reading of readings)
      expect(hearRoom(room.place, room.state, reading, at(31))).toEqual({ state: room.state, events: [] });
  });
});
