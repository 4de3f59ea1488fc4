/** Chapters 4, 6 and 7: sessions, quality of service, order, topics, errors, WebSocket. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Bed } from "../bench.ts";
import {
  answerFrame,
  CONNACK,
  field,
  frame,
  idOf,
  PING_FRAME,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBREC,
  PUBREL,
  publishFrame,
  SUBACK,
  subscribeFrame,
  takeFrame,
} from "../frames.ts";
import { met, notApplicable, type Statement } from "../statement.ts";

const texts = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

async function isCutOff(bed: Bed, ...frames: readonly Buffer[]): Promise<void> {
  const { client } = await bed.join();
  client.send(...frames);
  assert.deepEqual(await client.closed(), []);
}

async function openWebSocket(port: number, protocol: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, protocol);
  await once(socket, "open");
  return socket;
}

/** Kinds of the frames that come until there are so many. */
async function kindsFrom(socket: WebSocket, count: number, send: () => void): Promise<number[]> {
  const kinds: number[] = [];
  let rest: Buffer = Buffer.alloc(0);
  const done = Promise.withResolvers<void>();
  socket.on("message", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let taken = takeFrame(rest); taken !== null; taken = takeFrame(rest)) {
      kinds.push(taken.frame.kind);
      rest = taken.rest;
    }
    if (kinds.length >= count) done.resolve();
  });
  socket.on("close", () => done.reject(new Error(`closed after frames of kinds ${kinds}`)));
  send();
  await done.promise;
  return kinds;
}

