import { describe, expect, test } from "vitest";
import { chanceFor } from "../../../firmware-sim/ward-day/chance.ts";
import { backOffMs, type Channel, LinkPace } from "../../../gateway/sync/link-pace.ts";

const never = Number.POSITIVE_INFINITY;
const among = (...channels: Channel[]) => new Set(channels);
const nobody = among();

/** A pace and its time, in milliseconds. */
function pace() {
  const link = new LinkPace();
  let now = 0;
  return {
    link,
    now: () => now,
    pass(ms: number) {
      now += ms;
    },
    waitMs: (channel: Channel, waiting: ReadonlySet<Channel> = nobody) => link.waitMs(channel, waiting, now),
    fails: (channel: Channel, { afterMs = null as number | null, random = 0 } = {}) =>
      link.failed(channel, afterMs, now, random),
    begins: (channel: Channel) => link.begin(channel, now),
  };
}

describe("the time until the next try", () => {
  test("is anywhere in a span that doubles up to a minute, and never under a second", () => {
    const spans = [0, 1, 2, 3, 4, 5, 50].map((attempts) => [
      backOffMs(attempts, null, 0),
      backOffMs(attempts, null, 1),
    ]);
    expect(spans).toEqual([
      [1_000, 2_000],
      [1_000, 4_000],
      [1_000, 8_000],
      [1_000, 16_000],
      [1_000, 32_000],
      [1_000, 60_000],
      [1_000, 60_000],
    ]);
  });

  test("is what the cloud asks for, and as long again at random, so that not all come back at once", () => {
    expect([backOffMs(0, 30_000, 0), backOffMs(0, 30_000, 1)]).toEqual([30_000, 60_000]);
    expect(backOffMs(0, 86_400_000, 1)).toBe(660_000);
  });
});

describe("while the cloud cannot be reached", () => {
  test("one channel asks, and the others wait for what it finds", () => {
    const { link, waitMs, fails, begins, pass } = pace();
    fails("vitals");
    const waiting = among("beds", "heartbeat", "vitals");
    expect(["beds", "heartbeat", "vitals"].map((one) => waitMs(one as Channel, waiting))).toEqual([
      1_000,
      never,
      never,
    ]);
    pass(1_000);
    begins("beds");
    expect([waitMs("beds", waiting), waitMs("heartbeat", waiting), waitMs("vitals", waiting)]).toEqual([
      0,
      never,
      never,
    ]);
    link.succeeded("beds");
    expect([waitMs("heartbeat"), waitMs("vitals")]).toEqual([0, 0]);
  });

  test("the next to ask is another one, in case the first has a trouble of its own", () => {
    const { waitMs, fails, begins, pass } = pace();
    const waiting = among("beds", "heartbeat");
    fails("beds");
    pass(1_000);
    begins("beds");
    fails("beds");
    expect([waitMs("beds", waiting), waitMs("heartbeat", waiting)]).toEqual([never, 1_000]);
  });

  test("requests that were under way and fail together count as one failure", () => {
    const { fails, waitMs } = pace();
    for (const channel of ["beds", "vitals", "environment", "heartbeat"] as const)
      fails(channel, { random: 1 });
    expect(waitMs("heartbeat", among("heartbeat"))).toBe(2_000);
  });

  test("who had its turn and sends nothing leaves it to another", () => {
    const { link, waitMs, fails, begins, pass } = pace();
    fails("heartbeat");
    pass(1_000);
    begins("beds");
    link.release("beds");
    expect(waitMs("heartbeat", among("heartbeat"))).toBe(0);
  });
});

test("a lane that fails while others succeed waits alone, longer and longer", () => {
  const { link, waitMs, fails, begins, pass } = pace();
  const waits: number[] = [];
  fails("vitals", { random: 1 });
  pass(2_000);
  for (let round = 0; round < 3; round++) {
    begins("heartbeat");
    link.succeeded("heartbeat");
    fails("vitals", { random: 1 });
    expect([waitMs("beds"), waitMs("heartbeat")]).toEqual([0, 0]);
    waits.push(waitMs("vitals"));
    pass(waitMs("vitals"));
  }
  expect(waits).toEqual([4_000, 8_000, 16_000]);
});

describe("a refusal", () => {
  test("of the journal stops every channel; the very one asks again, slowly", () => {
    const { link, waitMs, begins, pass, now } = pace();
    link.refused("vitals", now(), 1);
    expect([waitMs("beds"), waitMs("heartbeat"), waitMs("vitals")]).toEqual([never, never, 60_000]);
    // A reply to what was sent before does not end it.
    link.succeeded("beds");
    expect(waitMs("beds")).toBe(never);
    pass(60_000);
    begins("vitals");
    link.succeeded("vitals");
    expect([waitMs("beds"), waitMs("vitals")]).toEqual([0, 0]);
  });

  test("of one request holds nobody else up", () => {
    const { link, waitMs, now } = pace();
    link.refusedAlone("environment", now(), 0);
    expect([waitMs("beds"), waitMs("environment")]).toEqual([0, 30_000]);
  });

  test("of an old copy lasts as long as the process", () => {
    const { link, waitMs, pass } = pace();
    link.stop("beds");
    pass(86_400_000);
    expect([waitMs("beds"), waitMs("heartbeat")]).toEqual([never, never]);
  });
});

describe("a thousand gateways", () => {
  const GATEWAYS = 1_000;

  /**
   * Each has four channels that all want to send. The cloud is away until `backAtMs`; `afterMs` is what it says while it
   * is. Counts requests by the second, the whole time and each gateway's first after the return.
   */
  function herd(backAtMs: number, untilMs: number, afterMs: number | null = null) {
    const random = chanceFor(7, "herd");
    const waiting = among("beds", "heartbeat", "vitals", "environment");
    const firstBySecond = new Map<number, number>();
    let mostInASecond = 0;
    for (let gateway = 0; gateway < GATEWAYS; gateway++) {
      const link = new LinkPace();
      const bySecond = new Map<number, number>();
      let isBack = false;
      // They notice one after the other, as their heartbeats come round.
      const noticesAtMs = random() * 5_000;
      link.failed("heartbeat", afterMs, noticesAtMs, random());
      for (let now = noticesAtMs; now < untilMs && !isBack; ) {
        for (const channel of waiting) {
          if (link.waitMs(channel, waiting, now) > 0) continue;
          link.begin(channel, now);
          const second = Math.floor(now / 1_000);
          bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
          isBack = now >= backAtMs;
          if (isBack) firstBySecond.set(second, (firstBySecond.get(second) ?? 0) + 1);
          if (isBack) break;
          link.failed(channel, afterMs, now, random());
        }
        const waits = [...waiting].map((channel) => link.waitMs(channel, waiting, now));
        now += Math.max(1, Math.min(...waits));
      }
      mostInASecond = Math.max(mostInASecond, ...bySecond.values());
    }
    const firsts = [...firstBySecond.values()];
    return { mostInASecond, share: Math.max(...firsts) / GATEWAYS, came: firsts.reduce((a, b) => a + b, 0) };
  }

  test("ask a cloud that is away once a second each at most, and do not come back all at once", () => {
    const { mostInASecond, share, came } = herd(120_000, 200_000);
    expect(mostInASecond).toBe(1);
    expect(came).toBe(GATEWAYS);
    expect(share).toBeLessThan(0.05);
  });

  test("whom a busy cloud asks for half a minute do not come back all at once either", () => {
    const { share, came } = herd(20_000, 120_000, 30_000);
    expect(came).toBe(GATEWAYS);
    expect(share).toBeLessThan(0.06);
  });
});
