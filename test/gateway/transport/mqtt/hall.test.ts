import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ProblemCounts } from "../../../../gateway/ingest/problem-counts.ts";
import { Tally } from "../../../../gateway/transport/mqtt/broker-counters.ts";
import { type Guest, Hall } from "../../../../gateway/transport/mqtt/hall.ts";
import { HELD_BYTES_MAX } from "../../../../gateway/transport/mqtt/limits.ts";
import { HandClock } from "../../../support/moments.ts";

/** A hall over an ingest that has room for so many, then is full until `empty`. */
function openHall(room = Number.POSITIVE_INFINITY) {
  let left = room;
  let resume: (() => void) | null = null;
  const hall = new Hall({
    clock: new HandClock(),
    ingest: {
      hear: () => Promise.resolve(),
      take() {
        left -= 1;
      },
      get isFull() {
        return left <= 0;
      },
      onRoom(then) {
        resume = then;
      },
    },
    tally: new Tally(),
    strangers: new ProblemCounts(),
    problemsOf: () => new ProblemCounts(),
    tell: (_packet, done) => done(),
  });
  return {
    hall,
    empty(more: number) {
      left = more;
      resume?.();
    },
  };
}

/** Notes what it is asked to do; takes one message's room when there is some. */
function guestOf(hall: Hall, told: string[], name: string): Guest {
  return {
    isPaused: false,
    acknowledge: () => void told.push(`${name} acknowledges`),
    roomIsThere() {
      told.push(`${name} reads on`);
      hall.ingest.take({} as Parameters<typeof hall.ingest.take>[0], () => undefined);
    },
    sweep: (nowMonoMs) => void told.push(`${name} looks at ${nowMonoMs}`),
  };
}

test("all connections together hold so many bytes; whoever asks for more is told no", () => {
  const { hall } = openHall();
  expect(hall.hold(HELD_BYTES_MAX)).toBe(true);
  expect(hall.hold(1)).toBe(false);
  expect(hall.hold(-2)).toBe(true);
  expect(hall.hold(1)).toBe(true);
  expect(hall.counters().heldBytes).toBe(HELD_BYTES_MAX);
});

test("those that owe something are asked once this turn is over, in their order", async () => {
  const { hall } = openHall();
  const told: string[] = [];
  hall.owes(guestOf(hall, told, "first"));
  hall.owes(guestOf(hall, told, "second"));
  expect(told).toEqual([]);
  await turn();
  expect(told).toEqual(["first acknowledges", "second acknowledges"]);
});

test("of a thousand that owe something some are asked in each turn, so that others are heard between", async () => {
  const { hall } = openHall();
  const told: string[] = [];
  for (let n = 0; n < 1_000; n++) hall.owes(guestOf(hall, told, String(n)));
  await turn();
  const inOneTurn = told.length;
  expect(inOneTurn).toBeGreaterThan(0);
  expect(inOneTurn).toBeLessThan(300);
  // One that comes meanwhile is asked after those before it.
  hall.owes(guestOf(hall, told, "late"));
  await turn();
  expect(told.length).toBeGreaterThan(inOneTurn);
  for (let n = 0; n < 10; n++) await turn();
  const names = [...Array.from({ length: 1_000 }, (_, n) => String(n)), "late"];
  expect(told).toEqual(names.map((name) => `${name} acknowledges`));
});

test("those that wait for room read on in their order, as long as there is some", () => {
  const { hall, empty } = openHall(0);
  const told: string[] = [];
  for (const name of ["first", "second", "third"]) hall.wantsRoom(guestOf(hall, told, name));
  empty(2);
  expect(told).toEqual(["first reads on", "second reads on"]);
  empty(2);
  expect(told.at(-1)).toBe("third reads on");
});

test("who has left is asked for nothing any more", () => {
  const { hall, empty } = openHall(0);
  const told: string[] = [];
  const guest = guestOf(hall, told, "it");
  hall.enter(guest);
  hall.wantsRoom(guest);
  hall.leave(guest);
  hall.sweep(7);
  empty(1);
  expect(told).toEqual([]);
});
