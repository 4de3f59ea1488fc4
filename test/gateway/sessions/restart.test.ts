import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "../../support/temp-dir.ts";
import { all, message, openPersistence, texts } from "./open-persistence.ts";

const BED = { id: "bed-1" };
const TOPIC = "devices/bed-1/orders";
const toBed = [{ clientId: "bed-1", qos: 2 }];

const sessionsFile = () => join(tempDir(), "sessions.sqlite");

describe("after a restart", () => {
  test("a session has its subscriptions, and is matched by them", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    const orders = { topic: "devices/bed-1/#", qos: 1, rh: 0, rap: true, nl: false };
    await before.persistence.addSubscriptions(BED, [orders, { topic: "devices/bed-1/old", qos: 1 }]);
    await before.persistence.removeSubscriptions(BED, ["devices/bed-1/old"]);
    await before.close();

    const { persistence } = await openPersistence(file);
    expect(await persistence.subscriptionsByTopic(TOPIC)).toEqual([{ clientId: "bed-1", ...orders }]);
    expect(await persistence.subscriptionsByClient(BED)).toEqual([orders]);
  });

  test("messages wait in the order in which they came, each with the QoS that was granted", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    for (let n = 1; n <= 100; n++) {
      await before.persistence.outgoingEnqueueCombi(
        [{ clientId: "bed-1", qos: 1 }],
        message(`${n}`, n, { qos: 2 }),
      );
    }
    await before.close();

    const { persistence } = await openPersistence(file);
    const waiting = await all(persistence.outgoingStream(BED));
    expect(texts(waiting)).toEqual(Array.from({ length: 100 }, (_, n) => `${n + 1}`));
    expect(new Set(waiting.map(({ qos }) => qos))).toEqual(new Set([1]));
  });

  test("what was sent goes out again under its packet id as a repetition; what was not, as new", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    await before.persistence.outgoingEnqueueCombi(toBed, message("sent", 1, { qos: 2 }));
    await before.persistence.outgoingEnqueueCombi(toBed, message("not sent", 2, { qos: 2 }));
    await before.persistence.outgoingUpdate(BED, message("sent", 1, { qos: 2, messageId: 7 }));
    await before.close();

    const { persistence } = await openPersistence(file);
    await persistence.subscriptionsByClient(BED);
    expect(await all(persistence.outgoingStream(BED))).toMatchObject([
      { messageId: 7, dup: true },
      { messageId: undefined, dup: false },
    ]);
  });

  test("a message that the client has received waits for its PUBCOMP only", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    await before.persistence.outgoingEnqueueCombi(toBed, message("order", 1, { qos: 2 }));
    await before.persistence.outgoingUpdate(BED, message("order", 1, { qos: 2, messageId: 7 }));
    await before.persistence.outgoingUpdate(BED, { cmd: "pubrel", messageId: 7 });
    await before.close();

    const { persistence } = await openPersistence(file);
    expect(await all(persistence.outgoingStream(BED))).toEqual([{ cmd: "pubrel", messageId: 7 }]);
    // A PUBREC that comes again changes nothing.
    await persistence.outgoingUpdate(BED, { cmd: "pubrel", messageId: 7 });
    await persistence.outgoingClearMessageId(BED, { messageId: 7 });
    expect(await all(persistence.outgoingStream(BED))).toEqual([]);
  });

  test("a retained message and a will are there, and both may be text or bytes", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    await before.persistence.storeRetained({
      topic: "devices/bed-1/status",
      payload: "online",
      retain: true,
    });
    await before.persistence.storeRetained({ topic: "devices/bed-2/status", payload: Buffer.of(1, 2) });
    await before.persistence.putWill(BED, { topic: "devices/bed-1/status", payload: Buffer.from("offline") });
    const { brokerId } = (await before.persistence.getWill(BED)) ?? {};
    await before.close();

    const { persistence } = await openPersistence(file);
    expect(await all(persistence.createRetainedStream("devices/+/status"))).toEqual([
      { topic: "devices/bed-1/status", payload: "online", retain: true },
      { topic: "devices/bed-2/status", payload: Buffer.of(1, 2) },
    ]);
    expect(texts(await all(persistence.streamWill({ "another-broker": 1 })))).toEqual(["offline"]);
    expect(await all(persistence.streamWill({ [String(brokerId)]: 1 }))).toEqual([]);
  });

  test("no client of this broker has died, though a clock that was set makes this broker seem gone", async () => {
    const { persistence } = await openPersistence(sessionsFile());
    await persistence.putWill(BED, { topic: "devices/bed-1/status", payload: Buffer.from("offline") });
    expect(await all(persistence.streamWill({}))).toEqual([]);
  });

  test("a session without subscriptions is still one", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    expect(await before.persistence.subscriptionsByClient(BED)).toEqual([]);
    await before.close();

    const { persistence } = await openPersistence(file);
    expect(await persistence.subscriptionsByClient(BED)).toHaveLength(1);
    await persistence.cleanSubscriptions(BED);
    expect(await persistence.subscriptionsByClient(BED)).toEqual([]);
  });

  test("one who begins anew has nothing waiting, and nothing is written for who never had a session", async () => {
    const file = sessionsFile();
    const { persistence, called } = await openPersistence(file);
    await persistence.addSubscriptions(BED, [{ topic: TOPIC, qos: 1 }]);
    await persistence.outgoingEnqueueCombi(toBed, message("order", 1));
    await persistence.cleanSubscriptions(BED);
    expect(await all(persistence.outgoingStream(BED))).toEqual([]);
    expect(await persistence.countOffline()).toEqual({ subsCount: 0, clientsCount: 0 });
    const calls = called.length;
    await persistence.cleanSubscriptions({ id: "bed-2" });
    await persistence.cleanIncoming({ id: "bed-2" });
    await persistence.delWill({ id: "bed-2" });
    await persistence.outgoingEnqueueCombi([], message("nobody hears it", 2));
    expect(called.length).toBe(calls);
  });
});

