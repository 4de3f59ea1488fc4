/** An isolation room: 2.5 Pa against the corridor, a band of 0.5 Pa, a median of 30 s, a minute's grace for the door. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import {
  hearRoom,
  initialRoomState,
  nextRoomDueMonoMs,
  passRoomTime,
  type RoomState,
  restoredRoom,
  toStoredRoom,
  watchRoom,
} from "../../../gateway/interpret/room.ts";
import { at } from "../../support/moments.ts";
import { evidence } from "../../support/records.ts";
import { CLIMATE, PRESSURE, ROOM, type SmallHospital, topology } from "../../support/wards.ts";

const EVERY_SECONDS = 2;

class IsolationRoom {
  readonly place;
  readonly told: string[] = [];
  readonly events: BedEvent[] = [];
  state: RoomState = initialRoomState;
  second = 0;

  constructor(small: SmallHospital = {}) {
    const place = topology({
      isolation: "negative-pressure",
      withoutClimateLimits: true,
      ...small,
    }).rooms.get(ROOM);
    if (place === undefined) throw new Error("expected a room");
    this.place = place;
  }

  measures(pascal: number, doorOpen = false): this {
    const now = at(this.second);
    for (const [metric, value] of [
      ["differential-pressure", pascal],
      ["door-open", doorOpen],
    ] as const) {
      const reading = evidence(metric, value, now.atMs, PRESSURE);
      this.state = watchRoom(this.state, EVERY_SECONDS * 1_000, { reading, badReason: null, now });
      this.#take(hearRoom(this.place, this.state, reading, now));
    }
    return this.passes(EVERY_SECONDS);
  }

  keepsMeasuring(pascal: number, seconds: number, doorOpen = false): this {
    for (let left = seconds; left > 0; left -= EVERY_SECONDS) this.measures(pascal, doorOpen);
    return this;
  }

  isWarm(celsius: number): this {
    for (const [metric, value] of [
      ["room-temperature", celsius],
      ["relative-humidity", 50],
    ] as const)
      this.#take(
        hearRoom(
          this.place,
          this.state,
          evidence(metric, value, at(this.second).atMs, CLIMATE),
          at(this.second),
        ),
      );
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

const holding = () => new IsolationRoom().keepsMeasuring(-8, 60);

describe("an isolation room", () => {
  test("holds once three readings say so, and names the one in the middle", () => {
    const room = new IsolationRoom().measures(-8).measures(-7.5).measures(-9);
    expect(room.told).toEqual(["4 s: within-limits"]);
    expect(room.events[0]).toMatchObject({
      evidence: [{ metric: "door-open" }, { value: -8 }, { value: -9 }],
    });
    expect(BedEvent.array().parse(room.events)).toEqual(room.events);
  });

  test.each([
    ["negative-pressure", -2.5, "within-limits"],
    ["negative-pressure", -2.4, "out-of-limits"],
    ["negative-pressure", 8, "out-of-limits"],
    ["positive-pressure", 2.5, "within-limits"],
    ["positive-pressure", 2.4, "out-of-limits"],
    ["positive-pressure", -8, "out-of-limits"],
  ] as const)("of %s at %d Pa is %s", (isolation, pascal, condition) => {
    expect(new IsolationRoom({ isolation }).keepsMeasuring(pascal, 10).state.condition).toBe(condition);
  });

  test("is not out of limits for a gust of a few seconds", () => {
    expect(holding().keepsMeasuring(0, 12).keepsMeasuring(-8, 60).told).toEqual(["4 s: within-limits"]);
  });

  test("is out of limits once half of its half minute is", () => {
    const room = holding().keepsMeasuring(0, 40);
    expect(room.told).toEqual(["4 s: within-limits", expect.stringMatching(/^7[4-8] s: out-of-limits$/)]);
  });

  test("at its limit does not flap: it holds again only a band past it", () => {
    const room = holding().keepsMeasuring(-2.4, 60);
    expect(room.keepsMeasuring(-2.9, 120).state.condition).toBe("out-of-limits");
    expect(room.keepsMeasuring(-3, 60).state.condition).toBe("within-limits");
    expect(room.keepsMeasuring(-2.5, 120).state.condition).toBe("within-limits");
  });

  test("holds while a bed is wheeled through its door, and for a minute after", () => {
    const room = holding().keepsMeasuring(-0.2, 90, true).keepsMeasuring(-1, 50).keepsMeasuring(-8, 120);
    expect(room.told).toEqual(["4 s: within-limits"]);
  });

  test("whose door has been shut for more than a minute is judged by its pressure again", () => {
    const room = holding().keepsMeasuring(-0.2, 20, true).keepsMeasuring(-1, 90);
    expect(room.state.condition).toBe("out-of-limits");
  });

  test("whose door stands open for more than five minutes does not isolate", () => {
    const room = holding().keepsMeasuring(-0.2, 290, true);
    expect(room.state.condition).toBe("within-limits");
    expect(room.keepsMeasuring(-0.2, 40, true).state.condition).toBe("out-of-limits");
  });

  test("whose door is opened again and again is not excused for ever", () => {
    const room = holding();
    for (let opening = 0; opening < 12; opening++)
      room.keepsMeasuring(-0.5, 10, true).keepsMeasuring(-0.5, 30);
    expect(room.state.condition).toBe("out-of-limits");
  });

  test("whose sensor falls silent is not known, and holds again only after its readings", () => {
    const room = holding().passes(70);
    expect(room.told.at(-1)).toMatch(/unknown$/);
    expect(room.events.at(-1)).toMatchObject({ by: { kind: "silence", deviceId: PRESSURE }, evidence: [] });
    expect(room.measures(-8).state.condition).toBe("unknown");
    expect(room.keepsMeasuring(-8, 10).state.condition).toBe("within-limits");
  });

  test("is as good as the worse of its pressure and its climate", () => {
    const room = new IsolationRoom({ withoutClimateLimits: false, climateDebounceMs: 0 }).keepsMeasuring(
      -8,
      10,
    );
    expect(room.state.condition).toBe("unknown");
    expect(room.isWarm(22).state.condition).toBe("within-limits");
    expect(room.isWarm(30).state.condition).toBe("out-of-limits");
    room.isWarm(22).keepsMeasuring(0, 40);
    expect(room.state.condition).toBe("out-of-limits");
  });

  test("is what it was after a start, until its sensor says otherwise or nothing", () => {
    const room = holding();
    room.state = restoredRoom(room.place, toStoredRoom(room.state), at(room.second));
    expect(room.state.condition).toBe("within-limits");
    expect(room.passes(61).told.at(-1)).toMatch(/unknown$/);
  });

  test("is not known while its sensor is stuck, and known again once that moves", () => {
    const room = holding().keepsMeasuring(-8.1, 2 * 60 * 60 + 10);
    expect(room.state.findings).toMatchObject([{ kind: "stuck", metric: "differential-pressure" }]);
    expect(room.state.condition).toBe("unknown");
    room.measures(-8.2).measures(-8).measures(-8.1);
    expect([room.state.findings, room.state.condition]).toEqual([[], "within-limits"]);
  });
});

test("whatever the pressure and the door do, a room that has not held for minutes is not within limits", () => {
  const spell = fc.tuple(
    fc.constantFrom(-30, -8, -3, -2.5, -2.4, 0, 5),
    fc.boolean(),
    fc.constantFrom(2, 10, 30, 62),
  );
  fc.assert(
    fc.property(fc.array(spell, { maxLength: 15 }), fc.boolean(), (spells, doorOpen) => {
      const room = new IsolationRoom();
      for (const [pascal, open, seconds] of spells) room.keepsMeasuring(pascal, seconds, open);
      room.keepsMeasuring(0, 5 * 60 + 40, doorOpen);
      expect(room.state.condition).toBe("out-of-limits");
    }),
    { numRuns: 100 },
  );
});
