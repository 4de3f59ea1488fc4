import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { ConfigError } from "../../../config/load.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { listenOn } from "../../../gateway/transport/listen-on.ts";
import { pause } from "../../../gateway/transport/pause.ts";
import { retryDelayMs } from "../../../gateway/transport/retry-delay.ts";
import { openLine } from "../../support/loopback.ts";
import { at, HandClock } from "../../support/moments.ts";

const up = { kind: "mqtt", running: "running", state: "connected", detail: "" } as const;

test("a connection is as old as its state, whatever is said of it meanwhile", () => {
  const clock = new HandClock();
  const links = new LinkBook(clock);
  links.tell("bus", up);
  clock.pass(10);
  links.tell("bus", { ...up, detail: "2 units" });
  expect(links.list()).toEqual([
    { linkId: "bus", ...up, detail: "2 units", sinceMs: at(0).atMs, reconnects: 0 },
  ]);
  links.tell("bus", { ...up, state: "down" });
  expect(links.list()[0]?.sinceMs).toBe(at(10).atMs);
});

test("a connection counts how often it came back, not how often it was tried", () => {
  const links = new LinkBook(new HandClock());
  const counts = (
    ["connecting", "down", "connecting", "connected", "connected", "down", "connecting", "connected"] as const
  ).map((state) => {
    links.tell("bus", { ...up, state });
    return links.list()[0]?.reconnects;
  });
  expect(counts).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
});

test("a port that is taken is said in a sentence, with what to do", async () => {
  const taken = await openLine();
  const server = createServer();
  onTestFinished(() => void server.close());
  const listening = listenOn(server, "127.0.0.1", taken.port, "MQTT");
  await expect(listening).rejects.toThrow(ConfigError);
  await expect(listening).rejects.toThrow(
    `MQTT: port ${taken.port} on 127.0.0.1 is taken by another program. Stop it, or choose another port`,
  );
  await expect(listenOn(server, "127.0.0.1", 0, "MQTT")).resolves.toBeGreaterThan(0);
});

test("a retry waits twice as long each time, up to its bound, less a random share", () => {
  const policy = { firstDelayMs: 500, delayMsMax: 10_000, jitter: 0.3 };
  expect([0, 1, 4, 5, 1_000].map((attempt) => retryDelayMs(policy, attempt, 0))).toEqual([
    500, 1_000, 8_000, 10_000, 10_000,
  ]);
  expect(retryDelayMs(policy, 0, 1)).toBe(350);
});

test("a pause ends at once when the gateway does", async () => {
  const stop = new AbortController();
  const paused = pause(3_600_000, stop.signal);
  stop.abort();
  await expect(paused).resolves.toBeUndefined();
  await expect(pause(3_600_000, stop.signal)).resolves.toBeUndefined();
});
