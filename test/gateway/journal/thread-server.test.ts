import { setImmediate as turn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SlotReader, SlotWriter, slotMemory } from "../../../gateway/journal/group-slots.ts";
import type { JournalHost } from "../../../gateway/journal/journal-host.ts";
import type { ToThread } from "../../../gateway/journal/journal-messages.ts";
import type { JournalGroup } from "../../../gateway/journal/journal-port.ts";
import { ThreadServer } from "../../../gateway/journal/thread-server.ts";

const rows = () => ({ count: 1, buffer: new ArrayBuffer(40) });
const group = (): JournalGroup => ({
  vitals: rows(),
  environment: rows(),
  newSeries: [],
  events: [],
  states: [],
  quarantined: [],
});

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["setInterval", "setTimeout", "clearInterval", "clearTimeout"] }),
);
afterEach(() => void vi.useRealTimers());

/** A server over a host that has nothing left to tidy; `second` appends so many groups, then lets a second pass. */
function serve() {
  let tidied = 0;
  const did: string[] = [];
  const host: Partial<JournalHost> = {
    append: (groups) => {
      did.push(...groups.map(({ events }) => (events.length > 0 ? "append posted" : "append offered")));
      return true;
    },
    tick: () => undefined,
    step: (isWanted) => void did.push(`step, wanted: ${isWanted()}`),
    tidy: () => {
      tidied += 1;
      return false;
    },
    facts: () => ({}) as ReturnType<JournalHost["facts"]>,
    checkpointDueInMs: Number.POSITIVE_INFINITY,
    close: () => void did.push("close"),
  };
  const { port1, port2 } = new MessageChannel();
  const slots = slotMemory();
  new ThreadServer(port1, new SlotReader(slots), host as JournalHost);
  return {
    did,
    writer: new SlotWriter(slots),
    async post(message: ToThread): Promise<void> {
      port2.postMessage(message);
      for (let n = 0; n < 10; n++) await turn();
    },
    async second(groups: number): Promise<number> {
      const before = tidied;
      for (let n = 0; n < groups; n++) port2.postMessage({ kind: "append", group: group() });
      for (let n = 0; n < 10; n++) await turn();
      vi.advanceTimersByTime(1_000);
      return tidied - before;
    },
    close() {
      port1.close();
    },
  };
}

test("what nobody writes to is tidied each second", async () => {
  const server = serve();
  expect([await server.second(0), await server.second(1), await server.second(0)]).toEqual([1, 1, 1]);
  server.close();
});

test("what is written to all the time is tidied by the groups, and by itself each tenth second", async () => {
  const server = serve();
  const each: number[] = [];
  for (let n = 0; n < 20; n++) each.push(await server.second(50));
  expect(each).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(await server.second(0)).toBe(1);
  server.close();
});

test("what can wait is told whether something waits to be appended", async () => {
  const server = serve();
  vi.advanceTimersByTime(100);
  server.writer.offer(group());
  vi.advanceTimersByTime(100);
  expect(server.did).toEqual(["step, wanted: false", "step, wanted: true"]);
  server.close();
});

test("what was offered is appended before what was posted after it, and before the end", async () => {
  const server = serve();
  server.writer.offer(group());
  const events = [{ receivedAtMs: 1, body: "{}" }];
  await server.post({ kind: "append", group: { ...group(), events } });
  server.writer.offer(group());
  await server.post({ kind: "call", id: 1, call: { kind: "close" } });
  expect(server.did).toEqual(["append offered", "append posted", "append offered", "close"]);
  server.close();
});
