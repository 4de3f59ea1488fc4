/** What was acknowledged before `kill -9` is there after it: sessions and what waits in them, retained messages, QoS 2. */
import type { Bed, Bench } from "./bench.ts";
import {
  answerFrame,
  PUBACK,
  PUBCOMP,
  PUBREC,
  PUBREL,
  type Published,
  publishFrame,
  SUBACK,
  subscribeFrame,
} from "./frames.ts";
import type { Killable } from "./killable.ts";

const IN_QUEUE = 5;

/** One kill in the midst of all of it. Returns what was lost or came twice, in sentences. */
export async function surviveKill(bench: Bench, broker: Killable): Promise<readonly string[]> {
  const afters = await Promise.all([
    fillQueue(bench.bed()),
    retain(bench.bed()),
    cutInComingQoS2(bench.bed()),
    cutOutgoingQoS2(bench.bed()),
  ]);
  await broker.kill();
  await broker.start();
  // What is not there is waited for in vain, and that is a miss as well.
  const found = await Promise.all(afters.map((after) => after().catch((error: Error) => [error.message])));
  return found.flat();
}

type After = () => Promise<readonly string[]>;

/** Messages of QoS 1 and 2 under way to a client that did not answer, and one that came when it was gone. */
async function fillQueue(bed: Bed): Promise<After> {
  const will = { topic: bed.status, text: "away", qos: 2 };
  const client = await bed.listen(2, { isClean: false, will });
  for (let n = 1; n <= IN_QUEUE; n++) await bed.tell(client, { text: `${n}`, qos: 1 + (n % 2), id: n });
  const sent = await client.messages(IN_QUEUE);
  await client.drop();
  // A will is not acknowledged to anybody; it is there once the session hears of it.
  const { client: witness } = await bed.join({ isClean: false });
  await witness.messages(IN_QUEUE + 1);
  await witness.drop();
  return async () => {
    const { client: again, isSessionPresent } = await bed.join({ isClean: false });
    const heard = await again.messages(IN_QUEUE + 1);
    const more = await again.heard();
    const of = (messages: readonly Published[]) =>
      messages.map(({ id, text, qos }) => `${id}:${text}:${qos}`).join(" ");
    return [
      ...(isSessionPresent ? [] : ["the session is not said to be present"]),
      ...(of(heard.slice(0, IN_QUEUE)) === of(sent) ? [] : [`sent again: ${of(heard)}, was: ${of(sent)}`]),
      ...(heard.every(({ isDup }) => isDup)
        ? []
        : ["what was sent before the kill is not marked as a repetition"]),
      ...(heard[IN_QUEUE]?.text === "away" ? [] : ["the will that waited is not there"]),
      ...(more.length === 0 ? [] : [`${more.length} messages came twice`]),
    ];
  };
}

async function retain(bed: Bed): Promise<After> {
  const { client } = await bed.join();
  await bed.tell(client, { text: "old", qos: 1, id: 1, isRetained: true });
  await bed.tell(client, { text: "kept", qos: 1, id: 2, isRetained: true });
  return async () => {
    const text = (await (await bed.listen(1)).message()).text;
    return text === "kept" ? [] : [`retained: expected kept, got ${text}`];
  };
}

/** PUBLISH and PUBREC before the kill; the same again, PUBREL and PUBCOMP behind it: told once. */
async function cutInComingQoS2(bed: Bed): Promise<After> {
  const client = await bed.listen(2, { isClean: false });
  const publish = (isDup: boolean) => publishFrame({ topic: bed.status, text: "once", qos: 2, id: 7, isDup });
  await client.ask(PUBREC, publish(false));
  return async () => {
    const { client: again } = await bed.join({ isClean: false });
    const { text } = await again.receive();
    await again.ask(PUBREC, publish(true));
    await again.ask(PUBCOMP, answerFrame(PUBREL, 7));
    const more = await again.heard();
    // Its id is free now: what comes under it is new.
    await again.ask(PUBREC, publishFrame({ topic: bed.status, text: "new", qos: 2, id: 7 }));
    const next = await again.receive();
    return [
      ...(text === "once" && more.length === 0
        ? []
        : [`QoS 2 coming in: told ${text} and ${more.length} more`]),
      ...(next.text === "new" ? [] : [`QoS 2 coming in: an id that is free is taken for ${next.text}`]),
    ];
  };
}

/** PUBLISH and PUBREC before the kill: a PUBREL behind it, and no PUBLISH. */
async function cutOutgoingQoS2(bed: Bed): Promise<After> {
  const { client } = await bed.join({ isClean: false });
  await client.ask(SUBACK, subscribeFrame(1, [bed.status, 2]));
  await bed.tell(client, { text: "order", qos: 2, id: 2 });
  const { id } = await client.message();
  await client.ask(PUBREL, answerFrame(PUBREC, id));
  await client.ask(PUBACK, publishFrame({ topic: bed.readings, text: "[]", qos: 1, id: 3 }));
  return async () => {
    const { client: again } = await bed.join({ isClean: false });
    const pubrel = await again.first(PUBREL);
    again.send(answerFrame(PUBCOMP, id));
    const more = await again.heard();
    return [
      ...(pubrel.body.readUInt16BE(0) === id ? [] : ["QoS 2 going out: another PUBREL came"]),
      ...(more.length === 0 ? [] : ["QoS 2 going out: what was received came again"]),
    ];
  };
}
