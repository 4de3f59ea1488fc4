import { describe, expect, test } from "vitest";
import { UNANSWERED_MAX } from "../../../../gateway/transport/mqtt/limits.ts";
import { connected, heardBy, openBroker, openSocket } from "../../../support/brokers.ts";
import { CONNECT, packet, text } from "../../../support/mqtt-bytes.ts";
import { soon } from "../../../support/soon.ts";
import { ack, isClosed, openDevice, PING, PONG, publish, READINGS, STATUS } from "./front-device.ts";

describe("a device's acknowledgements", () => {
  test("come in the order of its publishes, whatever topic each was on", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openDevice(broker);
    broker.hold();
    socket.write(Buffer.concat([publish(READINGS, 1), publish(STATUS, 2), publish(READINGS, 3), PING]));
    await soon(() => expect(heard()).toBe(PONG));
    broker.release();
    await soon(() => expect(heard()).toBe(PONG + ack(1) + ack(2) + ack(3)));
  });

  test("that are owed are so many at the most; then it is read no further until some are given", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openDevice(broker);
    broker.hold();
    const ids = Array.from({ length: UNANSWERED_MAX + 44 }, (_, index) => index + 1);
    socket.write(Buffer.concat(ids.map((id) => publish(READINGS, id))));
    await soon(() => expect(broker.heard).toHaveLength(UNANSWERED_MAX));
    expect(broker.counters().paused).toBe(1);
    broker.release();
    await soon(() => expect(broker.heard).toHaveLength(ids.length));
    broker.release();
    await soon(() => expect(heard()).toBe(ids.map(ack).join("")));
    expect(broker.counters()).toMatchObject({ paused: 0, acknowledged: ids.length, heldBytes: 0 });
  });

  test("wait while the ingest is full, and nothing more is taken from it", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openDevice(broker);
    broker.fill();
    socket.write(Buffer.concat([publish(READINGS, 1), publish(READINGS, 2), publish(READINGS, 3)]));
    await soon(() => expect(heard()).toBe(ack(1)));
    socket.write(publish(READINGS, 4));
    broker.clock.pass(1_000);
    expect(broker.heard).toHaveLength(1);
    broker.makeRoom();
    await soon(() => expect(heard()).toBe([1, 2, 3, 4].map(ack).join("")));
  });

  test("and what waits unread, whole or in part, are its own whatever others send meanwhile", async () => {
    const broker = await openBroker();
    const { socket, heard } = await openDevice(broker);
    const other = await openSocket(broker.port);
    broker.fill();
    const split = publish(READINGS, 3, "third");
    socket.write(
      Buffer.concat([
        publish(READINGS, 1, "first"),
        publish(READINGS, 2, "second"),
        split.subarray(0, split.length - 3),
      ]),
    );
    await soon(() => expect(heard()).toBe(ack(1)));
    // As many bytes as a CONNECT may have, and no end of it.
    other.socket.write(Buffer.concat([Buffer.from([0x10, 0xff, 0x7f]), Buffer.alloc(10_000, 0xee)]));
    await soon(() => expect(broker.counters().bytesIn).toBeGreaterThan(10_000));
    broker.makeRoom();
    socket.write(split.subarray(split.length - 3));
    await soon(() => expect(heard()).toBe([1, 2, 3].map(ack).join("")));
    expect(broker.texts()).toEqual(["first", "second", "third"]);
  });

  test("of QoS 2 wait while the ingest is full like any other", async () => {
    const broker = await openBroker();
    const { socket } = await openDevice(broker);
    const exactly = (packetId: number) =>
      packet(0x34, text(READINGS), Buffer.from([0, packetId]), Buffer.from("{}"));
    broker.fill();
    socket.write(Buffer.concat([exactly(1), exactly(2), exactly(3), exactly(4)]));
    await soon(() => expect(broker.counters().paused).toBe(1));
    await soon(() => expect(broker.heard).toHaveLength(1));
    broker.makeRoom();
    await soon(() => expect(broker.heard).toHaveLength(4));
  });

  test("of QoS 2 come after the commit too", async () => {
    const broker = await openBroker();
    const device = await connected(broker.port);
    broker.hold();
    let isDone = false;
    const published = device.publishAsync(READINGS, "{}", { qos: 2 }).then(() => {
      isDone = true;
    });
    await soon(() => expect(broker.heard).toHaveLength(1));
    expect(isDone).toBe(false);
    broker.release();
    await published;
    expect(broker.counters().publishes).toEqual({ qos0: 0, qos1: 0, qos2: 1 });
  });
});

