/**
 * The way of a reading, in one process and on a clock of its own:
 *
 *   device ─▶ commit queue ─▶ pipeline ─▶ journal (SQLite on disk) ─▶ lane sync ─▶ model cloud
 *
 * A power cut leaves what is in the files at that instant; all that was in memory is gone.
 */
import { copyFileSync, existsSync } from "node:fs";
import { LANES, type Lane } from "../../contracts/wire/ids.ts";
import { CommitQueue } from "../../gateway/ingest/commit-queue.ts";
import { IDENTITY_KEPT_MS } from "../../gateway/ingest/identity.ts";
import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import { Journal } from "../../gateway/journal/journal.ts";
import { ModelCloud } from "../support/model-cloud.ts";
import { uplinkTo, type Weather } from "../support/model-uplink.ts";
import { HandClock } from "../support/moments.ts";
import { topology } from "../support/wards.ts";
import { WiredGateway } from "../support/wired-gateway.ts";
import { BedsideDevice } from "./bedside-device.ts";
import { type LaneStepper, laneSync, type MakeLaneStepper } from "./lane-steppers.ts";
import { BEDS, type Step } from "./step.ts";

export type ChainParts = {
  /** A file that does not exist yet; after each power cut the next one is made beside it. */
  readonly file: string;
  readonly makeLaneStepper?: MakeLaneStepper;
  /** The mistake of answering a device before its reading is on disk. */
  readonly acknowledgesBeforeAppend?: boolean;
};

const signal = new AbortController().signal;
const WARD = topology({ moreBeds: BEDS.length - 1, expectedIntervalMs: 5_000 });

export class Chain {
  readonly cloud = new ModelCloud();
  readonly #parts: ChainParts;
  readonly #clock = new HandClock();
  readonly #devices = new Map(BEDS.map((bed) => [bed, new BedsideDevice(`smart-${bed}`)]));
  readonly #acknowledged = new Set<number>();
  #weather: Weather = "clear";
  #cuts = 0;
  #tokens = 0;
  /** What a gateway with that mistake has in memory alone. */
  #inMemory: RawMessage[] = [];
  #gateway: WiredGateway;
  #lanes: ReadonlyMap<Lane, LaneStepper>;

  constructor(parts: ChainParts) {
    this.#parts = parts;
    this.#gateway = new WiredGateway(WARD, Journal.open(parts.file), this.#clock.now());
    this.#lanes = this.#openLanes();
  }

  get gateway(): WiredGateway {
    return this.#gateway;
  }

  /** Marks of the messages that their devices were told are kept. */
  get acknowledged(): ReadonlySet<number> {
    return this.#acknowledged;
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case "say":
        return this.#say(step);
      case "press":
        this.#deviceOf(step.bed).say([{ n: "cleaning", vb: step.pressed }], null, this.#clock.now());
        return this.#deliver(step.bed, "acknowledged");
      case "repeat":
        this.#deviceOf(step.bed).repeatLast(this.#clock.now());
        return this.#deliver(step.bed, "acknowledged");
      case "sync":
        this.#weather = step.weather;
        await this.#lanes.get(step.lane)?.step(signal);
        return;
      case "pass":
        return this.#pass(step.seconds);
      case "power-cut":
        return this.#cutPower(step.seconds);
      case "prune":
        this.#gateway.journal.prune(this.#clock.now().atMs, IDENTITY_KEPT_MS);
        return;
    }
  }

  /** Everything works from now on: what is open is sent, everything is brought to the cloud. */
  async heal(): Promise<void> {
    for (const bed of BEDS) await this.#deliver(bed, "acknowledged");
    this.#weather = "clear";
    for (const lane of LANES)
      for (let round = 0; round < 5; round++) await this.#lanes.get(lane)?.step(signal);
  }

  close(): void {
    this.#gateway.journal.close();
  }

  #say({ bed, occupied, timed, keptSeconds, end }: Extract<Step, { do: "say" }>): Promise<void> {
    // Two messages of one instant would be one to whoever goes by their time.
    this.#clock.pass(0.05);
    this.#tokens += 1;
    const t = (this.#clock.now().atMs - keptSeconds * 1_000) / 1_000;
    const time = timed ? { t } : {};
    const token = this.#tokens / 1_000;
    const records = [
      { n: "load", u: "kg", v: token, ...time },
      { n: "occupancy", vb: occupied, ...time },
    ];
    this.#deviceOf(bed).say(records, token, this.#clock.now());
    return this.#deliver(bed, end);
  }

  async #deliver(bed: (typeof BEDS)[number], end: Extract<Step, { do: "say" }>["end"]): Promise<void> {
    const device = this.#deviceOf(bed);
    const messages = device.send(this.#clock.now());
    if (this.#parts.acknowledgesBeforeAppend) {
      for (const token of device.acknowledged()) this.#acknowledged.add(token);
      this.#gateway.hears(...this.#inMemory.splice(0));
      this.#inMemory = messages;
      return;
    }
    const queue = new CommitQueue<RawMessage>({
      commit: (group) => {
        if (end === "commit-failed") throw new Error("disk full");
        this.#gateway.hears(...group);
      },
      onFailure: () => undefined,
      itemsMax: 2,
    });
    const results = await Promise.allSettled(messages.map((message) => queue.submit(message)));
    // After a commit that failed nobody knows what is on disk: the process ends, and a new one reads it.
    if (results.some(({ status }) => status === "rejected")) return this.#cutPower(1);
    if (end === "acknowledged") for (const token of device.acknowledged()) this.#acknowledged.add(token);
  }

  async #pass(seconds: number): Promise<void> {
    // A device does not wait for minutes with what it could not send.
    for (const [bed, device] of this.#devices) if (device.waits) await this.#deliver(bed, "acknowledged");
    this.#gateway.passesTo(this.#clock.pass(seconds));
  }

  #cutPower(seconds: number): void {
    const before = this.#gateway.journal;
    const [from, to] = [this.#fileOf(this.#cuts), this.#fileOf(this.#cuts + 1)];
    for (const part of ["", "-wal"]) if (existsSync(from + part)) copyFileSync(from + part, to + part);
    before.close();
    this.#cuts += 1;
    this.#inMemory = [];
    this.#gateway = new WiredGateway(WARD, Journal.open(to), this.#clock.pass(seconds));
    this.#lanes = this.#openLanes();
  }

  #openLanes(): ReadonlyMap<Lane, LaneStepper> {
    const { journal } = this.#gateway;
    const uplink = uplinkTo(this.cloud, () => this.#weather);
    const make = this.#parts.makeLaneStepper ?? laneSync;
    return new Map(LANES.map((lane) => [lane, make({ lane, journal, uplink })]));
  }

  #fileOf(cuts: number): string {
    return cuts === 0 ? this.#parts.file : `${this.#parts.file}.${cuts}`;
  }

  #deviceOf(bed: (typeof BEDS)[number]): BedsideDevice {
    const device = this.#devices.get(bed);
    if (device === undefined) throw new Error(`expected a device of ${bed}`);
    return device;
  }
}
