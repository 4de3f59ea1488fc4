/** Chapter 3.8 to 3.14: subscriptions, ping and the end. */
import assert from "node:assert/strict";
import type { Bed } from "../bench.ts";
import {
  answerFrame,
  DISCONNECT,
  DISCONNECT_FRAME,
  field,
  frame,
  PING_FRAME,
  PINGRESP,
  PUBACK,
  PUBREC,
  PUBREL,
  SUBACK,
  SUBSCRIBE,
  subscribeFrame,
  UNSUBACK,
  UNSUBSCRIBE,
  u16,
  unsubscribeFrame,
} from "../frames.ts";
import { met, notApplicable, type Statement } from "../statement.ts";

async function isCutOff(bed: Bed, ...frames: readonly Buffer[]): Promise<void> {
  const { client } = await bed.join();
  client.send(...frames);
  assert.deepEqual(await client.closed(), []);
}

const NO_UTF8 = Buffer.of(0xc3, 0x28);
const notUtf8 = (bed: Bed) => Buffer.concat([Buffer.from(bed.below("")), NO_UTF8]);

export const SUBSCRIBING: readonly Statement[] = [
  met("MQTT-3.8.1-1", "a SUBSCRIBE with other flags closes the connection", (bench) => {
    const bed = bench.bed();
    return isCutOff(bed, frame(SUBSCRIBE, 3, u16(1), field(bed.status), Buffer.of(0)));
  }),
  met("MQTT-3.8.3-1", "filters are UTF-8", (bench) => {
    const bed = bench.bed();
    return isCutOff(bed, subscribeFrame(1, [notUtf8(bed), 0]));
  }),
  met("MQTT-3.8.3-2", "filters with wildcards work, or are refused", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.below("#"), 0], ["#", 0], ["devices/+/status", 0]));
    assert.deepEqual([...(await client.next(SUBACK)).body.subarray(2)], [0, 0x80, 0x80]);
  }),
  met("MQTT-3.8.3-3", "a SUBSCRIBE has a filter at least", (bench) =>
    isCutOff(bench.bed(), frame(SUBSCRIBE, 2, u16(1))),
  ),
  met("MQTT-3-8.3-4", "a filter's QoS is 0, 1 or 2, and nothing else stands in its byte", async (bench) => {
    const bed = bench.bed();
    for (const qos of [3, 4, 0x81]) await isCutOff(bed, subscribeFrame(1, [bed.status, qos]));
  }),
  met("MQTT-3.8.4-1", "a SUBSCRIBE is answered", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.status, 1]));
    await client.next(SUBACK);
  }),
  met("MQTT-3.8.4-2", "its answer has its packet id", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    assert.equal(await client.ask(SUBACK, subscribeFrame(0x7fff, [bed.status, 1])), 0x7fff);
  }),
  met(
    "MQTT-3.8.4-3",
    "the same filter again takes the place of the first, and is told what is retained",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(2, { isClean: false });
      await bed.tell(client, { text: "kept", qos: 1, isRetained: true });
      assert.equal((await client.receive()).qos, 1);
      await client.ask(SUBACK, subscribeFrame(2, [bed.status, 0]));
      assert.deepEqual(
        (await client.heard()).map(({ text, isRetained }) => [text, isRetained]),
        [["kept", true]],
      );
      await bed.tell(client, { text: "once", qos: 1, id: 3 });
      assert.deepEqual(
        (await client.heard()).map(({ text, qos }) => [text, qos]),
        [["once", 0]],
      );
    },
  ),
  met(
    "MQTT-3.8.4-4",
    "several filters are as good as one after the other, with one answer",
    async (bench) => {
      const bed = bench.bed();
      const { client } = await bed.join();
      client.send(subscribeFrame(1, [bed.status, 1], [bed.readings, 1]));
      await client.first(SUBACK);
      await bed.tell(client, { text: "a", qos: 1, id: 2 });
      await client.ask(PUBACK, frame(3, 2, field(bed.readings), u16(3), Buffer.from("[]")));
      assert.deepEqual(
        (await client.messages(2)).map(({ topic }) => topic),
        [bed.status, bed.readings],
      );
      assert.deepEqual(
        (await client.quiet()).filter(({ kind }) => kind === SUBACK),
        [],
      );
    },
  ),
  met("MQTT-3.8.4-5", "there is a return code for each filter", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.status, 2], ["devices/other/status", 2], [bed.readings, 0]));
    assert.deepEqual([...(await client.next(SUBACK)).body.subarray(2)], [2, 0x80, 0]);
  }),
  met(
    "MQTT-3.8.4-6",
    "a message goes out with the lower of its own QoS and the one that was granted",
    async (bench) => {
      for (const wild of [false, true]) {
        for (const granted of [0, 1, 2]) {
          const bed = bench.bed();
          const { client } = await bed.join();
          await client.ask(SUBACK, subscribeFrame(1, [wild ? bed.below("#") : bed.status, granted]));
          for (const qos of [0, 1, 2]) await bed.tell(client, { text: `${qos}`, qos, id: qos + 1 });
          const heard = (await client.messages(3)).map(({ text, qos }) => [text, qos]);
          assert.deepEqual(
            heard,
            [0, 1, 2].map((qos) => [`${qos}`, Math.min(qos, granted)]),
          );
        }
      }
    },
  ),
  met("MQTT-3.9.3-1", "return codes stand in the order of the filters", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    const filters = [1, 0, 2, 1].map((qos, n) => [bed.below(`${n}`), qos] as const);
    client.send(subscribeFrame(1, ...filters));
    assert.deepEqual([...(await client.next(SUBACK)).body.subarray(2)], [1, 0, 2, 1]);
  }),
  met("MQTT-3.9.3-2", "return codes are 0, 1, 2 or 128", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(subscribeFrame(1, [bed.status, 0], [bed.status, 1], [bed.status, 2], ["$SYS/#", 1]));
    for (const code of (await client.next(SUBACK)).body.subarray(2))
      assert.ok([0, 1, 2, 0x80].includes(code));
  }),
  met("MQTT-3.10.1-1", "an UNSUBSCRIBE with other flags closes the connection", (bench) => {
    const bed = bench.bed();
    return isCutOff(bed, frame(UNSUBSCRIBE, 0, u16(1), field(bed.status)));
  }),
  met("MQTT-3.10.3-1", "filters of an UNSUBSCRIBE are UTF-8", (bench) => {
    const bed = bench.bed();
    return isCutOff(bed, unsubscribeFrame(1, notUtf8(bed)));
  }),
  met("MQTT-3.10.3-2", "an UNSUBSCRIBE has a filter at least", (bench) =>
    isCutOff(bench.bed(), frame(UNSUBSCRIBE, 2, u16(1))),
  ),
  met("MQTT-3.10.4-1", "exactly the filter that is named goes", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await client.ask(SUBACK, subscribeFrame(1, [bed.status, 1], [bed.below("#"), 1]));
    await client.ask(UNSUBACK, unsubscribeFrame(2, bed.below("+"), bed.status.toUpperCase()));
    await client.ask(UNSUBACK, unsubscribeFrame(3, bed.below("#")));
    await bed.tell(client, { text: "still", qos: 1, id: 4 });
    assert.equal((await client.message()).text, "still");
    await client.ask(UNSUBACK, unsubscribeFrame(5, bed.status));
    await bed.tell(client, { text: "no more", qos: 1, id: 6 });
    assert.deepEqual(await client.heard(), []);
  }),
  met("MQTT-3.10.4-2", "no new message is told for it from then on", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1, { isClean: false });
    await client.ask(UNSUBACK, unsubscribeFrame(2, bed.status));
    await bed.tell(client, { text: "no more", qos: 1, id: 3 });
    assert.deepEqual(await client.heard(), []);
    await client.drop();
    assert.deepEqual(await (await bed.join({ isClean: false })).client.heard(), []);
  }),
  met("MQTT-3.10.4-3", "what was begun to be delivered is finished", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2, { isClean: false });
    await bed.tell(client, { text: "begun", qos: 2, id: 2 });
    const { id } = await client.message();
    await client.ask(UNSUBACK, unsubscribeFrame(3, bed.status));
    client.send(answerFrame(PUBREC, id));
    await client.first(PUBREL);
  }),
  met("MQTT-3.10.4-4", "an UNSUBSCRIBE is answered with its packet id", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1);
    assert.equal(await client.ask(UNSUBACK, unsubscribeFrame(0x0fff, bed.status)), 0x0fff);
  }),
  met("MQTT-3.10.4-5", "also where no filter is known", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    assert.equal(await client.ask(UNSUBACK, unsubscribeFrame(9, bed.status, "elsewhere")), 9);
  }),
  met(
    "MQTT-3.10.4-6",
    "several filters are as good as one after the other, with one answer",
    async (bench) => {
      const bed = bench.bed();
      const { client } = await bed.join();
      await client.ask(SUBACK, subscribeFrame(1, [bed.status, 1], [bed.readings, 1]));
      await client.ask(UNSUBACK, unsubscribeFrame(2, bed.status, bed.readings));
      await bed.tell(client, { text: "x", qos: 1, id: 3 });
      assert.deepEqual(await client.heard(), []);
    },
  ),
  met("MQTT-3.12.4-1", "a ping is answered", async (bench) => {
    const { client } = await bench.bed().join();
    client.send(PING_FRAME);
    assert.equal((await client.next(PINGRESP)).body.length, 0);
  }),
  met("MQTT-3.14.1-1", "a DISCONNECT with other flags closes the connection, and is none", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ will: { topic: bed.status, text: "gone", qos: 1, retain: true } });
    client.send(frame(DISCONNECT, 1));
    await client.closed();
    assert.equal((await (await bed.listen(1)).message()).text, "gone");
  }),
  notApplicable("MQTT-3.14.4-1", "a client closes the connection behind its DISCONNECT", "binds the client"),
  notApplicable("MQTT-3.14.4-2", "a client says nothing behind its DISCONNECT", "binds the client"),
  met(
    "MQTT-3.14.4-3",
    "a DISCONNECT discards the will, and the broker closes the connection",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(1, {
        isClean: false,
        will: { topic: bed.status, text: "gone", qos: 1, retain: true },
      });
      client.send(DISCONNECT_FRAME);
      await client.closed();
      assert.deepEqual(await (await bed.listen(1, { isClean: false })).heard(), []);
    },
  ),
];
