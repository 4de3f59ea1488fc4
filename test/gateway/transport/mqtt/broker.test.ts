import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { SUBSCRIPTIONS_MAX } from "../../../../gateway/transport/mqtt/limits.ts";
import { connectDevice, connected, heardBy, openBroker, openSocket } from "../../../support/brokers.ts";
import { CONNACK, CONNECT, packet, text } from "../../../support/mqtt-bytes.ts";
import { soon } from "../../../support/soon.ts";

const READINGS = "devices/bed-1/readings";

describe("a reading over MQTT", () => {
  test("is acknowledged only when it is on disk", async () => {
    const broker = await openBroker();
    broker.hold();
    const { socket, heard } = await openSocket(broker.port);
    socket.write(
      Buffer.concat([CONNECT, packet(0x32, text(READINGS), Buffer.from([0, 7]), Buffer.from("{}"))]),
    );
    await soon(() => expect(broker.heard).toHaveLength(1));
    // A ping behind it is answered, so the line lives; the reading is not.
    socket.write(Buffer.from([0xc0, 0]));
    await soon(() => expect(heard()).toBe(`${CONNACK}d000`));
    broker.release();
    await soon(() => expect(heard()).toBe(`${CONNACK}d00040020007`));
  });

  test("that could not be kept is not acknowledged: the line is cut, and the device sends it again", async () => {
    const broker = await openBroker();
    broker.hold();
    const device = await connected(broker.port);
    const published = device.publishAsync(READINGS, "{}", { qos: 1 }).then(
      () => "acknowledged",
      () => "not acknowledged",
    );
    await soon(() => expect(broker.heard).toHaveLength(1));
    const closed = heardBy(device, "close");
    broker.fail();
    await closed;
    device.end(true);
    expect(await published).toBe("not acknowledged");
  });

  test("keeps its place in the order in which the device sent", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    const sent = Array.from({ length: 50 }, (_, index) => `[${index}]`);
    await Promise.all(sent.map((body) => device.publishAsync(READINGS, body, { qos: 1 })));
    expect(broker.texts()).toEqual(sent);
  });

  test("comes with its packet id, and with the word that it is sent again", async () => {
    const broker = await openBroker();
    const { socket } = await openSocket(broker.port);
    const publish = (header: number) =>
      packet(header, text(READINGS), Buffer.from([0, 7]), Buffer.from("{}"));
    socket.write(
      Buffer.concat([CONNECT, publish(0x32), publish(0x3a), packet(0x30, text(READINGS), Buffer.from("{}"))]),
    );
    await soon(() => expect(broker.heard).toHaveLength(3));
    expect(broker.heard.map(({ deviceId, body }) => ({ deviceId, ...body }))).toMatchObject([
      { deviceId: "bed-1", packetId: 7, isRepeat: false },
      { deviceId: "bed-1", packetId: 7, isRepeat: true },
      { deviceId: "bed-1", packetId: null, isRepeat: false },
    ]);
  });

  test("that asks to be retained is not told to whoever listens later as if it were new", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    await device.publishAsync(READINGS, "old", { qos: 1, retain: true });
    const told: string[] = [];
    device.on("message", (_topic, payload) => told.push(payload.toString()));
    await device.subscribeAsync(READINGS);
    await device.publishAsync(READINGS, "new", { qos: 1 });
    await soon(() => expect(told).toEqual(["new"]));
  });
});

