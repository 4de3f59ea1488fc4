/** A hospital's own broker, which is a real mosquitto; devices are mosquitto_pub. */
import { execFile } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { promisify } from "node:util";
import { connectAsync } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { DeviceId } from "../../../../contracts/wire/ids.ts";
import { ProblemCounts } from "../../../../gateway/ingest/problem-counts.ts";
import type { RawMessage } from "../../../../gateway/ingest/raw-message.ts";
import { systemClock } from "../../../../gateway/moment.ts";
import { LinkBook } from "../../../../gateway/transport/link-book.ts";
import { runHospitalBroker } from "../../../../gateway/transport/mqtt/hospital-broker.ts";
import { freePort } from "../../../support/free-port.ts";
import { listenOnLoopback } from "../../../support/loopback.ts";
import { HOSPITAL_PASSWORD, Mosquitto } from "../../../support/mosquitto.ts";
import { soon } from "../../../support/soon.ts";
import { hasMosquitto } from "../../../support/tools.ts";

const run = promisify(execFile);
const TOPIC = "tele/PAD-1/SENSOR";
const PAD = DeviceId.parse("pad-1");
const EVERY_MS = 1_000;

/** A gateway on a broker's port; commits wait for `release` once it holds. */
function listen(port: number, password: string | null = HOSPITAL_PASSWORD) {
  const heard: RawMessage[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const [problems, strangers] = [new ProblemCounts(), new ProblemCounts()];
  const links = new LinkBook(systemClock);
  const stop = new AbortController();
  let holds = false;
  const running = runHospitalBroker(
    {
      name: "house",
      url: `mqtt://127.0.0.1:${port}`,
      clientId: "gw-north",
      username: password === null ? null : "gateway",
      password,
      ca: null,
      devicesByTopic: new Map([[TOPIC, { deviceId: PAD, expectedIntervalMs: EVERY_MS }]]),
      ingest: {
        hear(message) {
          heard.push(message);
          const commit = Promise.withResolvers<void>();
          if (holds) waiting.push(commit);
          else commit.resolve();
          return commit.promise;
        },
      },
      clock: systemClock,
      random: () => 1,
      links,
      problemsOf: () => problems,
      strangers,
    },
    stop.signal,
  );
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return {
    heard,
    problems,
    strangers,
    link: () => links.list()[0],
    connected: () => soon(() => expect(links.list()[0]?.state).toBe("connected")),
    texts: () =>
      heard.map(({ body }) =>
        body.kind === "mqtt"
          ? `${new TextDecoder().decode(body.payload)}${body.mayBeOld ? " (old)" : ""}${body.isRepeat ? " (again)" : ""}`
          : body.kind,
      ),
    hold: () => {
      holds = true;
    },
    release: () => {
      holds = false;
      for (const commit of waiting.splice(0)) commit.resolve();
    },
    end,
  };
}

const publish = (port: number, payload: string, topic = TOPIC, ...more: readonly string[]) =>
  run("mosquitto_pub", [
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "-q",
    "1",
    "-t",
    topic,
    "-m",
    payload,
    ...more,
  ]);

/** What goes through from the gateway to the broker. */
async function openTap(brokerPort: number) {
  const pieces: Buffer[] = [];
  const sockets: Socket[] = [];
  const server = createServer((gateway) => {
    const broker = connect(brokerPort, "127.0.0.1");
    sockets.push(gateway, broker);
    gateway.on("data", (chunk) => pieces.push(chunk));
    gateway.pipe(broker).pipe(gateway);
    for (const socket of [gateway, broker]) socket.on("error", () => undefined);
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, pubacks: () => kindsOf(Buffer.concat(pieces)).filter((kind) => kind === PUBACK).length };
}

const PUBACK = 0x40;

/** The first byte of each packet; none here is longer than its one length byte can say. */
function kindsOf(bytes: Buffer): number[] {
  const kinds: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at += 2 + (bytes[at + 1] ?? 0)) kinds.push((bytes[at] ?? 0) & 0xf0);
  return kinds;
}

describe.skipIf(!hasMosquitto())("on a hospital's own broker", () => {
  test("a device is heard by its topic, with its packet id, and nothing else is asked for", async () => {
    const broker = await Mosquitto.start();
    const gateway = listen(broker.port);
    await gateway.connected();
    await publish(broker.port, "{}", "tele/PAD-2/SENSOR");
    await publish(broker.port, "one");
    await soon(() => expect(gateway.texts()).toEqual(["one"]));
    expect(gateway.heard).toMatchObject([{ deviceId: "pad-1", body: { packetId: 1, isRepeat: false } }]);
    expect(gateway.strangers.list()).toEqual([]);
    expect(gateway.link()).toMatchObject({
      linkId: "mqtt-broker house",
      kind: "mqtt-broker",
      detail: "1 topics",
    });
  });

  test("a message is acknowledged only when it is on disk", async () => {
    const broker = await Mosquitto.start();
    const tap = await openTap(broker.port);
    const gateway = listen(tap.port);
    await gateway.connected();
    gateway.hold();
    await publish(broker.port, "one");
    await soon(() => expect(gateway.texts()).toEqual(["one"]));
    // The broker has a second one for it meanwhile; still nothing is acknowledged.
    await publish(broker.port, "two");
    expect(tap.pubacks()).toBe(0);
    gateway.release();
    await soon(() => expect(gateway.texts()).toEqual(["one", "two"]));
    await soon(() => expect(tap.pubacks()).toBe(2));
  });

  test("a message that was not acknowledged before the gateway ended comes again, and says so", async () => {
    const broker = await Mosquitto.start();
    const first = listen(broker.port);
    await first.connected();
    first.hold();
    await publish(broker.port, "one");
    await soon(() => expect(first.texts()).toEqual(["one"]));
    await first.end();
    const second = listen(broker.port);
    await soon(() => expect(second.texts()).toEqual(["one (old) (again)"]));
  });

  test("what it had retained is not news: it is not handed on, and counted", async () => {
    const broker = await Mosquitto.start();
    await publish(broker.port, "yesterday's", TOPIC, "-r");
    const gateway = listen(broker.port);
    await gateway.connected();
    await soon(() =>
      expect(gateway.problems.list()[0]).toMatchObject({ reason: "retained-message", count: 1 }),
    );
    // A device that asks for every message to be retained is heard live all the same.
    await publish(broker.port, "today's", TOPIC, "-r");
    await soon(() => expect(gateway.texts()).toEqual(["today's"]));
  });

  test("what it kept while the gateway was away comes, marked as old, and what is live is not", async () => {
    const broker = await Mosquitto.start();
    const before = listen(broker.port);
    await before.connected();
    await before.end();
    for (const text of ["1", "2", "3"]) await publish(broker.port, text);
    const after = listen(broker.port);
    await soon(() => expect(after.texts()).toEqual(["1 (old)", "2 (old)", "3 (old)"]));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    await publish(broker.port, "4");
    await soon(() => expect(after.texts().at(-1)).toBe("4"));
  });

  test("a message on a topic of no device is counted, and the next one is heard", async () => {
    const broker = await Mosquitto.start();
    const earlier = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: "gw-north",
      clean: false,
      username: "gateway",
      password: HOSPITAL_PASSWORD,
    });
    await earlier.subscribeAsync("tele/GONE/SENSOR", { qos: 1 });
    await earlier.endAsync();
    const gateway = listen(broker.port);
    await gateway.connected();
    await publish(broker.port, "{}", "tele/GONE/SENSOR");
    await publish(broker.port, "one");
    await soon(() => expect(gateway.heard).toHaveLength(1));
    expect(gateway.strangers.list()).toEqual([
      expect.objectContaining({ reason: "unknown-topic", count: 1 }),
    ]);
  });

  test("that starts anew the gateway is back within seconds", async () => {
    const broker = await Mosquitto.start();
    const gateway = listen(broker.port);
    await gateway.connected();
    await broker.stop();
    await soon(() => expect(gateway.link()?.state).toBe("down"));
    await broker.begin();
    await gateway.connected();
    await publish(broker.port, "one");
    await soon(() => expect(gateway.texts()).toEqual(["one"]));
    expect(gateway.problems.list()[0]?.reason).toBe("broker-lost");
  });

  test("whose password is another one the gateway says so, and nobody reads which it tried", async () => {
    const broker = await Mosquitto.start();
    const gateway = listen(broker.port, "hunter2");
    await soon(() => expect(gateway.problems.list()[0]?.reason).toBe("broker-unreachable"));
    expect(gateway.problems.list()[0]?.detail).toMatch(/cannot use house: .*(Not authorized|Bad username)/);
    expect(JSON.stringify([gateway.problems.list(), gateway.link()])).not.toContain("hunter2");
  });
});

test("a hospital's broker that is not there is tried again, and said to be down", async () => {
  const gateway = listen(await freePort());
  await soon(() => expect(gateway.problems.list()[0]?.count).toBeGreaterThan(1));
  expect(gateway.problems.list()).toEqual([
    expect.objectContaining({
      reason: "broker-unreachable",
      detail: expect.stringContaining("ECONNREFUSED"),
    }),
  ]);
  expect(gateway.link()?.state).toBe("down");
});