describe("a QoS 2 message that comes in", () => {
  const came = () => message("reading", 1, { qos: 2, messageId: 9 });
  /** The broker hands on another packet around the same payload. */
  const handedOn = (packet: ReturnType<typeof came>) => ({ ...packet, messageId: undefined });

  test("is known after a restart only if it was handed on, and then the queue has it", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    const whole = came();
    await before.persistence.incomingStorePacket(BED, whole);
    await before.persistence.outgoingEnqueueCombi([{ clientId: "pad-3", qos: 2 }], handedOn(whole));
    const cut = came();
    await before.persistence.incomingStorePacket({ id: "bed-2" }, cut);
    await before.close();

    const { persistence } = await openPersistence(file);
    expect(await persistence.incomingGetPacket(BED, { messageId: 9 })).toMatchObject({ messageId: 9 });
    await expect(persistence.incomingGetPacket({ id: "bed-2" }, { messageId: 9 })).rejects.toThrow("9");
    expect(texts(await all(persistence.outgoingStream({ id: "pad-3" })))).toEqual(["reading"]);
    await persistence.incomingDelPacket(BED, { messageId: 9 });
    await expect(persistence.incomingGetPacket(BED, { messageId: 9 })).rejects.toThrow("9");
  });

  test("is released on disk, too", async () => {
    const file = sessionsFile();
    const before = await openPersistence(file);
    const packet = came();
    await before.persistence.incomingStorePacket(BED, packet);
    await before.persistence.outgoingEnqueueCombi([], handedOn(packet));
    await before.persistence.incomingDelPacket(BED, { messageId: 9 });
    await before.close();

    const { persistence } = await openPersistence(file);
    await expect(persistence.incomingGetPacket(BED, { messageId: 9 })).rejects.toThrow("9");
  });

  test("that could not be handed on is not known, so that it can come again", async () => {
    let fails = false;
    const { persistence } = await openPersistence(sessionsFile(), { fails: () => fails });
    const packet = came();
    await persistence.incomingStorePacket(BED, packet);
    fails = true;
    await expect(persistence.outgoingEnqueueCombi([], handedOn(packet))).rejects.toThrow("disk full");
    fails = false;
    await expect(persistence.incomingGetPacket(BED, { messageId: 9 })).rejects.toThrow("9");
    await persistence.incomingStorePacket(BED, came());
  });

  test("that comes again while it is being handed on is answered after that", async () => {
    const { persistence, called } = await openPersistence(sessionsFile());
    const packet = came();
    await persistence.incomingStorePacket(BED, packet);
    const order: string[] = [];
    const handing = persistence
      .outgoingEnqueueCombi([], handedOn(packet))
      .then(() => order.push("handed on"));
    const again = persistence.incomingGetPacket(BED, { messageId: 9 }).then(() => order.push("answered"));
    await Promise.all([handing, again]);
    expect(order).toEqual(["handed on", "answered"]);
    expect(called).toContain("enqueue");
  });

  test("of an id that is not released is not taken a second time", async () => {
    const { persistence } = await openPersistence(sessionsFile());
    await persistence.incomingStorePacket(BED, came());
    await expect(persistence.incomingStorePacket(BED, came())).rejects.toThrow("still in use");
  });

  test("of a clean session leaves nothing on disk, and of its payload nothing in memory", async () => {
    const { persistence, called } = await openPersistence(sessionsFile());
    const calls = called.length;
    const packet = came();
    await persistence.incomingStorePacket({ id: "bed-1", clean: true }, packet);
    const known = await persistence.incomingGetPacket(BED, { messageId: 9 });
    expect(known).toEqual({ cmd: "publish", qos: 2, messageId: 9 });
    await persistence.outgoingEnqueueCombi([], handedOn(packet));
    await persistence.cleanIncoming({ id: "bed-1" });
    expect(called.length).toBe(calls);
    await expect(persistence.incomingGetPacket(BED, { messageId: 9 })).rejects.toThrow("9");
  });
});
