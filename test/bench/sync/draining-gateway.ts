/** A gateway from its journal outwards: the real thread, lanes, heartbeat and HTTP, and what they sent is counted. */
import { setTimeout as sleep } from "node:timers/promises";
import { BootId, GatewayId, type Lane } from "../../../contracts/wire/ids.ts";
import { DeviceBook } from "../../../gateway/ingest/device-book.ts";
import type { Journal } from "../../../gateway/journal/journal-port.ts";
import { systemClock } from "../../../gateway/moment.ts";
import { CloudLink } from "../../../gateway/sync/cloud-link.ts";
import { HeartbeatLoop } from "../../../gateway/sync/heartbeat.ts";
import { Sync } from "../../../gateway/sync/sync.ts";
import { createUplink, type Uplink } from "../../../gateway/sync/uplink.ts";
import { Wake } from "../../../gateway/sync/wake.ts";
import { pause } from "../../../gateway/transport/pause.ts";
import { anOccupancyChange } from "../../support/records.ts";
import { BED_DEVICE, topology } from "../../support/wards.ts";
import { appendEvent } from "./backlog.ts";

export type DrainingParts = { readonly journal: Journal; readonly url: string; readonly key: string };

export class DrainingGateway {
  readonly sentBytes: Record<Lane, number> = { beds: 0, vitals: 0, environment: 0 };
  readonly problems: string[] = [];
  readonly book = new DeviceBook();
  readonly #journal: Journal;
  readonly #stop = new AbortController();
  readonly #sync: Sync;
  readonly #heartbeat: HeartbeatLoop;
  #running: Promise<unknown> = Promise.resolve();
  #onStored: () => void = () => undefined;

  constructor({ journal, url, key }: DrainingParts) {
    this.#journal = journal;
    const identity = {
      gatewayId: GatewayId.parse("gw-prove"),
      bootId: BootId.parse("00000000000000be"),
    };
    const time = { clock: systemClock, random: Math.random, pause };
    const link = new CloudLink(time);
    const uplink = createUplink({ url, key, clock: systemClock, link });
    const counting: Uplink = {
      ...uplink,
      sendBatch: (lane, body, signal) => {
        this.sentBytes[lane] += body.byteLength;
        return uplink.sendBatch(lane, body, signal);
      },
    };
    const outward = { ...identity, ...time, journal, link, uplink: counting };
    this.#sync = new Sync({
      ...outward,
      onParked: (lane, parked) =>
        this.problems.push(`${lane}: ${parked.length} parked, ${parked[0]?.reason}`),
      onRolledBack: (_lane, reason) => this.problems.push(reason),
      onBedsStored: () => {
        this.#heartbeat.bedsStored();
        this.#onStored();
      },
    });
    this.#heartbeat = new HeartbeatLoop({
      ...outward,
      topology: topology(),
      book: this.book,
      bedsHeadSeq: () => journal.marks("beds").headSeq,
      wake: new Wake(),
      onEventsForgotten: () => this.problems.push("the cloud has lost bed events"),
    });
  }

  start(): void {
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#sync.run(signal), this.#heartbeat.run(signal)]);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Weighs the patient now: what the heartbeat tells while the lane is behind. */
  says(value: number): void {
    const atMs = Date.now();
    const facts = { metric: "load", unit: "kg", quality: "good", badReason: null } as const;
    const times = { observedAtMs: atMs, receivedAtMs: atMs, observedBy: "gateway" } as const;
    this.book.entry(BED_DEVICE).latest.set("load", { ...facts, value, ...times });
  }

  /** Appends bed events one after the other until told to stop; how long each took to be stored at the cloud, in ms. */
  async sayEvents(everyMs: number, isOver: () => boolean): Promise<number[]> {
    const took: number[] = [];
    const waiting: { seq: number; fromMs: number }[] = [];
    this.#onStored = () => {
      const { acknowledgedSeq } = this.#journal.marks("beds");
      for (let one = waiting[0]; one !== undefined && one.seq <= acknowledgedSeq; one = waiting[0]) {
        took.push(performance.now() - one.fromMs);
        waiting.shift();
      }
    };
    let seq = this.#journal.marks("beds").headSeq;
    while (!isOver()) {
      seq += 1;
      waiting.push({ seq, fromMs: performance.now() });
      await appendEvent(this.#journal, anOccupancyChange(seq % 2 === 0 ? "present" : "absent", Date.now()));
      this.#sync.wake();
      await sleep(everyMs);
    }
    const deadlineMs = performance.now() + 10_000;
    while (waiting.length > 0 && performance.now() < deadlineMs) await sleep(10);
    if (waiting.length > 0) this.problems.push(`${waiting.length} bed events never arrived`);
    this.#onStored = () => undefined;
    return took;
  }

  isDrained(): boolean {
    const { headSeq, acknowledgedSeq } = this.#journal.marks("vitals");
    return headSeq === acknowledgedSeq;
  }
}
