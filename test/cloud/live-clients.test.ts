import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { PersonCaller } from "../../cloud/access/scope.ts";
import { createLog } from "../../cloud/http/log.ts";
import { Board } from "../../cloud/live/board.ts";
import { BUFFERED_BYTES_MAX, LiveClient, type LiveSocket } from "../../cloud/live/client.ts";
import { LIVE_CLIENTS_MAX, LiveClients } from "../../cloud/live/clients.ts";

/** A socket whose other side reads only when the test says so. */
class FakeSocket implements LiveSocket {
  bufferedAmount = 0;
  readonly sent: string[] = [];
  closedWith: number | null = null;
  terminated = false;
  answersPings = true;
  #arrived: (() => void)[] = [];
  readonly #listeners: { event: string; listener: () => void }[] = [];

  send(text: string, arrived?: () => void): void {
    this.sent.push(text);
    this.bufferedAmount += Buffer.byteLength(text);
    if (arrived !== undefined) this.#arrived.push(arrived);
  }
  read(): void {
    this.bufferedAmount = 0;
    for (const arrived of this.#arrived.splice(0)) arrived();
  }
  ping(): void {
    if (this.answersPings)
      for (const { event, listener } of this.#listeners) if (event === "pong") listener();
  }
  close(code: number): void {
    this.closedWith = code;
  }
  terminate(): void {
    this.terminated = true;
  }
  on(event: "pong" | "close", listener: () => void): void {
    this.#listeners.push({ event, listener });
  }
}

const caller: PersonCaller = {
  kind: "person",
  role: "super-admin",
  hospitalId: null,
  sessionSha256: "session",
};
const clientOn = (socket: LiveSocket) => new LiveClient({ socket, caller, scope: { kind: "network" } });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a client that does not read", () => {
  test("is cut off when more than a megabyte waits for it", () => {
    const socket = new FakeSocket();
    const client = clientOn(socket);
    client.send("x".repeat(BUFFERED_BYTES_MAX + 1));
    expect(socket.closedWith).toBeNull();
    client.send("one more");
    expect(socket.closedWith).toBe(1013);
    vi.advanceTimersByTime(2_000);
    expect(socket.terminated).toBe(true);
  });

  test("is given time for its first message, however large that is", () => {
    const socket = new FakeSocket();
    const client = clientOn(socket);
    client.greet("x".repeat(3 * BUFFERED_BYTES_MAX));
    client.send("a change");
    expect(socket.closedWith).toBeNull();
    client.send("x".repeat(BUFFERED_BYTES_MAX));
    client.send("too much now");
    expect(socket.closedWith).toBe(1013);
  });

  test("has no such grace once the first message has arrived", () => {
    const socket = new FakeSocket();
    const client = clientOn(socket);
    client.greet("x".repeat(3 * BUFFERED_BYTES_MAX));
    socket.read();
    client.send("x".repeat(BUFFERED_BYTES_MAX + 1));
    client.send("too much now");
    expect(socket.closedWith).toBe(1013);
  });
});

describe("all clients", () => {
  const open = new Set(["session"]);
  let clients: LiveClients;
  let stop: AbortController;
  let running: Promise<void>;
  beforeEach(() => {
    open.add("session");
    stop = new AbortController();
    clients = new LiveClients({
      board: new Board({ originSeq: 0, hospitals: [] }),
      sessions: { stillOpen: async (sessions) => new Set(sessions.filter((session) => open.has(session))) },
      clock: { nowMs: () => 0 },
      log: createLog({ write: () => {} }),
    });
    running = clients.run(stop.signal);
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });
  const join = () => {
    const socket = new FakeSocket();
    clients.join(clientOn(socket), undefined);
    return socket;
  };

  test("one whose session has ended is let go within five seconds", async () => {
    const socket = join();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.closedWith).toBeNull();
    open.clear();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(socket.closedWith).toBe(1008);
  });

  test("one that does not answer a ping is gone at the next", async () => {
    const socket = join();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(socket.terminated).toBe(false);
    socket.answersPings = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(socket.terminated).toBe(true);
  });

  test("one too many is asked to come later", () => {
    for (let n = 0; n < LIVE_CLIENTS_MAX; n += 1) join();
    const socket = join();
    expect(socket.closedWith).toBe(1013);
    expect(socket.sent).toEqual([]);
    expect(clients.count).toBe(LIVE_CLIENTS_MAX);
  });

  test("when the service stops, all are told to go", async () => {
    const socket = join();
    stop.abort();
    await running;
    expect(socket.closedWith).toBe(1001);
  });
});
