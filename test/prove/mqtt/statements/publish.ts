/** Chapter 3.3 to 3.7: messages, retained ones, and their answers. */
import assert from "node:assert/strict";
import {
  answerFrame,
  frame,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  publishFrame,
  SUBACK,
  subscribeFrame,
  u16,
} from "../frames.ts";
import { met, notMet, type Statement } from "../statement.ts";

export const PUBLISHING: readonly Statement[] = [
  met("MQTT-3.3.1-1", "what is delivered again is marked so", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2, { isClean: false });
    await bed.tell(client, { text: "one", qos: 1, id: 1 });
    await bed.tell(client, { text: "two", qos: 2, id: 2 });
    const first = await client.messages(2);
    assert.deepEqual(
      first.map(({ isDup }) => isDup),
      [false, false],
    );
    await client.drop();
    const again = await (await bed.join({ isClean: false })).client.messages(2);
    assert.deepEqual(
      again.map(({ isDup }) => isDup),
      [true, true],
    );
  }),
  met("MQTT-3.3.1-2", "a message of QoS 0 is never marked as a repetition", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2);
    await bed.tell(client, { text: "hello", qos: 0 });
    assert.equal((await client.message()).isDup, false);
  }),
  met("MQTT-3.3.1-3", "that a message came again is not passed on", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(2);
    await bed.tell(client, { text: "again", qos: 1, id: 5, isDup: true });
    await bed.tell(client, { text: "and again", qos: 2, id: 6, isDup: true });
    const heard = await client.messages(2);
    assert.deepEqual(
      heard.map(({ isDup }) => isDup),
      [false, false],
    );
  }),
  met("MQTT-3.3.1-4", "a message of QoS 3 closes the connection", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(publishFrame({ topic: bed.status, text: "x", qos: 3 }));
    await client.closed();
  }),
  met(
    "MQTT-3.3.1-5",
    "a message to be retained is, with its QoS, for those who come later",
    async (bench) => {
      const bed = bench.bed();
      for (const qos of [1, 2]) {
        const { client } = await bed.join();
        await bed.tell(client, { text: `kept ${qos}`, qos, isRetained: true });
        const late = await (await bed.listen(2)).receive();
        assert.deepEqual([late.text, late.qos], [`kept ${qos}`, qos]);
      }
    },
  ),
  notMet(
    "MQTT-3.3.1-5 on readings",
    "a message to be retained is retained",
    "on purpose: a reading that came long ago would be told to whoever comes as if it were new; only a device's status is retained",
  ),
  met(
    "MQTT-3.3.1-6",
    "a new subscription is told what is retained on each topic that matches",
    async (bench) => {
      const bed = bench.bed();
      const { client } = await bed.join();
      await bed.tell(client, { text: "old", qos: 1, isRetained: true });
      await bed.tell(client, { text: "new", qos: 1, isRetained: true });
      for (const filter of [bed.below("#"), bed.below("+"), bed.status]) {
        const { client: late } = await bed.join({ isClean: false });
        await late.ask(SUBACK, subscribeFrame(1, [filter, 1]));
        assert.equal((await late.receive()).text, "new");
        assert.deepEqual(await late.heard(), []);
        await late.drop();
        // The next filter is looked at alone.
        await (await bed.join({ isClean: true })).client.drop();
      }
    },
  ),
  met("MQTT-3.3.1-7", "one of QoS 0 takes the place of what was retained", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await bed.tell(client, { text: "old", qos: 1, isRetained: true });
    await bed.tell(client, { text: "new", qos: 0, isRetained: true });
    await client.quiet();
    const heard = (await (await bed.listen(1, { isClean: false })).heard()).map(({ text }) => text);
    assert.ok(!heard.includes("old"), "the old one is gone");
  }),
  met("MQTT-3.3.1-8", "what is told for a new subscription is marked as retained", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await bed.tell(client, { text: "kept", qos: 1, isRetained: true });
    assert.equal((await (await bed.listen(1)).message()).isRetained, true);
  }),
  met(
    "MQTT-3.3.1-9",
    "what is told for an older subscription is not, whatever it was sent as",
    async (bench) => {
      const bed = bench.bed();
      const client = await bed.listen(2);
      for (const qos of [0, 1, 2]) await bed.tell(client, { text: `${qos}`, qos, id: qos, isRetained: true });
      const heard = await client.messages(3);
      assert.deepEqual(
        heard.map(({ isRetained }) => isRetained),
        [false, false, false],
      );
    },
  ),
  met("MQTT-3.3.1-10", "an empty one is told as others are, and removes what was retained", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1);
    await bed.tell(client, { text: "kept", qos: 1, isRetained: true });
    await bed.tell(client, { text: "", qos: 1, isRetained: true });
    assert.deepEqual(
      (await client.messages(2)).map(({ text }) => text),
      ["kept", ""],
    );
    assert.deepEqual(await (await bed.listen(1, { isClean: false })).heard(), []);
  }),
  met("MQTT-3.3.1-11", "an empty one is not retained itself", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await bed.tell(client, { text: "", qos: 1, isRetained: true });
    assert.deepEqual(await (await bed.listen(1, { isClean: false })).heard(), []);
  }),
  met("MQTT-3.3.1-12", "one that is not to be retained leaves what is retained as it is", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await bed.tell(client, { text: "kept", qos: 1, isRetained: true });
    await bed.tell(client, { text: "passing", qos: 1 });
    await bed.tell(client, { text: "", qos: 1 });
    assert.equal((await (await bed.listen(1)).message()).text, "kept");
  }),
  met("MQTT-3.3.2-1", "a message begins with its topic, in UTF-8", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(frame(PUBLISH, 0, Buffer.of(0xff, 0xff, 0x61)));
    await client.closed();
  }),
  met("MQTT-3.3.2-2", "a topic has no wildcards", async (bench) => {
    const bed = bench.bed();
    for (const topic of [bed.below("#"), bed.below("+"), `${bed.status}#`]) {
      const { client } = await bed.join();
      client.send(publishFrame({ topic, text: "x", qos: 1 }));
      assert.deepEqual(await client.closed(), []);
    }
  }),
  met("MQTT-3.3.2-3", "what is told matches the subscription's filter", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await client.ask(SUBACK, subscribeFrame(1, [bed.below("readings"), 1], [bed.below("stat"), 1]));
    await bed.tell(client, { text: "not subscribed", qos: 1 });
    await client.ask(PUBACK, publishFrame({ topic: bed.readings, text: "[]", qos: 1, id: 2 }));
    assert.deepEqual(
      (await client.heard()).map(({ topic }) => topic),
      [bed.readings],
    );
  }),
  met("MQTT-3.3.4-1", "a message is answered by its QoS: not at all, PUBACK, PUBREC", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    for (const topic of [bed.status, bed.readings]) {
      client.send(publishFrame({ topic, text: "[]", qos: 0 }));
      assert.deepEqual(await client.quiet(), []);
      assert.equal(await client.ask(PUBACK, publishFrame({ topic, text: "[]", qos: 1, id: 8 })), 8);
      assert.equal(await client.ask(PUBREC, publishFrame({ topic, text: "[]", qos: 2, id: 9 })), 9);
      assert.equal(await client.ask(PUBCOMP, answerFrame(PUBREL, 9)), 9);
    }
  }),
  notMet(
    "MQTT-3.3.5-1",
    "where filters of one client overlap, the highest QoS that was granted is respected",
    "aedes delivers once, by the filter that it comes to first, which may have the lower QoS; a device subscribes below its own topics only, where one filter is enough",
  ),
  met(
    "MQTT-3.3.5-2",
    "who may not say that is acknowledged as if it were well, or cut off",
    async (bench) => {
      const [bed, other] = [bench.bed(), bench.bed()];
      const listener = await other.listen(1);
      const { client } = await bed.join();
      client.send(publishFrame({ topic: other.status, text: "forged", qos: 1 }));
      assert.deepEqual(await client.closed(), []);
      assert.deepEqual(await listener.heard(), []);
    },
  ),
  met("MQTT-3.6.1-1", "a PUBREL with other flags closes the connection", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    await client.ask(PUBREC, publishFrame({ topic: bed.status, text: "x", qos: 2, id: 4 }));
    client.send(frame(PUBREL, 0, u16(4)));
    assert.deepEqual(await client.closed(), []);
  }),
];
