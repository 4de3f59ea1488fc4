/** Who has subscribed to what, as it stands on disk: asked for every message, so it is kept in memory. */
import type { StoredSubscription } from "./stored.ts";
import { TopicTree } from "./topic-tree.ts";

export type Subscribed = { readonly clientId: string; readonly topic: string; readonly qos: number };

export class Subscriptions {
  readonly #byClient = new Map<string, Map<string, StoredSubscription>>();
  /** Those of QoS 1 and 2: for QoS 0 nothing is ever queued. */
  readonly #queued = new TopicTree<Subscribed>();

  /** Those of these filters that it has, and new ones as far as there is room. */
  fitting(clientId: string, wanted: readonly StoredSubscription[], countMax: number): StoredSubscription[] {
    const known = this.#byClient.get(clientId);
    let room = countMax - (known?.size ?? 0);
    return wanted.filter(({ topic }) => {
      if (known?.has(topic) === true) return true;
      room -= 1;
      return room >= 0;
    });
  }

  add(clientId: string, { topic, qos, fields }: StoredSubscription): void {
    const ofClient = this.#byClient.get(clientId) ?? new Map<string, StoredSubscription>();
    ofClient.set(topic, { topic, qos, fields });
    this.#byClient.set(clientId, ofClient);
    // What is matched says how to deliver, not by which number the subscriber knows it.
    const { subscriptionIdentifier: _known, ...ways } = fields;
    if (qos > 0) this.#queued.add(topic, clientId, { clientId, topic, qos, ...ways });
    else this.#queued.remove(topic, clientId);
  }

  remove(clientId: string, topic: string): void {
    this.#queued.remove(topic, clientId);
    const ofClient = this.#byClient.get(clientId);
    ofClient?.delete(topic);
    if (ofClient?.size === 0) this.#byClient.delete(clientId);
  }

  removeAll(clientId: string): void {
    for (const topic of this.#byClient.get(clientId)?.keys() ?? []) this.#queued.remove(topic, clientId);
    this.#byClient.delete(clientId);
  }

  of(clientId: string): StoredSubscription[] {
    return [...(this.#byClient.get(clientId)?.values() ?? [])];
  }

  match(topic: string): Subscribed[] {
    return this.#queued.match(topic);
  }

  subscribersOf(filter: string): string[] {
    return [...this.#byClient].flatMap(([clientId, topics]) => (topics.has(filter) ? [clientId] : []));
  }

  get counts(): { readonly subsCount: number; readonly clientsCount: number } {
    return { subsCount: this.#queued.size, clientsCount: this.#byClient.size };
  }
}
