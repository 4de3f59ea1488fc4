import { SerialPort } from "serialport";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SerialProfile } from "../../../../devices/profile.ts";
import { contecCms50dPlus } from "../../../../devices/profiles/contec-cms50d-plus.ts";
import { masimoAscii1 } from "../../../../devices/profiles/masimo-ascii-1.ts";
import { ProblemCounts } from "../../../../gateway/ingest/problem-counts.ts";
import { LinkBook } from "../../../../gateway/transport/link-book.ts";
import { runSerialLine } from "../../../../gateway/transport/serial/serial-line.ts";
import { freePort } from "../../../support/free-port.ts";
import { type Line, openLine } from "../../../support/loopback.ts";
import { HandClock } from "../../../support/moments.ts";
import { PtyPair } from "../../../support/pty-pair.ts";
import { soon } from "../../../support/soon.ts";
import { hasSocat } from "../../../support/tools.ts";
import { MONITOR } from "../../../support/wards.ts";

/** A gateway that listens to a line; it hears from the first line end on. */
function listen(line: Pick<Line, "port"> | string, profile: SerialProfile = masimoAscii1) {
  const clock = new HandClock();
  const heard: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  let holds = false;
  const noise: { reason: string; detail: string; text: string }[] = [];
  const problems = new ProblemCounts();
  const links = new LinkBook(clock);
  const stop = new AbortController();
  const running = runSerialLine(
    {
      deviceId: MONITOR,
      line: typeof line === "string" ? line : `tcp://127.0.0.1:${line.port}`,
      profile,
      expectedIntervalMs: 500,
      ingest: {
        async hear({ body }) {
          if (body.kind !== "frame" && body.kind !== "noise") return;
          const text = new TextDecoder("latin1").decode(body.bytes);
          if (body.kind === "frame") heard.push(text);
          else noise.push({ reason: body.reason, detail: body.detail, text });
          if (!holds) return;
          const commit = Promise.withResolvers<void>();
          waiting.push(commit);
          await commit.promise;
        },
      },
      clock,
      random: () => 0.99,
      links,
      problems,
    },
    stop.signal,
  );
  onTestFinished(() => stop.abort());
  return {
    heard,
    noise,
    problems,
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
      for (const commit of waiting.splice(0)) commit.resolve();
    },
    state: () => links.list()[0]?.state,
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A line that is connected, its first rest of a line behind it. */
async function connectedLine() {
  const line = await openLine((socket) => void socket.write("rest of a line\r\n"));
  const gateway = listen(line);
  await soon(() => expect(line.sockets).toHaveLength(1));
  const write = async (text: string) => {
    line.sockets.at(-1)?.write(text);
    await new Promise(setImmediate);
  };
  return { line, gateway, write };
}

describe("a serial line", () => {
  test("joined in the middle of a line begins with the next one", async () => {
    const { gateway, write } = await connectedLine();
    await write("one\r\n");
    await soon(() => expect(gateway.heard).toEqual(["one"]));
    expect(gateway.state()).toBe("connected");
  });

  test("gives the same lines, whole, however they come in", async () => {
    const { gateway, write } = await connectedLine();
    await write("on");
    await write("e\r");
    await write("\ntwo\r\nthr");
    await soon(() => expect(gateway.heard).toEqual(["one", "two"]));
    await write("ee\r\nfour\r\n");
    await soon(() => expect(gateway.heard).toEqual(["one", "two", "three", "four"]));
  });

  test("with noise that has no end is told of before it ends, once, and heard again with the next line", async () => {
    const { gateway, write } = await connectedLine();
    await write("x".repeat(5_000));
    await soon(() => expect(gateway.noise).toHaveLength(1));
    expect(gateway.noise[0]).toMatchObject({
      reason: "line-too-long",
      detail: expect.stringContaining("more without an end"),
      text: "x".repeat(513),
    });
    await write("x".repeat(5_000));
    await write("\r\nafter\r\n");
    await soon(() => expect(gateway.heard).toEqual(["after"]));
    await gateway.end();
    expect(gateway.noise).toHaveLength(1);
  });

  test("that nobody ever ends is told of, too, where it was joined in the middle", async () => {
    const line = await openLine((socket) => void socket.write("x".repeat(600)));
    const gateway = listen(line);
    await soon(() => expect(gateway.noise.map(({ reason }) => reason)).toEqual(["line-too-long"]));
    expect(gateway.heard).toEqual([]);
  });

  test("that babbles is kept by its first bytes, and the rest by its length, when the gateway ends at the latest", async () => {
    const line = await openLine(() => undefined);
    const gateway = listen(line, contecCms50dPlus);
    await soon(() => expect(line.sockets).toHaveLength(1));
    const frame = Buffer.of(0x85, 0x34, 0x06, 0x44, 0x5f);
    line.sockets[0]?.write(Buffer.concat([frame, Buffer.alloc(6_000, 0xee), frame]));
    await soon(() => expect(gateway.noise).toHaveLength(1));
    expect(gateway.noise[0]?.reason).toBe("malformed-frame");
    expect(gateway.noise[0]?.detail).toMatch(
      /; (5999|6000) bytes of noise since the last time, the first 4096 are kept$/,
    );
    line.sockets[0]?.write(Buffer.concat([Buffer.alloc(30, 0xdd), frame]));
    await soon(() => expect(line.sockets[0]?.bytesWritten).toBeGreaterThan(6_040));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await gateway.end();
    expect(gateway.noise).toHaveLength(2);
    expect(gateway.noise[1]?.text).toContain("\xdd");
  });

  test("that speaks faster than it can be stored loses its newest lines, says so, and is heard again afterwards", async () => {
    const { gateway, write } = await connectedLine();
    gateway.hold();
    const lines = Array.from({ length: 1_000 }, (_, n) => `line ${n}`);
    await write(`${lines.join("\r\n")}\r\n`);
    await soon(() =>
      expect(gateway.problems.list()).toEqual([
        expect.objectContaining({
          reason: "too-many-lines",
          count: 936,
          detail: expect.stringContaining("at most 64 messages"),
        }),
      ]),
    );
    expect(gateway.heard).toEqual(lines.slice(0, 64));
    expect(gateway.state()).toBe("connected");
    gateway.release();
    await write("after\r\n");
    await soon(() => expect(gateway.heard.at(-1)).toBe("after"));
  });

  test("that is closed is connected to again, with nothing left of the old half line", async () => {
    const { line, gateway, write } = await connectedLine();
    await write("whole\r\nhalf");
    await soon(() => expect(gateway.heard).toEqual(["whole"]));
    line.sockets[0]?.end();
    await soon(() => expect(line.sockets).toHaveLength(2));
    await write("new\r\n");
    await soon(() => expect(gateway.heard).toEqual(["whole", "new"]));
    expect(gateway.problems.list()).toEqual([
      expect.objectContaining({ reason: "line-lost", detail: "the other side closed the connection" }),
    ]);
  });

  test("that has gone silent is given up and connected to again", async () => {
    const { line, gateway } = await connectedLine();
    // Ten intervals of a device that talks twice a second; the driver's own timer cannot be passed in.
    await soon(() => expect(line.sockets).toHaveLength(2));
    expect(gateway.problems.list()).toEqual([
      expect.objectContaining({ reason: "line-lost", detail: "nothing was heard for 5000 ms" }),
    ]);
  }, 10_000);

  test("that nobody answers is tried again, and said to be down", async () => {
    const gateway = listen({ port: await freePort() });
    await soon(() =>
      expect(gateway.problems.list()[0]).toMatchObject({
        reason: "line-lost",
        detail: expect.stringContaining("ECONNREFUSED"),
      }),
    );
    expect(gateway.state()).toBe("down");
  });

  test("is left at once when the gateway ends", async () => {
    const { line, gateway } = await connectedLine();
    const left = new Promise((resolve) => line.sockets[0]?.once("close", resolve));
    await gateway.end();
    line.sockets[0]?.end();
    await left;
    expect(line.sockets).toHaveLength(1);
  });
});

describe.skipIf(!hasSocat())("a serial line on a pseudo-terminal", () => {
  /** The device's end, held open as a device does. */
  async function deviceAt(path: string) {
    const port = new SerialPort({ path, baudRate: 9_600, autoOpen: false });
    port.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    onTestFinished(
      () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
    );
    return (bytes: string | Uint8Array) => void port.write(Buffer.from(bytes));
  }

  test("that is pulled in the middle of a line is heard again when it is plugged, with nothing left of the half", async () => {
    const pair = await PtyPair.open();
    const gateway = listen(pair.gatewayEnd);
    await soon(() => expect(gateway.state()).toBe("connected"));
    const before = await deviceAt(pair.deviceEnd);
    before("rest\r\none\r\nha");
    await soon(() => expect(gateway.heard).toEqual(["one"]));
    await pair.pull();
    await soon(() => expect(gateway.state()).not.toBe("connected"));
    await pair.plug();
    await soon(() => expect(gateway.state()).toBe("connected"));
    const after = await deviceAt(pair.deviceEnd);
    after("lf\r\ntwo\r\n");
    await soon(() => expect(gateway.heard).toEqual(["one", "two"]));
    expect(gateway.problems.list()[0]?.reason).toBe("line-lost");
  });

  test("of forty frames a second hands on the first, and then the newest of each second", async () => {
    const pair = await PtyPair.open();
    const gateway = listen(pair.gatewayEnd, contecCms50dPlus);
    await soon(() => expect(gateway.state()).toBe("connected"));
    const say = await deviceAt(pair.deviceEnd);
    // The pulse counts the frames, so that each tells when it was sent.
    let frames = 0;
    const speaking = setInterval(() => {
      frames += 1;
      say(Uint8Array.of(0x85, 0x34, 0x06, frames & 0x7f, 0x5f));
    }, 25);
    onTestFinished(() => clearInterval(speaking));
    await soon(() => expect(gateway.heard.length).toBe(3));
    const sent = gateway.heard.map((frame) => frame.charCodeAt(3));
    expect(sent[0]).toBe(1);
    expect((sent[1] ?? 0) - (sent[0] ?? 0)).toBeGreaterThan(15);
    expect((sent[2] ?? 0) - (sent[1] ?? 0)).toBeGreaterThan(15);
    expect(gateway.problems.list()).toEqual([]);
  });

  test("that is still is opened anew after three intervals: an idle port does not notice that it was unplugged", async () => {
    const pair = await PtyPair.open();
    const gateway = listen(pair.gatewayEnd);
    await soon(() => expect(gateway.problems.list()[0]?.detail).toBe("nothing was heard for 2000 ms"));
    await soon(() => expect(gateway.state()).toBe("connected"));
  });
});
