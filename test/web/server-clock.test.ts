import { describe, expect, test, vi } from "vitest";
import { nextServerMark, serverNowMs } from "../../contracts/ui/server-clock.ts";
import { createTickingClock } from "../../contracts/ui/ticking-clock.ts";

const both = (ms: number) => ({ wallMs: ms, monotonicMs: ms });

describe("the server's time in a browser", () => {
  test("counts on from the message, whatever the browser's own clock says", () => {
    const mark = nextServerMark(null, 1_000_000, { wallMs: 5, monotonicMs: 77 });
    expect(serverNowMs(mark, { wallMs: 3_005, monotonicMs: 3_077 })).toBe(1_003_000);
  });

  test("a browser clock that is set back does not make evidence younger", () => {
    const mark = nextServerMark(null, 1_000_000, both(0));
    expect(serverNowMs(mark, { wallMs: -3_600_000, monotonicMs: 4_000 })).toBe(1_004_000);
  });

  test("the sleep of a laptop counts, even where its monotonic clock slept too", () => {
    const mark = nextServerMark(null, 1_000_000, both(0));
    expect(serverNowMs(mark, { wallMs: 3_600_000, monotonicMs: 10 })).toBe(4_600_000);
  });

  test("a message that was delayed does not set the time back", () => {
    const mark = nextServerMark(null, 1_000_000, both(0));
    const after = nextServerMark(mark, 1_000_500, both(1_300));
    expect(serverNowMs(after, both(1_300))).toBe(1_001_300);
  });

  test("a server clock that was set is followed, both ways", () => {
    const mark = nextServerMark(null, 1_000_000, both(0));
    expect(serverNowMs(nextServerMark(mark, 900_000, both(1_000)), both(1_000))).toBe(900_000);
    expect(serverNowMs(nextServerMark(mark, 2_000_000, both(1_000)), both(1_000))).toBe(2_000_000);
  });
});

describe("the ticking clock", () => {
  test("steps for all who show an age at once, and only with a beat", () => {
    let ms = 0;
    const clock = createTickingClock(() => both(ms));
    const shown = vi.fn();
    clock.subscribe(shown);
    clock.hear(50_000);
    expect([clock.beatMs(), shown.mock.calls.length, clock.isSet()]).toEqual([50_000, 1, true]);
    ms = 700;
    clock.hear(50_700);
    expect([clock.nowMs(), clock.beatMs(), shown.mock.calls.length]).toEqual([50_700, 50_000, 1]);
    clock.beat();
    expect([clock.beatMs(), shown.mock.calls.length]).toEqual([50_700, 2]);
  });

  test("leaves alone who no longer listens", () => {
    const clock = createTickingClock(() => both(0));
    const shown = vi.fn();
    clock.subscribe(shown)();
    clock.beat();
    expect(shown).not.toHaveBeenCalled();
  });
});
