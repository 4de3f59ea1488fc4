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
          if (body.kind === "frame") heard.push(new TextDecoder("latin1").decode(body.bytes));
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
    problems,
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

  test("with noise that has no end is counted, and heard again with the next line", async () => {
    const { gateway, write } = await connectedLine();
    await write("x".repeat(5_000));
    await write("x".repeat(5_000));
    await write("\r\nafter\r\n");
    await soon(() => expect(gateway.heard).toEqual(["after"]));
    expect(gateway.problems.list()).toEqual([expect.objectContaining({ reason: "line-too-long", count: 1 })]);
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
