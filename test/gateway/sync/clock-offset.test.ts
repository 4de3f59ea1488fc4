import { describe, expect, test } from "vitest";
import { ClockOffsetBook } from "../../../gateway/sync/clock-offset.ts";
import { at } from "../../support/moments.ts";

/** The cloud is three seconds ahead. It reads its clock when `there` of the round trip is over. */
function exchange(book: ClockOffsetBook, sentS: number, roundTripS: number, there = 0.5) {
  const serverTimeMs = at(sentS + roundTripS * there + 3).atMs;
  book.note(serverTimeMs, at(sentS), at(sentS + roundTripS));
}

describe("the cloud's clock minus ours", () => {
  test("is not known before the first exchange", () => {
    expect(new ClockOffsetBook().at(at(0))).toBeNull();
  });

  test("is read in the middle of an exchange, give or take half of it", () => {
    const book = new ClockOffsetBook();
    exchange(book, 0, 0.2);
    expect(book.at(at(1))).toEqual({ offsetMs: 3_000, uncertaintyMs: 100 });
  });

  test("is what the quickest exchange of the last minute says", () => {
    const book = new ClockOffsetBook();
    exchange(book, 0, 0.01);
    exchange(book, 1, 2, 0.95);
    expect(book.at(at(5))).toEqual({ offsetMs: 3_000, uncertaintyMs: 5 });
    expect(book.at(at(61))).toEqual({ offsetMs: 3_900, uncertaintyMs: 1_000 });
  });

  test("stays known through a silence", () => {
    const book = new ClockOffsetBook();
    exchange(book, 0, 0.2);
    expect(book.at(at(3_600))?.offsetMs).toBe(3_000);
  });

  test("changes as soon as our clock is set, without a new exchange", () => {
    const book = new ClockOffsetBook();
    exchange(book, 0, 0.2);
    const { atMs, monoMs } = at(1);
    expect(book.at({ atMs: atMs + 3_000, monoMs })?.offsetMs).toBe(0);
  });
});