export const FLOW: readonly Statement[] = [
  met("MQTT-4.1.0-1", "a session is kept as long as it lasts", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2, { isClean: false });
    await bed.tell(client, { text: "under way", qos: 2, id: 2 });
    const { id } = await client.message();
    await client.drop();
    for (let n = 0; n < 3; n++) {
      const again = await bed.join({ isClean: false });
      assert.equal(again.isSessionPresent, true);
      const { text, id: sameId } = await again.client.message();
      assert.deepEqual([text, sameId], ["under way", id]);
      await again.client.drop();
    }
  }),
  met("MQTT-4.1.0-2", "a session lasts at least as long as its connection", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1);
    for (const text of texts(30)) {
      await bed.tell(client, { text, qos: 1 });
      assert.equal((await client.receive()).text, text);
    }
  }),
  notApplicable(
    "MQTT-4.2.0-1",
    "the network loses nothing and keeps the order",
    "TCP does; nothing else is offered",
  ),
  met("MQTT-4.3.1-1", "QoS 0: a message goes out once, with QoS 0 and unmarked", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(0, { isClean: false });
    await bed.tell(client, { text: "once", qos: 0 });
    const { qos, isDup } = await client.message();
    assert.deepEqual([qos, isDup], [0, false]);
    await client.drop();
    assert.deepEqual(await (await bed.join({ isClean: false })).client.heard(), []);
  }),
  met("MQTT-4.3.2-1", "QoS 1, sending: under way until its PUBACK", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1, { isClean: false });
    await bed.tell(client, { text: "first", qos: 1, id: 2 });
    const sent = await client.message();
    await client.drop();
    const again = (await bed.join({ isClean: false })).client;
    const resent = await again.receive();
    assert.deepEqual([resent.text, resent.id, resent.isDup], ["first", sent.id, true]);
    await again.heard();
    await again.drop();
    assert.deepEqual(await (await bed.join({ isClean: false })).client.heard(), []);
  }),
  met(
    "MQTT-4.3.2-2",
    "QoS 1, receiving: a PUBACK, and from then on the id is a new message's",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(1);
      for (const text of ["one", "two"]) {
        await bed.tell(client, { text, qos: 1, id: 77 });
        assert.equal((await client.receive()).text, text);
      }
    },
  ),
  met(
    "MQTT-4.3.3-1",
    "QoS 2, sending: PUBREL for each PUBREC, kept until its PUBCOMP, and no PUBLISH any more",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(2, { isClean: false });
      await bed.tell(client, { text: "order", qos: 2, id: 2 });
      const { id } = await client.message();
      assert.equal(await client.ask(PUBREL, answerFrame(PUBREC, id)), id);
      assert.equal(await client.ask(PUBREL, answerFrame(PUBREC, id)), id);
      await client.drop();
      const again = (await bed.join({ isClean: false })).client;
      await again.next(PUBREL);
      assert.deepEqual(await again.heard(), []);
      again.send(answerFrame(PUBCOMP, id));
      await again.heard();
      await again.drop();
      const last = (await bed.join({ isClean: false })).client;
      assert.deepEqual(await last.said(), []);
    },
  ),
  met(
    "MQTT-4.3.3-2",
    "QoS 2, receiving: told once however often it comes, until its PUBREL",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(2, { isClean: false });
      const publish = (isDup: boolean) =>
        publishFrame({ topic: bed.status, text: "once", qos: 2, id: 50, isDup });
      await client.ask(PUBREC, publish(false));
      await client.ask(PUBREC, publish(true));
      assert.equal((await client.receive()).text, "once");
      await client.drop();
      const again = (await bed.join({ isClean: false })).client;
      await again.ask(PUBREC, publish(true));
      assert.equal(await again.ask(PUBCOMP, answerFrame(PUBREL, 50)), 50);
      // A PUBREL of what is not known is answered as well.
      assert.equal(await again.ask(PUBCOMP, answerFrame(PUBREL, 50)), 50);
      assert.deepEqual(await again.heard(), []);
      await again.ask(PUBREC, publish(false));
      assert.equal((await again.message()).text, "once");
    },
  ),
  met("MQTT-4.4.0-1", "after a break what is under way goes out again, under its ids", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2, { isClean: false });
    for (let n = 1; n <= 4; n++) await bed.tell(client, { text: `${n}`, qos: 1 + (n % 2), id: n });
    const sent = await client.messages(4);
    const received = sent.find(({ qos }) => qos === 2);
    assert.ok(received !== undefined, "one of them has QoS 2");
    await client.ask(PUBREL, answerFrame(PUBREC, received.id));
    await client.drop();
    const again = (await bed.join({ isClean: false })).client;
    assert.equal(idOf(await again.first(PUBREL)), received.id);
    const others = sent.filter((one) => one !== received).map(({ id }) => id);
    const resent = await again.messages(3);
    assert.deepEqual(
      resent.map(({ id }) => id),
      others,
    );
  }),
  met(
    "MQTT-4.5.0-1",
    "a message that was accepted is the broker's to deliver, also to who is away",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(1, {
        isClean: false,
        will: { topic: bed.status, text: "away", qos: 1 },
      });
      await bed.tell(client, { text: "here", qos: 1, id: 2 });
      await client.message();
      await client.drop();
      const heard = await (await bed.join({ isClean: false })).client.messages(2);
      assert.deepEqual(
        heard.map(({ text }) => text),
        ["here", "away"],
      );
    },
  ),
  notApplicable("MQTT-4.5.0-2", "a client acknowledges what it is told", "binds the client"),
  met("MQTT-4.6.0-1", "what is sent again keeps the order in which it was sent", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1, { isClean: false });
    for (const text of texts(10)) await bed.tell(client, { text, qos: 1, id: Number(text) + 1 });
    await client.messages(10);
    await client.drop();
    const again = await (await bed.join({ isClean: false })).client.messages(10);
    assert.deepEqual(
      again.map(({ text }) => text),
      texts(10),
    );
  }),
  met("MQTT-4.6.0-2", "PUBACKs go out in the order of their messages", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    // Readings wait for the disk and others do not; still in order.
    client.send(
      ...texts(20).map((text) =>
        publishFrame({
          topic: Number(text) % 2 ? bed.status : bed.readings,
          text: "[]",
          qos: 1,
          id: Number(text) + 1,
        }),
      ),
    );
    for (let id = 1; id <= 20; id++) assert.equal((await client.next(PUBACK)).body.readUInt16BE(0), id);
  }),
  met("MQTT-4.6.0-3", "PUBRECs go out in the order of their messages", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(
      ...texts(20).map((text) =>
        publishFrame({ topic: bed.readings, text: "[]", qos: 2, id: Number(text) + 1 }),
      ),
    );
    for (let id = 1; id <= 20; id++) assert.equal((await client.next(PUBREC)).body.readUInt16BE(0), id);
  }),
  met("MQTT-4.6.0-4", "PUBRELs go out in the order of the PUBRECs", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2, { isClean: false });
    for (const text of texts(10)) await bed.tell(client, { text, qos: 2, id: Number(text) + 1 });
    const ids = (await client.messages(10)).map(({ id }) => id);
    client.send(...ids.map((id) => answerFrame(PUBREC, id)));
    for (const id of ids) assert.equal((await client.next(PUBREL)).body.readUInt16BE(0), id);
  }),
  met("MQTT-4.6.0-5", "every topic keeps its order", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await client.ask(SUBACK, subscribeFrame(1, [bed.below("#"), 1]));
    const sent = texts(40).map((text) => ({ text, topic: Number(text) % 2 ? bed.status : bed.readings }));
    client.send(
      ...sent.map(({ topic, text }) => publishFrame({ topic, text, qos: 1, id: Number(text) + 1 })),
    );
    const heard = await client.messages(40);
    for (const topic of [bed.status, bed.readings]) {
      const of = (all: readonly { topic: string; text: string }[]) =>
        all.filter((one) => one.topic === topic).map(({ text }) => text);
      assert.deepEqual(of(heard), of(sent));
    }
  }),
  met(
    "MQTT-4.6.0-6",
    "messages of a topic and a QoS go out in the order in which they came",
    async (bench) => {
      for (const qos of [0, 1, 2]) {
        const bed = bench.bed();
        const client = await bed.listen(qos);
        client.send(
          ...texts(40).map((text) => publishFrame({ topic: bed.status, text, qos, id: Number(text) + 1 })),
        );
        assert.deepEqual(
          (await client.messages(40)).map(({ text }) => text),
          texts(40),
        );
      }
    },
  ),
  met("MQTT-4.7.1-1", "wildcards stand in filters, and never in topics", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await client.ask(SUBACK, subscribeFrame(1, [bed.below("+"), 0], [bed.below("status/#"), 0]));
    await bed.tell(client, { text: "x", qos: 1 });
    assert.ok((await client.heard()).length > 0);
    await isCutOff(bed, publishFrame({ topic: bed.below("+"), text: "x" }));
  }),
  met("MQTT-4.7.1-2", "# stands last, and behind a separator", async (bench) => {
    const bed = bench.bed();
    for (const wrong of [bed.below("#/status"), bed.below("stat#")]) {
      await isCutOff(bed, subscribeFrame(1, [wrong, 0]));
    }
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [`${bed.status}/#`, 1]));
    assert.equal((await client.next(SUBACK)).body[2], 1);
    await bed.tell(client, { text: "the level above", qos: 1 });
    assert.equal((await client.message()).text, "the level above");
  }),
  met("MQTT-4.7.1-3", "+ is a whole level", async (bench) => {
    const bed = bench.bed();
    for (const wrong of [bed.below("st+"), bed.below("+us"), bed.below("s+s/x")]) {
      await isCutOff(bed, subscribeFrame(1, [wrong, 0]));
    }
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.below("+"), 1], [bed.below("+/x"), 1]));
    assert.deepEqual([...(await client.next(SUBACK)).body.subarray(2)], [1, 1]);
  }),
  met("MQTT-4.7.2-1", "a wildcard in front does not match what begins with $", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, ["#", 1], ["+/clients", 1], ["$SYS/#", 1]));
    await client.next(SUBACK);
    // The broker itself tells of each connection below $SYS.
    await bench.bed().join();
    assert.deepEqual(await client.heard(), []);
  }),
  met("MQTT-4.7.3-1", "topics and filters have one character at least", async (bench) => {
    const bed = bench.bed();
    await isCutOff(bed, publishFrame({ topic: "", text: "x", qos: 1 }));
    await isCutOff(bed, subscribeFrame(1, ["", 0]));
    await isCutOff(bed, frame(10, 2, Buffer.of(0, 1), field("")));
  }),
  met("MQTT-4.7.3-2", "topics and filters have no null character", async (bench) => {
    const bed = bench.bed();
    await isCutOff(bed, publishFrame({ topic: `${bed.status}\0`, text: "x", qos: 1 }));
    await isCutOff(bed, subscribeFrame(1, [`${bed.status}\0`, 0]));
  }),
  met("MQTT-4.7.3-3", "topics have 65,535 bytes at most, and one as long does no harm", async (bench) => {
    const bed = bench.bed();
    await isCutOff(bed, publishFrame({ topic: bed.below("x".repeat(65_000)), text: "x", qos: 1 }));
    await isCutOff(bed, subscribeFrame(1, [bed.below("/".repeat(65_000)), 0]));
    await bed.join();
  }),
  met("MQTT-4.7.3-4", "topics are compared character by character", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    const like = [
      bed.status.toUpperCase(),
      `${bed.status}/`,
      `/${bed.status}`,
      bed.below("ſtatus"),
      bed.below(" status"),
    ];
    client.send(subscribeFrame(1, ...like.map((filter) => [filter, 1] as const)));
    await client.next(SUBACK);
    await bed.tell(client, { text: "x", qos: 1 });
    assert.deepEqual(await client.heard(), []);
  }),
  met("MQTT-4.8.0-1", "whoever breaks the protocol is cut off", async (bench) => {
    const bed = bench.bed();
    const broken = [
      frame(0, 0),
      frame(15, 0),
      frame(CONNACK, 0, Buffer.of(0, 0)),
      frame(SUBACK, 0, Buffer.of(0, 1, 0)),
      frame(PINGRESP, 0),
      frame(PUBACK, 0, Buffer.of(1)),
      Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01),
    ];
    for (const one of broken) await isCutOff(bed, one);
  }),
  notApplicable(
    "MQTT-4.8.0-2",
    "who meets a passing trouble while it works on a packet closes that packet's connection",
    "shown where trouble can be made: a commit that fails closes the connection (test/gateway/transport/mqtt)",
  ),
  met("MQTT-6.0.0-1", "over WebSocket, a frame of text closes the connection", async (bench) => {
    const bed = bench.bed();
    const socket = await openWebSocket(bench.webSocketPort, "mqtt");
    await kindsFrom(socket, 1, () => socket.send(bed.connect()));
    const closed = once(socket, "close");
    socket.send(PING_FRAME.toString("latin1"));
    await closed;
  }),
  met("MQTT-6.0.0-2", "packets need not begin or end with a WebSocket frame", async (bench) => {
    const bed = bench.bed();
    const socket = await openWebSocket(bench.webSocketPort, "mqtt");
    const bytes = Buffer.concat([bed.connect(), PING_FRAME, PING_FRAME]);
    const kinds = await kindsFrom(socket, 3, () => {
      for (const byte of bytes.subarray(0, -3)) socket.send(Buffer.of(byte));
      socket.send(bytes.subarray(-3));
    });
    assert.deepEqual(kinds, [CONNACK, PINGRESP, PINGRESP]);
    socket.terminate();
  }),
  notApplicable("MQTT-6.0.0-3", "a client offers the subprotocol mqtt", "binds the client"),
  met("MQTT-6.0.0-4", "the broker chooses the subprotocol mqtt", async (bench) => {
    const socket = await openWebSocket(bench.webSocketPort, "mqtt");
    assert.equal(socket.protocol, "mqtt");
    socket.terminate();
  }),
  notApplicable("MQTT-7.0.0-1", "who is broker and client is both by the rules", "follows from all others"),
  notApplicable(
    "MQTT-7.0.0-2",
    "a broker keeps all that binds brokers",
    "it does but for what is listed as not met",
  ),
];
