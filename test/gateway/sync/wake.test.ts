import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { Wake } from "../../../gateway/sync/wake.ts";

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