describe("a device is cut off, counted, and nothing of it is heard, that", () => {
  test.each<[string, Buffer, string]>([
    ["connects twice", CONNECT, "broken-frame"],
    ["sends what only a broker may", Buffer.from([0x20, 2, 0, 0]), "broken-frame"],
    ["pings with a body", Buffer.from([0xc0, 1, 0]), "broken-frame"],
    ["subscribes to nothing", Buffer.from([0x82, 2, 0, 1]), "broken-frame"],
    ["publishes with a QoS of 3", packet(0x36, text(READINGS), Buffer.from([0, 1])), "broken-frame"],
    ["publishes without a packet id", packet(0x32, text(READINGS), Buffer.from([0, 0])), "broken-frame"],
    ["announces a length of five bytes", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]), "broken-frame"],
    ["announces more than a frame may have", Buffer.from([0x30, 0x80, 0x80, 0x08]), "frame-too-long"],
  ])("%s", async (_name, bytes, reason) => {
    const broker = await openBroker();
    const { socket } = await openDevice(broker);
    const closed = isClosed(socket);
    socket.write(bytes);
    await closed;
    expect(broker.counters().refused).toMatchObject({ [reason]: 1 });
    expect(broker.problems.list()).toEqual([expect.objectContaining({ reason: "mqtt-error", count: 1 })]);
    expect(broker.heard).toEqual([]);
  });

  test("says nothing for one and a half of its keep-alive", async () => {
    const broker = await openBroker();
    const { socket } = await openDevice(broker);
    const closed = isClosed(socket);
    broker.clock.pass(90);
    socket.write(PING);
    await soon(() => expect(broker.counters().bytesIn).toBe(CONNECT.length + PING.length));
    broker.clock.pass(91);
    await closed;
    expect(broker.counters().refused["keep-alive"]).toBe(1);
  });

  test("does not read what it has subscribed to", async () => {
    const broker = await openBroker();
    const { socket } = await openDevice(broker);
    socket.write(packet(0x82, Buffer.from([0, 9]), text("devices/bed-1/#"), Buffer.from([0])));
    socket.pause();
    const payload = Buffer.alloc(60_000, "x");
    const length = payload.length + 2 + STATUS.length;
    const header = Buffer.from([0x30, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]);
    const flood = Buffer.concat([header, text(STATUS), payload]);
    const closed = isClosed(socket);
    const flooding = setInterval(() => void (socket.writableLength < 1_000_000 && socket.write(flood)), 0);
    await closed.finally(() => clearInterval(flooding));
    await soon(() => expect(broker.problems.list().map(({ reason }) => reason)).toContain("slow-subscriber"));
    expect(broker.counters().refused["slow-subscriber"]).toBe(1);
  });
});

test("a device that leaves its QoS 2 messages unreleased is cut off before there are too many", async () => {
  const broker = await openBroker();
  const { socket } = await openDevice(broker);
  const closed = isClosed(socket);
  const exactly = (id: number) =>
    packet(0x34, text(READINGS), Buffer.from([id >> 8, id & 0xff]), Buffer.from("{}"));
  for (let id = 1; id <= UNANSWERED_MAX + 20; id++) socket.write(exactly(id));
  await closed;
  await soon(() => expect(broker.problems.list().map(({ reason }) => reason)).toEqual(["mqtt-error"]));
});

