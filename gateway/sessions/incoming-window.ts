/**
 * QoS 2 messages between their PUBLISH and their PUBREL. What has to be on disk before the PUBREC is that the message was
 * handed on, and that goes with the handing on itself, in one transaction. Stored before, a kill in between would leave an
 * id that makes the repetition look known, and the message would be lost; stored after, it would be handed on twice.
 *
 *   PUBLISH ─▶ noted in memory ─▶ handed on: retained, queued for whoever subscribes, id ─▶ PUBREC ─▶ PUBREL ─▶ forgotten
 */
import type { BrokerPacket } from "./broker-packet.ts";
import type { SessionCalls } from "./session-channel.ts";
import type { IncomingKey, Payload } from "./stored.ts";

type Entry = {
  readonly clientId: string;
  readonly messageId: number;
  /** Null once it was handed on: from then on the id is all that matters. */
  packet: BrokerPacket | null;
  handingOn: PromiseWithResolvers<void> | null;
  isOnDisk: boolean;
};

export class IncomingWindow {
  readonly #calls: SessionCalls;
  readonly #byClient = new Map<string, Map<number, Entry>>();
  /** The broker hands on a new packet around the payload that came; by this it is known again. */
  readonly #byPayload = new WeakMap<Uint8Array, Entry>();

  constructor(calls: SessionCalls) {
    this.#calls = calls;
  }

  /** Known from an earlier run of this process. */
  restore({ clientId, messageId }: IncomingKey): void {
    this.#put({ clientId, messageId, packet: null, handingOn: null, isOnDisk: true });
  }

  note(clientId: string, messageId: number, packet: BrokerPacket, isCleanSession: boolean): void {
    if (this.#find(clientId, messageId) !== undefined) {
      throw new Error(
        `packet id ${messageId} of ${clientId} is still in use; send its PUBREL before using it again`,
      );
    }
    // A clean session ends with its connection, and so with this process: nothing of it is put on disk, and its payload,
    // which a client that sends no PUBREL would leave here, is not needed.
    const kept = isCleanSession ? null : packet;
    const entry = { clientId, messageId, packet: kept, handingOn: null, isOnDisk: false };
    this.#put(entry);
    if (!isCleanSession && packet.payload instanceof Uint8Array) this.#byPayload.set(packet.payload, entry);
  }

  /** The id to put on disk with what is written for this message, where it is one of QoS 2 that is being handed on. */
  keyOf(payload: Payload | undefined): IncomingKey | null {
    const entry = this.#handingOn(payload);
    return entry === undefined ? null : { clientId: entry.clientId, messageId: entry.messageId };
  }

  /** One step of handing it on. A step that fails leaves the message unknown, so that it can come again. */
  async step<Value>(
    payload: Payload | undefined,
    isLast: boolean,
    write: () => Promise<Value>,
  ): Promise<Value> {
    const entry = this.#handingOn(payload);
    if (entry === undefined) return write();
    entry.handingOn ??= Promise.withResolvers<void>();
    try {
      const value = await write();
      if (isLast) this.#end(entry, payload);
      return value;
    } catch (error) {
      this.#byClient.get(entry.clientId)?.delete(entry.messageId);
      entry.handingOn?.resolve();
      throw error;
    }
  }

  /** Undefined where it is not known. A message that is being handed on is waited for: a PUBREC has to rest on the disk. */
  async get(clientId: string, messageId: number): Promise<BrokerPacket | undefined> {
    await this.#find(clientId, messageId)?.handingOn?.promise;
    const entry = this.#find(clientId, messageId);
    return entry === undefined ? undefined : (entry.packet ?? { cmd: "publish", qos: 2, messageId });
  }

  async release(clientId: string, messageId: number): Promise<void> {
    const entry = this.#find(clientId, messageId);
    if (entry === undefined) throw new Error(`no message of packet id ${messageId} came from ${clientId}`);
    if (entry.isOnDisk) await this.#calls.call("releaseIncoming", { clientId, messageId });
    this.#byClient.get(clientId)?.delete(messageId);
  }

  async forget(clientId: string): Promise<void> {
    const entries = [...(this.#byClient.get(clientId)?.values() ?? [])];
    this.#byClient.delete(clientId);
    if (entries.some(({ isOnDisk, handingOn }) => isOnDisk || handingOn !== null)) {
      await this.#calls.call("forgetIncoming", clientId);
    }
  }

  #end(entry: Entry, payload: Payload | undefined): void {
    entry.isOnDisk = true;
    entry.packet = null;
    entry.handingOn?.resolve();
    entry.handingOn = null;
    if (payload instanceof Uint8Array) this.#byPayload.delete(payload);
  }

  #handingOn(payload: Payload | undefined): Entry | undefined {
    const entry = payload instanceof Uint8Array ? this.#byPayload.get(payload) : undefined;
    // It may have been forgotten since: its session ended.
    return entry !== undefined && this.#find(entry.clientId, entry.messageId) === entry ? entry : undefined;
  }

  #find(clientId: string, messageId: number): Entry | undefined {
    return this.#byClient.get(clientId)?.get(messageId);
  }

  #put(entry: Entry): void {
    const ofClient = this.#byClient.get(entry.clientId) ?? new Map<number, Entry>();
    ofClient.set(entry.messageId, entry);
    this.#byClient.set(entry.clientId, ofClient);
  }
}
