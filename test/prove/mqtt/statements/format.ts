/** Chapters 1 and 2: text, headers and packet ids. */
import assert from "node:assert/strict";
import type { Bed, Bench } from "../bench.ts";
import {
  answerFrame,
  CONNACK,
  DISCONNECT,
  field,
  frame,
  idOf,
  PING_FRAME,
  PINGREQ,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  publishFrame,
  SUBACK,
  SUBSCRIBE,
  subscribeFrame,
  UNSUBACK,
  UNSUBSCRIBE,
  u16,
  unsubscribeFrame,
} from "../frames.ts";
import { met, notApplicable, type Statement } from "../statement.ts";

/** Connects, sends this, and has to be cut off. */
async function isCutOff(bed: Bed, ...frames: readonly Buffer[]): Promise<void> {
  const { client } = await bed.join();
  client.send(...frames);
  await client.closed();
}

/** Text that is not to be had: in a CONNECT, a topic name and both kinds of filters. */
async function isCutOffWith(bench: Bench, wrong: Buffer): Promise<void> {
  const bed = bench.bed();
  const line = await bed.line();
  line.send(bed.connect({ userName: wrong }));
  assert.deepEqual(await line.closed(), [], "nothing is said before the line is closed");
  const topic = Buffer.concat([Buffer.from(`${bed.below("")}`), wrong]);
  await isCutOff(bed, publishFrame({ topic, text: "x", qos: 1, id: 5 }));
  await isCutOff(bed, subscribeFrame(5, [topic, 0]));
  await isCutOff(bed, unsubscribeFrame(5, topic));
}

export const FORMAT: readonly Statement[] = [
  met("MQTT-1.5.3-1", "text that is no UTF-8 closes the connection", (bench) =>
    isCutOffWith(bench, Buffer.of(0xed, 0xa0, 0x80)),
  ),
  met("MQTT-1.5.3-2", "text with a null character closes the connection", (bench) =>
    isCutOffWith(bench, Buffer.of(0x61, 0, 0x62)),
  ),
  met("MQTT-1.5.3-3", "a zero-width space at the beginning is a character like others", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(5, [`\uFEFF${bed.status}`, 0]));
    // Read without it, it would be the bed's own topic, and granted.
    assert.equal((await client.next(SUBACK)).body[2], 0x80);
  }),
  met("MQTT-2.2.2-1", "flags that are reserved have the value that the standard gives", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.status, 2]), PING_FRAME);
    const frames = [await client.first(SUBACK), await client.first(PINGRESP)];
    for (const qos of [1, 2]) client.send(publishFrame({ topic: bed.status, text: "x", qos, id: qos }));
    frames.push(await client.first(PUBACK), await client.first(PUBREC));
    client.send(answerFrame(PUBREL, 2));
    frames.push(await client.first(PUBCOMP));
    const messages = await client.messages(2);
    const second = messages.find(({ qos }) => qos === 2);
    assert.ok(second !== undefined, "a message of QoS 2 comes back");
    client.send(answerFrame(PUBREC, second.id));
    const pubrel = await client.first(PUBREL);
    assert.equal(pubrel.flags, 2);
    client.send(unsubscribeFrame(3, bed.status));
    frames.push(await client.first(UNSUBACK));
    assert.deepEqual(new Set(frames.map(({ flags }) => flags)), new Set([0]));
  }),
  met("MQTT-2.2.2-2", "a wrong flag closes the connection", async (bench) => {
    const bed = bench.bed();
    const wrong = [
      frame(SUBSCRIBE, 0, u16(1), field(bed.status), Buffer.of(0)),
      frame(UNSUBSCRIBE, 0, u16(1), field(bed.status)),
      frame(PUBREL, 0, u16(1)),
      frame(PUBACK, 1, u16(1)),
      frame(PUBREC, 4, u16(1)),
      frame(PUBCOMP, 8, u16(1)),
      frame(PINGREQ, 1),
      frame(DISCONNECT, 1),
    ];
    for (const one of wrong) await isCutOff(bed, one);
    const line = await bed.line();
    const connect = bed.connect();
    connect[0] = 0x11;
    line.send(connect);
    assert.deepEqual(await line.closed(), []);
  }),
  met("MQTT-2.3.1-1", "packets that need a packet id have one that is not 0", async (bench) => {
    const bed = bench.bed();
    await isCutOff(bed, publishFrame({ topic: bed.status, text: "x", qos: 1, id: 0 }));
    await isCutOff(bed, publishFrame({ topic: bed.status, text: "x", qos: 2, id: 0 }));
    await isCutOff(bed, subscribeFrame(0, [bed.status, 0]));
    await isCutOff(bed, unsubscribeFrame(0, bed.status));
    const client = await bed.listen(1);
    await bed.tell(client, { text: "x", qos: 1, id: 9 });
    assert.notEqual((await client.message()).id, 0);
  }),
  notApplicable(
    "MQTT-2.3.1-2",
    "a client gives each new packet an id that is not in use",
    "binds the client",
  ),
  notApplicable("MQTT-2.3.1-3", "a client sends again under the same id", "binds the client"),
  met("MQTT-2.3.1-4", "the broker does the same: no two messages under way have one id", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2);
    for (let n = 1; n <= 20; n++) await bed.tell(client, { text: `${n}`, qos: 1 + (n % 2), id: n });
    const ids = (await client.messages(20)).map(({ id }) => id);
    assert.equal(new Set(ids).size, 20);
  }),
  met("MQTT-2.3.1-5", "a message of QoS 0 has no packet id", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2);
    await bed.tell(client, { text: "hello", qos: 0 });
    const { body } = await client.first(PUBLISH);
    assert.equal(body.length, 2 + bed.status.length + "hello".length);
  }),
  met("MQTT-2.3.1-6", "an answer to a message has its packet id", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    const publish = (qos: number, id: number) => publishFrame({ topic: bed.status, text: "x", qos, id });
    assert.equal(await client.ask(PUBACK, publish(1, 0x1234)), 0x1234);
    assert.equal(await client.ask(PUBREC, publish(2, 0xffff)), 0xffff);
    assert.equal(await client.ask(PUBCOMP, answerFrame(PUBREL, 0xffff)), 0xffff);
  }),
  met("MQTT-2.3.1-7", "SUBACK and UNSUBACK have the id of what they answer", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    assert.equal(await client.ask(SUBACK, subscribeFrame(0xabcd, [bed.status, 0])), 0xabcd);
    assert.equal(await client.ask(UNSUBACK, unsubscribeFrame(0x0102, bed.status)), 0x0102);
  }),
  met("MQTT-3.1.0-1", "before a CONNECT nothing is answered", async (bench) => {
    const bed = bench.bed();
    for (const first of [
      PING_FRAME,
      publishFrame({ topic: bed.status, text: "x" }),
      answerFrame(PUBACK, 1),
    ]) {
      const line = await bed.line();
      line.send(first, bed.connect());
      assert.deepEqual(await line.closed(), []);
    }
  }),
  met("MQTT-3.2.0-1", "the broker's first packet is a CONNACK", async (bench) => {
    const bed = bench.bed();
    const line = await bed.line();
    line.send(bed.connect(), PING_FRAME, subscribeFrame(7, [bed.status, 0]));
    await line.next(CONNACK);
    await line.first(PINGRESP);
    assert.equal(idOf(await line.first(SUBACK)), 7);
  }),
];
