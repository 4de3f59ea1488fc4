/**
 * The way of a reading, in one process and on a clock of its own:
 *
 *   device ─▶ ingest queue ─▶ pipeline ─▶ journal (SQLite on disk) ─▶ lane sync ─▶ cloud after the wire's rules
 *
 * A power cut leaves what is in the files at that instant; all that was in memory is gone.
 */
import { copyFileSync } from "node:fs";
import type { Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import { uplinkTo, type Weather } from "../support/model-uplink.ts";
import { HandClock } from "../support/moments.ts";
import { topology } from "../support/wards.ts";
import { type TestJournal, WiredGateway } from "../support/wired-gateway.ts";
import { BedsideDevice } from "./bedside-device.ts";
import { type LaneStepper, laneSync, type MakeLaneStepper } from "./lane-steppers.ts";
import { type CloudMistake, SimCloud } from "./sim-cloud.ts";
import { rot, SimJournal } from "./sim-journal.ts";
import { BEDS, type Step } from "./step.ts";

export type ChainParts = {
  /** A file that does not exist yet; after each power cut the next one is made beside it. */
  readonly file: string;
  readonly makeLaneStepper?: MakeLaneStepper;
  readonly cloudMistake?: CloudMistake;
  /** The mistake of answering a device before its reading is on disk. */
  readonly acknowledgesBeforeAppend?: boolean;
  /** The mistake of not knowing after a restart what came before it. */
  readonly forgetsRepeats?: boolean;
  /** The mistake of going on under the same numbers with a copy of the journal's first day. */
  readonly restoresFirstCopy?: boolean;
  /** The mistake of keeping no checksum: what rotted is taken for what was measured. */
  readonly trustsItsDisk?: boolean;
};

/** Each tombstone is a batch of its own, and a run may leave many. */
const HEALING_STEPS = 60;
const signal = new AbortController().signal;
const WARD = topology({ moreBeds: BEDS.length - 1, expectedIntervalMs: 5_000 });

export class Chain {
  readonly cloud: SimCloud;
  readonly #parts: ChainParts;
  readonly #clock = new HandClock();
  readonly #devices = new Map(BEDS.map((bed) => [bed, new BedsideDevice(`smart-${bed}`)]));
  readonly #acknowledged = new Set<number>();
  readonly #rotted = new Set<number>();
  readonly #toldAgain = new Set<number>();
  #salvagedAtMs = 0;
  #weather: Weather = "clear";
  #cuts = 0;
  #tokens = 0;
  /** What a gateway with that mistake has in memory alone. */
  #inMemory: RawMessage[] = [];
  #journal: SimJournal;
  #gateway: WiredGateway<TestJournal>;
  #lanes: ReadonlyMap<Lane, LaneStepper>;

  constructor(parts: ChainParts) {
    this.#parts = parts;
    this.cloud = new SimCloud(parts.cloudMistake);
    this.#journal = this.#openJournal(parts.file);
    this.#gateway = this.#openGateway();
    this.#lanes = this.#openLanes();
  }

  get gateway(): WiredGateway<TestJournal> {
    return this.#gateway;
  }

  get journal(): SimJournal {
    return this.#journal;
  }

  /** Marks of the messages that their devices were told are kept. */
  get acknowledged(): ReadonlySet<number> {
    return this.#acknowledged;
  }

  /** Marks of the messages whose rows a disk has spoilt before the cloud had them. */
  get rotted(): ReadonlySet<number> {
    return this.#rotted;
  }

  /**
   * Marks of the messages that the cloud had and the journal did not know of when its file was found damaged: under its
   * new epoch it sends them again.
   */
  get toldAgain(): ReadonlySet<number> {
    return this.#toldAgain;
  }

  /** When a new journal took over from a damaged one: readings of before have other numbers in it than events name. */
  get salvagedAtMs(): number {
    return this.#salvagedAtMs;
  }

  /** Every mark up to here was said by some device. */
  get newestToken(): number {
    return this.#tokens / 1_000;
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
      case "rot":
        return this.#cutPower(1, step.pick);
      case "tidy":
        this.#journal.tick();
        return;
    }
  }

  /** Everything works from now on: what is open is sent, everything is brought to the cloud. */
  async heal(): Promise<void> {
    for (const bed of BEDS) await this.#deliver(bed, "acknowledged");
    this.#weather = "clear";
    for (const lane of LANES)
      for (let round = 0; round < HEALING_STEPS; round++) await this.#lanes.get(lane)?.step(signal);
  }

  close(): Promise<void> {
    return this.#journal.close();
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
    this.#journal.failsNextCommit = end === "commit-failed";
    const { queue } = this.#gateway;
    const results = await Promise.allSettled(messages.map((message) => queue.hear(message)));
    // After a commit that failed nobody knows what is on disk: the process ends, and a new one reads it.
    if (results.some(({ status }) => status === "rejected")) return this.#cutPower(1);
    if (end === "acknowledged") for (const token of device.acknowledged()) this.#acknowledged.add(token);
  }

  async #pass(seconds: number): Promise<void> {
    // A device does not wait for minutes with what it could not send.
    for (const [bed, device] of this.#devices) if (device.waits) await this.#deliver(bed, "acknowledged");
    this.#gateway.passesTo(this.#clock.pass(seconds));
  }

  /** `rots`: and while the power is away, a row of the file becomes another. */
  async #cutPower(seconds: number, rots: number | null = null): Promise<void> {
    const before = this.#journal;
    this.#cuts += 1;
    const to = `${this.#parts.file}.${this.#cuts}`;
    before.cutPower(to);
    await before.close();
    if (this.#parts.restoresFirstCopy) this.#restore(to);
    if (rots !== null) this.#rot(to, rots);
    this.#inMemory = [];
    this.#clock.pass(seconds);
    this.#journal = this.#openJournal(to);
    if (this.#journal.start.salvage !== null) this.#noteSalvage(before);
    this.#gateway = this.#openGateway();
    this.#lanes = this.#openLanes();
  }

  /** The first cut's files are kept aside, and brought back at every later one. */
  #restore(to: string): void {
    const first = `${this.#parts.file}.first`;
    if (this.#cuts === 1) copyFileSync(to, first);
    else copyFileSync(first, to);
  }

  #noteSalvage({ epoch, acknowledgedOnDisk }: SimJournal): void {
    this.#salvagedAtMs = this.#clock.now().atMs;
    for (const [seq, record] of this.cloud.lane(epoch, "vitals").records)
      if (seq > acknowledgedOnDisk && record.kind === "reading") this.#toldAgain.add(Number(record.value));
  }

  #rot(file: string, pick: number): void {
    const was = rot(file, "vitals", pick, { findsOut: this.#parts.trustsItsDisk !== true });
    if (was !== null) this.#rotted.add(was);
  }

  #openJournal(file: string): SimJournal {
    return new SimJournal(file, () => this.#clock.now().atMs);
  }

  #openGateway(): WiredGateway<TestJournal> {
    const journal = this.#journal.asPipelineSees({ forgets: this.#parts.forgetsRepeats === true });
    return new WiredGateway(WARD, journal, this.#clock.now());
  }

  #openLanes(): ReadonlyMap<Lane, LaneStepper> {
    const journal = this.#journal;
    const uplink = uplinkTo(
      (body) => this.cloud.receive(body),
      () => this.#weather,
    );
    const make = this.#parts.makeLaneStepper ?? laneSync;
    return new Map(LANES.map((lane) => [lane, make({ lane, journal, uplink })]));
  }

  #deviceOf(bed: (typeof BEDS)[number]): BedsideDevice {
    const device = this.#devices.get(bed);
    if (device === undefined) throw new Error(`expected a device of ${bed}`);
    return device;
  }
}