describe("who is not known yet", () => {
  test("has five seconds to say who it is", async () => {
    const broker = await openBroker();
    const { socket } = await openSocket(broker.port);
    const device = await openDevice(broker);
    const closed = isClosed(socket);
    socket.write(CONNECT.subarray(0, 10));
    broker.clock.pass(5);
    await closed;
    expect(broker.counters().refused["connect-timeout"]).toBe(1);
    device.socket.write(PING);
    await soon(() => expect(device.heard()).toBe(PONG));
  });

  test.each<[string, Buffer]>([
    ["anything but CONNECT first", PING],
    ["a CONNECT of more than 16 KiB", Buffer.from([0x10, 0xff, 0xff, 0x7f])],
    ["a CONNECT that breaks off inside", Buffer.from([0x10, 3, 0, 4, 0x4d])],
  ])("is cut off for %s", async (_name, bytes) => {
    const broker = await openBroker();
    const { socket } = await openSocket(broker.port);
    const closed = isClosed(socket);
    socket.write(bytes);
    await closed;
    expect(broker.strangers.list()).toEqual([expect.objectContaining({ reason: "mqtt-error", count: 1 })]);
  });

  test.each<[string, Buffer, string]>([
    ["speaks MQTT 5", packet(0x10, text("MQTT"), Buffer.from([5, 2, 0, 60, 0]), text("bed-1")), "20020001"],
    [
      "wants to be remembered without a name",
      packet(0x10, text("MQTT"), Buffer.from([4, 0, 0, 60]), text("")),
      "20020002",
    ],
  ])("is told why it is refused where it %s", async (_name, bytes, answer) => {
    const broker = await openBroker();
    const { socket, heard } = await openSocket(broker.port);
    socket.write(bytes);
    await soon(() => expect(heard()).toBe(answer));
  });

  test("cannot take more connections than one address may have, and those that leave make room", async () => {
    const broker = await openBroker({ connectionsPerAddressMax: 2 });
    const first = await openSocket(broker.port);
    await openSocket(broker.ports.webSocket ?? 0);
    const third = await openSocket(broker.port);
    await isClosed(third.socket);
    expect(broker.counters()).toMatchObject({
      connections: { tcp: 1, tls: 0, webSocket: 1 },
      refused: { "address-full": 1 },
    });
    first.socket.destroy();
    await soon(() => expect(broker.counters().connections.tcp).toBe(0));
    await openDevice(broker);
  });
});

describe("a will", () => {
  const connectWith = (willTopic: string) =>
    packet(
      0x10,
      text("MQTT"),
      Buffer.from([4, 0b1100_0110, 0, 60]),
      ...["bed-1", willTopic, "offline", "bed-1", "key-1"].map(text),
    );

  test.each([READINGS, "devices/bed-2/status", "#", "$SYS/x"])(
    "on %s is refused at the door",
    async (topic) => {
      const broker = await openBroker();
      const { socket, heard } = await openSocket(broker.port);
      const closed = isClosed(socket);
      socket.write(connectWith(topic));
      await closed;
      expect(heard()).toBe("20020005");
      expect(broker.problems.list()).toEqual([
        expect.objectContaining({ reason: "foreign-topic", count: 1 }),
      ]);
    },
  );

  test("on its own status is not told when the device takes its leave, nor anything that it says after", async () => {
    const broker = await openBroker();
    const { socket } = await openDevice(broker, connectWith(STATUS));
    const closed = isClosed(socket);
    socket.write(Buffer.concat([Buffer.from([0xe0, 0]), publish(READINGS, 1)]));
    await closed;
    const next = await connected(broker.port);
    const told: unknown[] = [];
    next.on("message", (topic) => told.push(topic));
    await next.subscribeAsync("devices/bed-1/#");
    await next.publishAsync(READINGS, "{}", { qos: 1 });
    await soon(() => expect(told).toEqual([READINGS]));
    expect(broker.heard).toHaveLength(1);
  });
});

test("the newer of two connections of one device takes over, and only it is answered", async () => {
  const broker = await openBroker();
  const first = await openDevice(broker);
  broker.hold();
  first.socket.write(publish(READINGS, 1));
  await soon(() => expect(broker.heard).toHaveLength(1));
  const closed = isClosed(first.socket);
  const second = await openDevice(broker);
  await closed;
  second.socket.write(publish(READINGS, 2));
  await soon(() => expect(broker.heard).toHaveLength(2));
  broker.release();
  await soon(() => expect(second.heard()).toBe(ack(2)));
  expect(first.heard()).toBe("");
});

test("a device hears its own reading only once it is on disk", async () => {
  const broker = await openBroker();
  const device = await connected(broker.port);
  await device.subscribeAsync(READINGS, { qos: 1 });
  broker.hold();
  const told = heardBy(device, "message");
  const published = device.publishAsync(READINGS, "mine", { qos: 1 });
  await soon(() => expect(broker.heard).toHaveLength(1));
  expect(await Promise.race([told, Promise.resolve("nothing yet")])).toBe("nothing yet");
  broker.release();
  expect(String((await told)[1])).toBe("mine");
  await published;
});
