/** Chapter 3.1 and 3.2: CONNECT and its answer. */
import assert from "node:assert/strict";
import type { Bed } from "../bench.ts";
import {
  CONNACK,
  CONNECT,
  connectFrame,
  field,
  frame,
  PING_FRAME,
  PUBACK,
  PUBLISH,
  publishFrame,
  SUBACK,
  subscribeFrame,
  u16,
} from "../frames.ts";
import { met, notApplicable, type Statement } from "../statement.ts";

/** Sends this in place of a CONNECT; the line is closed without a word. */
async function isRefusedInSilence(bed: Bed, connect: Buffer): Promise<void> {
  const line = await bed.line();
  line.send(connect);
  assert.deepEqual(await line.closed(), []);
}

/** Answered with this code and no session, then closed; what came behind is not worked on. */
async function isRefusedWith(bed: Bed, code: number, connect: Buffer): Promise<void> {
  const line = await bed.line();
  line.send(connect, subscribeFrame(1, [bed.status, 0]), PING_FRAME);
  const said = await line.closed(7_000);
  assert.deepEqual(
    said.map(({ kind, body }) => [kind, ...body]),
    [[CONNACK, 0, code]],
  );
}

export const CONNECTING: readonly Statement[] = [
  met("MQTT-3.1.0-2", "a second CONNECT closes the connection", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join();
    client.send(bed.connect());
    await client.closed();
  }),
  met("MQTT-3.1.2-1", "another protocol's name is not taken for MQTT", async (bench) => {
    const bed = bench.bed();
    for (const protocolName of ["MQTX", "mqtt", ""]) {
      const line = await bed.line();
      line.send(bed.connect({ protocolName }));
      for (const { body } of await line.closed()) assert.notEqual(body[1], 0);
    }
  }),
  met("MQTT-3.1.2-2", "a level that is not spoken is answered with code 1", async (bench) => {
    const bed = bench.bed();
    await isRefusedWith(
      bed,
      1,
      bed.connect({ protocolLevel: 5, payload: Buffer.concat([Buffer.of(0), field(bed.id)]) }),
    );
    await isRefusedWith(bed, 1, bed.connect({ protocolLevel: 9 }));
  }),
  met("MQTT-3.1.2-3", "the reserved flag of a CONNECT closes the connection", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ flags: 0xc3 }));
  }),
  met("MQTT-3.1.2-4", "a session that is not clean is taken up again, and else begun", async (bench) => {
    const bed = bench.bed();
    const first = await bed.join({ isClean: false });
    assert.equal(first.isSessionPresent, false);
    await first.client.ask(SUBACK, subscribeFrame(1, [bed.status, 1]));
    await first.client.drop();
    const { client, isSessionPresent } = await bed.join({ isClean: false });
    assert.equal(isSessionPresent, true);
    await bed.tell(client, { text: "still subscribed", qos: 1 });
    assert.equal((await client.message()).text, "still subscribed");
  }),
  met(
    "MQTT-3.1.2-5",
    "messages of QoS 1 and 2 wait for a session while its client is away",
    async (bench) => {
      const bed = bench.bed();
      for (const qos of [1, 2]) {
        const client = await bed.listen(2, {
          isClean: false,
          will: { topic: bed.status, text: `away ${qos}`, qos },
        });
        await client.drop();
      }
      // Its own wills are what another can hear of it: they came when it was gone.
      const { client } = await bed.join({ isClean: false });
      const waiting = [await client.receive(), await client.receive()];
      assert.deepEqual(waiting.map(({ text, qos }) => [text, qos]).sort(), [
        ["away 1", 1],
        ["away 2", 2],
      ]);
    },
  ),
  met("MQTT-3.1.2-6", "a clean session forgets the one before, and is forgotten", async (bench) => {
    const bed = bench.bed();
    const lasting = await bed.listen(1, {
      isClean: false,
      will: { topic: bed.status, text: "will", qos: 1 },
    });
    await lasting.ask(5, publishFrame({ topic: bed.status, text: "half", qos: 2, id: 40 }));
    await lasting.drop();
    const clean = await bed.join({ isClean: true });
    assert.equal(clean.isSessionPresent, false);
    await bed.tell(clean.client, { text: "nobody subscribed", qos: 1 });
    assert.deepEqual(await clean.client.heard(), []);
    await clean.client.ask(SUBACK, subscribeFrame(2, [bed.status, 1]));
    // An id of the earlier session is a new message now.
    await bed.tell(clean.client, { text: "anew", qos: 2, id: 40 });
    assert.equal((await clean.client.receive()).text, "anew");
    await clean.client.drop();
    assert.equal((await bed.join({ isClean: false })).isSessionPresent, false);
  }),
  met("MQTT-3.1.2-7", "retained messages outlive the session", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ isClean: true });
    await bed.tell(client, { text: "kept", qos: 1, isRetained: true });
    await client.drop();
    assert.equal((await (await bed.listen(0)).message()).text, "kept");
  }),
  met("MQTT-3.1.2-8", "a will is published when the connection breaks", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1, { isClean: false, will: { topic: bed.status, text: "gone", qos: 1 } });
    await client.drop();
    const again = await bed.join({ isClean: false });
    assert.equal((await again.client.receive()).text, "gone");
    // Also when it is the broker that breaks it.
    const cut = await bed.listen(1, { isClean: false, will: { topic: bed.status, text: "cut", qos: 1 } });
    cut.send(frame(15, 0));
    await cut.closed();
    assert.equal((await (await bed.join({ isClean: false })).client.receive()).text, "cut");
  }),
  met(
    "MQTT-3.1.2-9",
    "with the will flag the will's fields are used, and have to be there",
    async (bench) => {
      const bed = bench.bed();
      await isRefusedInSilence(bed, bed.connect({ flags: 0b0000_0110, payload: field(bed.id) }));
      const client = await bed.listen(2, {
        isClean: false,
        will: { topic: bed.status, text: "gone", qos: 2, retain: true },
      });
      await client.drop();
      const { qos, text } = await (await bed.join({ isClean: false })).client.receive();
      assert.deepEqual([qos, text], [2, "gone"]);
    },
  ),
  met("MQTT-3.1.2-10", "a will is published once", async (bench) => {
    const bed = bench.bed();
    const client = await bed.listen(1, { isClean: false, will: { topic: bed.status, text: "gone", qos: 1 } });
    await client.drop();
    const again = await bed.join({ isClean: false });
    await again.client.receive();
    await again.client.drop();
    assert.deepEqual(await (await bed.join({ isClean: false })).client.heard(), []);
  }),
  met("MQTT-3.1.2-11", "without the will flag there are no fields of a will", async (bench) => {
    const bed = bench.bed();
    const payload = Buffer.concat([
      field(bed.id),
      field(bed.status),
      field("gone"),
      field(bed.id),
      field(bed.key),
    ]);
    // Read by its flags, the will's topic is the user's name, and the key is wrong or something is left over.
    const line = await bed.line();
    line.send(bed.connect({ payload }));
    for (const { body } of await line.closed(7_000)) assert.notEqual(body[1], 0);
  }),
  met("MQTT-3.1.2-12", "without the will flag nothing is published", async (bench) => {
    const bed = bench.bed();
    await (await bed.listen(1, { isClean: false })).drop();
    assert.deepEqual(await (await bed.join({ isClean: false })).client.heard(), []);
  }),
  met("MQTT-3.1.2-13", "without the will flag its QoS is 0", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ flags: 0b1100_1010 }));
  }),
  met("MQTT-3.1.2-14", "a will's QoS is not 3", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ will: { topic: bed.status, text: "gone", qos: 3 } }));
  }),
  met("MQTT-3.1.2-15", "without the will flag it is not retained", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ flags: 0b1110_0010 }));
  }),
  met("MQTT-3.1.2-16", "a will that is not to be retained is not", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ will: { topic: bed.status, text: "gone", qos: 1 } });
    await client.drop();
    assert.deepEqual(await (await bed.listen(1, { isClean: false })).heard(), []);
  }),
  met("MQTT-3.1.2-17", "a will that is to be retained is", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ will: { topic: bed.status, text: "gone", qos: 1, retain: true } });
    await client.drop();
    const { text, isRetained } = await (await bed.listen(1)).message();
    assert.deepEqual([text, isRetained], ["gone", true]);
  }),
  met("MQTT-3.1.2-18", "without its flag there is no user name", (bench) => {
    const bed = bench.bed();
    // Left over behind what the flags announce.
    return isRefusedInSilence(bed, bed.connect({ flags: 2 }));
  }),
  met("MQTT-3.1.2-19", "with its flag there is a user name", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ flags: 0x82, payload: field(bed.id) }));
  }),
  met("MQTT-3.1.2-20", "without its flag there is no password", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ flags: 0x82 }));
  }),
  met("MQTT-3.1.2-21", "with its flag there is a password", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ payload: Buffer.concat([field(bed.id), field(bed.id)]) }));
  }),
  met("MQTT-3.1.2-22", "there is no password without a user name", (bench) => {
    const bed = bench.bed();
    const payload = Buffer.concat([field(bed.id), field(bed.key)]);
    return isRefusedInSilence(bed, bed.connect({ flags: 0x42, payload }));
  }),
  notApplicable("MQTT-3.1.2-23", "a client speaks within its keep-alive", "binds the client"),
  met("MQTT-3.1.2-24", "who is silent for one and a half times its keep-alive is cut off", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ keepAliveS: 1 });
    const patient = await bench.bed().join({ keepAliveS: 0 });
    await client.closed(6_000);
    assert.equal(patient.client.isClosed, false);
  }),
  met("MQTT-3.1.3-1", "fields of a CONNECT come in their order", async (bench) => {
    const bed = bench.bed();
    const will = { topic: bed.status, text: "gone", qos: 1, retain: true };
    await bed.join({ will });
    const swapped = Buffer.concat([
      field(bed.id),
      field(bed.id),
      field(bed.key),
      field(bed.status),
      field("gone"),
    ]);
    const line = await bed.line();
    line.send(bed.connect({ will, payload: swapped }));
    for (const { body } of await line.closed(7_000)) assert.notEqual(body[1], 0);
  }),
  met("MQTT-3.1.3-2", "a session goes by its client id", async (bench) => {
    const [one, other] = [bench.bed(), bench.bed()];
    await (await one.listen(1, { isClean: false })).drop();
    assert.equal((await other.join({ isClean: false })).isSessionPresent, false);
    assert.equal((await one.join({ isClean: false })).isSessionPresent, true);
  }),
  met("MQTT-3.1.3-3", "the client id comes first and is there", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, frame(CONNECT, 0, field("MQTT"), Buffer.of(4, 2), u16(60)));
  }),
  met("MQTT-3.1.3-4", "the client id is UTF-8", (bench) => {
    const bed = bench.bed();
    const payload = Buffer.concat([field(Buffer.of(0x62, 0xc3, 0x28)), field(bed.id), field(bed.key)]);
    return isRefusedInSilence(bed, bed.connect({ payload }));
  }),
  notApplicable(
    "MQTT-3.1.3-5",
    "client ids of up to 23 letters and digits are allowed",
    "a device's client id is its device id (a-z, 0-9 and hyphens, up to 64); others are no device of this gateway and are refused",
  ),
  notApplicable(
    "MQTT-3.1.3-6",
    "a broker may give a name to a client without one",
    "it may; this one does not, since a device without a name is no device",
  ),
  notApplicable("MQTT-3.1.3-7", "a client without an id asks for a clean session", "binds the client"),
  met("MQTT-3.1.3-8", "no client id and a session that lasts is answered with code 2", async (bench) => {
    const bed = bench.bed();
    await isRefusedWith(
      bed,
      2,
      connectFrame({ clientId: "", key: bed.key, userName: bed.id, isClean: false }),
    );
  }),
  met("MQTT-3.1.3-9", "a client id that is not had closes the connection", async (bench) => {
    const bed = bench.bed();
    const line = await bed.line();
    line.send(connectFrame({ clientId: "nobody", key: "x", userName: "nobody" }));
    const said = await line.closed(7_000);
    assert.equal(said.length, 1);
    assert.notEqual(said[0]?.body[1], 0);
  }),
  met("MQTT-3.1.3-10", "a will's topic is UTF-8", (bench) => {
    const bed = bench.bed();
    const topic = Buffer.concat([Buffer.from(bed.below("")), Buffer.of(0xff)]);
    return isRefusedInSilence(bed, bed.connect({ will: { topic, text: "gone" } }));
  }),
  met("MQTT-3.1.3-11", "a user name is UTF-8", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, bed.connect({ userName: Buffer.of(0xc0, 0xaf) }));
  }),
  met("MQTT-3.1.4-1", "a CONNECT that is malformed is not answered", async (bench) => {
    const bed = bench.bed();
    await isRefusedInSilence(bed, frame(CONNECT, 0, Buffer.alloc(40, 0xff)));
    await isRefusedInSilence(bed, frame(CONNECT, 0));
    // A length that never ends.
    await isRefusedInSilence(bed, Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff, 0x7f));
  }),
  met("MQTT-3.1.4-2", "a second connection under one client id ends the first", async (bench) => {
    const bed = bench.bed();
    const first = await bed.join();
    const second = await bed.join();
    await first.client.closed();
    assert.deepEqual(await second.client.quiet(), []);
  }),
  met("MQTT-3.1.4-3", "the clean session flag is obeyed", async (bench) => {
    const bed = bench.bed();
    await (await bed.listen(1, { isClean: false })).drop();
    assert.equal((await bed.join({ isClean: true })).isSessionPresent, false);
  }),
  met("MQTT-3.1.4-4", "a CONNECT that is in order is answered with code 0", async (bench) => {
    const bed = bench.bed();
    const line = await bed.line();
    line.send(bed.connect());
    assert.deepEqual([...(await line.next(CONNACK)).body], [0, 0]);
  }),
  met("MQTT-3.1.4-5", "what comes behind a CONNECT that is refused is not worked on", async (bench) => {
    const bed = bench.bed();
    const line = await bed.line();
    line.send(
      bed.connect({ key: "wrong" }),
      publishFrame({ topic: bed.status, text: "intruder", qos: 1, isRetained: true }),
    );
    const kinds = (await line.closed(7_000)).map(({ kind }) => kind);
    assert.ok(!kinds.includes(PUBACK), "the message is not acknowledged");
    assert.deepEqual(await (await bed.listen(1, { isClean: false })).heard(), []);
  }),
  met("MQTT-3.2.2-1", "a clean session is said not to be present", async (bench) => {
    const bed = bench.bed();
    await (await bed.listen(1, { isClean: false })).drop();
    assert.equal((await bed.join({ isClean: true })).isSessionPresent, false);
  }),
  met("MQTT-3.2.2-2", "a session that is there is said to be, even without a subscription", async (bench) => {
    const bed = bench.bed();
    const { client } = await bed.join({ isClean: false });
    await client.ask(5, publishFrame({ topic: bed.status, text: "half", qos: 2, id: 3 }));
    await client.drop();
    assert.equal((await bed.join({ isClean: false })).isSessionPresent, true);
  }),
  met("MQTT-3.2.2-3", "a session that is not there is said not to be", async (bench) => {
    assert.equal((await bench.bed().join({ isClean: false })).isSessionPresent, false);
  }),
  met("MQTT-3.2.2-4", "a refusal says that no session is present", async (bench) => {
    const bed = bench.bed();
    await (await bed.listen(1, { isClean: false })).drop();
    await isRefusedWith(bed, 5, bed.connect({ isClean: false, key: "wrong" }));
  }),
  met("MQTT-3.2.2-5", "a refusal closes the connection", async (bench) => {
    const bed = bench.bed();
    await isRefusedWith(bed, 5, bed.connect({ key: "wrong" }));
  }),
  met("MQTT-3.2.2-6", "what no return code fits closes the connection without an answer", (bench) => {
    const bed = bench.bed();
    return isRefusedInSilence(bed, frame(PUBLISH, 0, bed.connect()));
  }),
];
