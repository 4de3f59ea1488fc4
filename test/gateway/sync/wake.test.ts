import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Wake } from "../../../gateway/sync/wake.ts";
import { HandTime } from "../../support/hand-time.ts";

const never = () => new AbortController().signal;

test("a ring wakes who sleeps, and is kept for who does not sleep yet", async () => {
  const wake = new Wake();
  const sleeping = wake.wait(never());
  wake.ring();
  await sleeping;
  wake.ring();
  await wake.wait(never());
  const again = wake.wait(never());
  const slept = await Promise.race([again.then(() => "woke"), Promise.resolve().then(() => "sleeps")]);
  wake.ring();
  await again;
  expect(slept).toBe("sleeps");
});

test("a signal wakes who sleeps, and leaves nothing behind on it", async () => {
  const wake = new Wake();
  const stop = new AbortController();
  for (let round = 0; round < 20; round++) {
    const sleeping = wake.wait(stop.signal);
    wake.ring();
    await sleeping;
  }
  expect(getEventListeners(stop.signal, "abort")).toHaveLength(0);
  const sleeping = wake.wait(stop.signal);
  stop.abort();
  await sleeping;
  await expect(wake.wait(stop.signal)).resolves.toBeUndefined();
});

test("who waits for so long at most is woken by the time, and a ring of that instant is kept", async () => {
  const wake = new Wake();
  const time = new HandTime();
  let woken = 0;
  const sleepTwice = async () => {
    for (let round = 0; round < 2; round++) {
      await wake.waitAtMost(1_000, time.pause, never());
      woken += 1;
    }
  };
  const sleeping = sleepTwice();
  await time.pass(999);
  expect(woken).toBe(0);
  await time.pass(1);
  expect(woken).toBe(1);
  wake.ring();
  await time.pass(0);
  expect(woken).toBe(2);
  await sleeping;
});
