/** The broker's doors, spoken to by mosquitto's own clients, and by mqtt.js over WebSocket. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { connectAsync } from "mqtt";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { Tally } from "../../../../gateway/transport/mqtt/broker-counters.ts";
import { Gate } from "../../../../gateway/transport/mqtt/gate.ts";
import { openWebSocketDoor } from "../../../../gateway/transport/mqtt/listeners.ts";
import { openBroker, openSocket } from "../../../support/brokers.ts";
import { Authority, type Signed, textOf } from "../../../support/certificates.ts";
import { HandClock } from "../../../support/moments.ts";
import { soon } from "../../../support/soon.ts";
import { hasMosquitto, hasOpenssl } from "../../../support/tools.ts";

const run = promisify(execFile);
const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** Without its last lines. */
const UPGRADE =
  "GET / HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** One message by mosquitto_pub; rejects where it was not acknowledged. */
const publish = (port: number | null, clientId: string, topic: string, ...more: readonly string[]) =>
  run(
    "mosquitto_pub",
    ["-h", "127.0.0.1", "-p", String(port), "-i", clientId, "-q", "1", "-t", topic, "-m", "{}", ...more],
    {
      timeout: 10_000,
    },
  );

const key = (clientId: string, password: string) => ["-u", clientId, "-P", password];

describe.skipIf(!hasMosquitto())("a device that is mosquitto_pub", () => {
  test("comes in with its key, and is heard on its own topic", async () => {
    const broker = await openBroker();
    await publish(broker.port, "bed-1", "devices/bed-1/readings", ...key("bed-1", "key-1"));
    expect(broker.heard).toMatchObject([{ deviceId: "bed-1", body: { kind: "mqtt" } }]);
  });

  test("of a maker's own topics is heard on exactly its readings' topic", async () => {
    const broker = await openBroker();
    const own = key("pad-3", "key-3");
    await publish(broker.port, "pad-3", "tele/PAD-3/SENSOR", ...own);
    // Its firmware also says how it is; nobody listens, and it is not cut off for it.
    await publish(broker.port, "pad-3", "tele/PAD-3/STATE", ...own);
    expect(broker.heard).toHaveLength(1);
    expect(broker.problems.list()).toEqual([]);
  });

  test.each(["tele/PAD-4/SENSOR", "devices/pad-3/readings", "tele/PAD-3", "tele/PAD-33/SENSOR"])(
    "of a maker's own topics is cut off on %s",
    async (topic) => {
      const broker = await openBroker();
      await publish(broker.port, "pad-3", topic, ...key("pad-3", "key-3")).catch(() => undefined);
      await soon(() => expect(broker.problems.list()[0]?.reason).toBe("foreign-topic"));
      expect(broker.heard).toEqual([]);
    },
  );
});

/** A broker with TLS; `devices` signs what its devices show. */
async function openTlsBroker() {
  const devices = new Authority();
  const house = new Authority("The hospital");
  const server = house.sign("gateway");
  const broker = await openBroker({
    tls: {
      ...LOOPBACK,
      files: {
        cert: textOf(server.certFile),
        key: textOf(server.keyFile),
        clientCa: textOf(devices.certFile),
      },
    },
  });
  const shows = ({ certFile, keyFile }: Signed) => [
    "--cafile",
    house.certFile,
    "--cert",
    certFile,
    "--key",
    keyFile,
  ];
  return { broker, devices, house, shows };
}

describe.skipIf(!hasMosquitto() || !hasOpenssl())("a device over TLS", () => {
  test("is known by its certificate, without a key", async () => {
    const { broker, devices, shows } = await openTlsBroker();
    await publish(broker.ports.tls, "bed-1", "devices/bed-1/readings", ...shows(devices.sign("bed-1")));
    expect(broker.heard).toMatchObject([{ deviceId: "bed-1" }]);
    expect(broker.links.list().map(({ kind }) => kind)).toEqual(["mqtt", "mqtt-tls", "mqtt-websocket"]);
  });

  test("under another name than its certificate's is refused and counted", async () => {
    const { broker, devices, shows } = await openTlsBroker();
    const asBed2 = publish(
      broker.ports.tls,
      "bed-2",
      "devices/bed-2/readings",
      ...shows(devices.sign("bed-1")),
    );
    await expect(asBed2).rejects.toThrow();
    expect(broker.strangers.list()).toEqual([
      expect.objectContaining({ reason: "wrong-certificate", detail: expect.stringContaining("bed-1") }),
    ]);
    expect(broker.heard).toEqual([]);
  });

  test("that is in no ward file is refused, however well its certificate is signed", async () => {
    const { broker, devices, shows } = await openTlsBroker();
    const stranger = publish(
      broker.ports.tls,
      "cart-9",
      "devices/cart-9/readings",
      ...shows(devices.sign("cart-9")),
    );
    await expect(stranger).rejects.toThrow();
    expect(broker.strangers.list()[0]?.reason).toBe("unknown-device");
  });

  test("that breaks off in the middle of its handshake is cut off after five seconds", async () => {
    const { broker } = await openTlsBroker();
    const { socket } = await openSocket(broker.ports.tls ?? 0);
    const closed = once(socket, "close");
    socket.write(Buffer.of(0x16, 3, 1, 0x10, 0, 1, 0, 0x3f));
    await soon(() => expect(broker.counters().connections.tls).toBe(1));
    broker.clock.pass(5);
    await closed;
    expect(broker.counters().refused["connect-timeout"]).toBe(1);
  });

  test("with a certificate of another authority, or none, does not get as far as MQTT", async () => {
    const { broker, house, shows } = await openTlsBroker();
    const topic = "devices/bed-1/readings";
    await expect(publish(broker.ports.tls, "bed-1", topic, ...shows(house.sign("bed-1")))).rejects.toThrow();
    const withKeyOnly = ["--cafile", house.certFile, ...key("bed-1", "key-1")];
    await expect(publish(broker.ports.tls, "bed-1", topic, ...withKeyOnly)).rejects.toThrow();
    expect(broker.heard).toEqual([]);
  });
});