describe("a device", () => {
  test("may say whether it is there, which is no reading, and is told to who asks", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    await device.publishAsync("devices/bed-1/status", "online", { qos: 1, retain: true });
    const told = heardBy(device, "message");
    await device.subscribeAsync("devices/bed-1/status");
    expect(String((await told)[1])).toBe("online");
    expect(broker.heard).toEqual([]);
  });

  test.each([
    "devices/bed-2/readings",
    "devices/bed-1/other",
    "devices/bed-1/readings/x",
    "$SYS/x",
    "readings",
  ])("that speaks on %s is cut off, counted, and not heard", async (topic) => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    const closed = heardBy(device, "close");
    device.publish(topic, "{}", { qos: 1 });
    await closed;
    expect(broker.heard).toEqual([]);
    expect(broker.problems.list()).toContainEqual(
      expect.objectContaining({ reason: "foreign-topic", count: 1 }),
    );
  });

  test("listens to so many filters and no more; to those that it has it may listen again", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    const granted = async (filter: string) => (await device.subscribeAsync(filter, { qos: 1 }))[0]?.qos;
    for (let n = 0; n < SUBSCRIPTIONS_MAX; n++) expect(await granted(`devices/bed-1/${n}`)).toBe(1);
    const refused = await granted("devices/bed-1/more").catch((error: Error) => error.message);
    expect(refused).toMatch(/unspecified error/i);
    expect(await granted("devices/bed-1/0")).toBe(1);
  });

  test("that listens to another's topic is refused with 128, and stays", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openSocket(broker.port);
    const subscribe = packet(
      0x82,
      Buffer.from([0, 9]),
      text("devices/bed-2/#"),
      Buffer.from([1]),
      text("devices/bed-1/x"),
      Buffer.from([1]),
    );
    socket.write(Buffer.concat([CONNECT, subscribe]));
    await soon(() => expect(heard()).toBe(`${CONNACK}900400098001`));
  });

  test("that hears everything of its own never hears another", async () => {
    const broker = await openBroker();
    const [first, second] = [await connected(broker.port, "bed-1"), await connected(broker.port, "bed-2")];
    const told: string[] = [];
    first.on("message", (topic) => told.push(topic));
    await first.subscribeAsync("devices/bed-1/#");
    await second.publishAsync("devices/bed-2/status", "online", { qos: 1 });
    await first.publishAsync("devices/bed-1/status", "online", { qos: 1 });
    await soon(() => expect(told).toEqual(["devices/bed-1/status"]));
  });

  /** Connects in bytes with a will for that topic, and is cut off. */
  async function cutOff(port: number, willTopic: string): Promise<void> {
    const { socket } = await openSocket(port);
    const flags = Buffer.from([4, 0b1110_1110, 0, 60]);
    const fields = ["bed-1", willTopic, "offline", "bed-1", "key-1"].map(text);
    socket.write(packet(0x10, text("MQTT"), flags, ...fields));
    await once(socket, "data");
    socket.destroy();
  }

  test("that is cut off is told of by its will", async () => {
    const broker = await openBroker();
    await cutOff(broker.port, "devices/bed-1/status");
    const device = await connected(broker.port);
    const told = heardBy(device, "message");
    await device.subscribeAsync("devices/bed-1/status");
    expect(String((await told)[1])).toBe("offline");
  });

  test("that is cut off cannot speak for another by its will", async () => {
    const broker = await openBroker();
    const other = await connected(broker.port, "bed-2");
    const told: string[] = [];
    other.on("message", (_topic, payload) => told.push(payload.toString()));
    await other.subscribeAsync("devices/bed-2/#");
    await cutOff(broker.port, "devices/bed-2/status");
    await soon(() =>
      expect(broker.problems.list()).toEqual([expect.objectContaining({ reason: "foreign-topic" })]),
    );
    await other.publishAsync("devices/bed-2/status", "online", { qos: 1 });
    await soon(() => expect(told).toEqual(["online"]));
  });

  test("with a wrong key, and one that nobody knows, is refused and counted", async () => {
    const broker = await openBroker();
    for (const [clientId, key] of [
      ["bed-1", "wrong"],
      ["stranger", "key-1"],
    ] as const) {
      const [error] = await heardBy(connectDevice(broker.port, clientId, key), "error");
      expect((error as { code?: number }).code).toBe(5);
    }
    expect(broker.strangers.list().map(({ reason }) => reason)).toEqual([
      "wrong-device-key",
      "unknown-device",
    ]);
  });

  test("that comes and goes is counted on the status page", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    await soon(() =>
      expect(broker.links.list()[0]).toMatchObject({
        linkId: `mqtt 127.0.0.1:${broker.port}`,
        state: "listening",
        detail: expect.stringMatching(/^1 /),
      }),
    );
    await device.endAsync();
    await soon(() => expect(broker.links.list()[0]?.detail).toMatch(/^0 /));
  });

  test("that sends noise costs the others nothing", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    const { socket } = await openSocket(broker.port);
    const closed = once(socket, "close");
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await closed;
    await device.publishAsync(READINGS, "{}", { qos: 1 });
    expect(broker.heard).toHaveLength(1);
  });
});