describe("a device over WebSocket", () => {
  test("comes in with its key as over TCP, and its commit is waited for", async () => {
    const broker = await openBroker();
    const device = await connectAsync(`ws://127.0.0.1:${broker.ports.webSocket}`, {
      clientId: "bed-1",
      username: "bed-1",
      password: "key-1",
      reconnectPeriod: 0,
    });
    onTestFinished(() => void device.end(true));
    broker.hold();
    let isAcknowledged = false;
    const published = device.publishAsync("devices/bed-1/readings", "{}", { qos: 1 }).then(() => {
      isAcknowledged = true;
    });
    await soon(() => expect(broker.heard).toHaveLength(1));
    expect(isAcknowledged).toBe(false);
    broker.release();
    await published;
  });

  test.each<[string, Buffer]>([
    // A message of 120,000 bytes: 40,000 of it are more than anybody may bring who is not known.
    [
      "a message that does not end",
      Buffer.concat([Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0, 1, 0xd4, 0xc0, 1, 2, 3, 4), Buffer.alloc(40_000)]),
    ],
    ["text", Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x10, 0)],
  ])("is cut off for %s before anybody knows who it is", async (_name, frame) => {
    const broker = await openBroker();
    const { socket, heard } = await openSocket(broker.ports.webSocket ?? 0);
    const closed = once(socket, "close");
    socket.write(`${UPGRADE}Sec-WebSocket-Protocol: mqtt\r\n\r\n`);
    await soon(() => expect(Buffer.from(heard(), "hex").toString("latin1")).toContain("101 Switching"));
    socket.write(frame);
    await closed;
    expect(broker.counters().connections.webSocket).toBe(0);
  });

  /** A message of 120,000 bytes, of which the first 20,000 have come. */
  const BEGUN = Buffer.concat([
    Buffer.of(0x82, 0xff, 0, 0, 0, 0, 0, 1, 0xd4, 0xc0, 1, 2, 3, 4),
    Buffer.alloc(20_000),
  ]);

  test("is counted for the pieces of a message that is not whole, until it is gone", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openSocket(broker.ports.webSocket ?? 0);
    socket.write(`${UPGRADE}Sec-WebSocket-Protocol: mqtt\r\n\r\n`);
    await soon(() => expect(Buffer.from(heard(), "hex").toString("latin1")).toContain("101 Switching"));
    socket.write(BEGUN);
    await soon(() => expect(broker.counters().heldBytes).toBe(BEGUN.length));
    socket.destroy();
    await soon(() => expect(broker.counters().heldBytes).toBe(0));
  });

  test("is cut off where there is no room for the pieces of its message", async () => {
    const clock = new HandClock();
    const tally = new Tally();
    const gate = new Gate({ connectionsPerAddressMax: 2, clock, tally });
    let heldBytes = 0;
    const hold = (moreBytes: number) => {
      heldBytes += moreBytes;
      return heldBytes <= 10_000;
    };
    const door = await openWebSocketDoor(LOOPBACK, gate, hold, ({ stream }) => stream.resume());
    onTestFinished(() => door.close());
    const { socket, heard } = await openSocket(door.port);
    const closed = once(socket, "close");
    socket.write(`${UPGRADE}Sec-WebSocket-Protocol: mqtt\r\n\r\n`);
    await soon(() => expect(Buffer.from(heard(), "hex").toString("latin1")).toContain("101 Switching"));
    socket.write(BEGUN);
    await closed;
    await soon(() => expect(heldBytes).toBe(0));
  });

  test("with a wrong key is refused", async () => {
    const broker = await openBroker();
    const connecting = connectAsync(`ws://127.0.0.1:${broker.ports.webSocket}`, {
      clientId: "bed-1",
      password: "wrong",
      username: "bed-1",
      reconnectPeriod: 0,
    });
    await expect(connecting).rejects.toThrow("Not authorized");
  });

  test("that does not offer MQTT as its subprotocol is told so", async () => {
    const broker = await openBroker();
    const socket = new WebSocket(`ws://127.0.0.1:${broker.ports.webSocket}`);
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(1002);
  });

  test.each([
    ["that does not offer MQTT", ""],
    ["that offers MQTT", "Sec-WebSocket-Protocol: mqtt\r\n"],
  ])("%s and then sends frames that are none is cut off, and others are heard", async (_name, offer) => {
    const broker = await openBroker();
    const { socket, heard } = await openSocket(broker.ports.webSocket ?? 0);
    const closed = once(socket, "close");
    const upgrade = `${UPGRADE}${offer}\r\n`;
    // Text without a mask, which a server must not take, then bits that are reserved.
    const broken = Buffer.of(0x81, 0x02, 0x68, 0x69, 0xff, 0xff);
    socket.write(Buffer.concat([Buffer.from(upgrade), broken]));
    await soon(() => expect(Buffer.from(heard(), "hex").toString("latin1")).toContain("101 Switching"));
    socket.write(broken);
    await closed;
    const device = await connectAsync(`ws://127.0.0.1:${broker.ports.webSocket}`, {
      clientId: "bed-1",
      username: "bed-1",
      password: "key-1",
      reconnectPeriod: 0,
    });
    onTestFinished(() => void device.end(true));
    await device.publishAsync("devices/bed-1/readings", "{}", { qos: 1 });
    expect(broker.heard).toHaveLength(1);
  });
});
