/**
 * One Modbus TCP address or one RTU line with its units, asked one after the other and only ever read. Everything that
 * one poll of a unit brought is one message; a unit that does not answer costs the others a bounded share of the bus.
 */
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { RegisterRange } from "../../../devices/modbus/decode-registers.ts";
import type { ModbusProfile, SerialSettings } from "../../../devices/profile.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { ByteLine } from "../line/byte-line.ts";
import { openLine } from "../line/open-line.ts";
import { type SessionEnd, supervise } from "../line/supervise.ts";
import type { LinkBook } from "../link-book.ts";
import { modbusRtuLinkId, modbusTcpLinkId } from "../link-id.ts";
import { pause } from "../pause.ts";
import type { ModbusMaster } from "./answer.ts";
import {
  afterAnswer,
  afterLoss,
  afterOpening,
  afterSilence,
  nextTurn,
  type PollSchedule,
  type PollTurn,
  startSchedule,
} from "./poll-schedule.ts";
import { type Poll, pollUnit } from "./poll-unit.ts";
import { readPlan } from "./read-plan.ts";
import { LATE_REPLY_MS, RtuMaster } from "./rtu-master.ts";
import { TcpMaster } from "./tcp-master.ts";

/** Silences in a row, over all units, after which the connection itself is taken for dead; fewer where few can be asked. */
const SILENCES_UNTIL_REOPENED = { least: 2, most: 5 };
/** A TCP connection has no settings of its own. */
const NO_SETTINGS: SerialSettings = { baudRate: 9_600, dataBits: 8, parity: "none", stopBits: 1 };

export type ModbusWay =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  /** `line` is a device path or tcp://host:port. */
  | { readonly kind: "rtu"; readonly line: string; readonly settings: SerialSettings };

export type ModbusUnit = {
  readonly deviceId: DeviceId;
  readonly unit: number;
  readonly profile: ModbusProfile;
  readonly pollEveryMs: number;
};

export type ModbusBusParts = {
  readonly way: ModbusWay;
  readonly units: readonly ModbusUnit[];
  readonly ingest: Pick<Ingest, "hear">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
};

/** Runs until the signal fires; rides out every trouble of the bus itself. */
export function runModbusBus(parts: ModbusBusParts, signal: AbortSignal): Promise<void> {
  const { way, units, clock, random, links, problemsOf } = parts;
  const linkId = way.kind === "tcp" ? modbusTcpLinkId(way) : modbusRtuLinkId(way.line);
  const bus = new Bus(parts, linkId);
  return supervise<ByteLine>(
    {
      linkId,
      kind: way.kind === "tcp" ? "modbus-tcp" : "modbus-rtu",
      serves: units.length === 1 ? "1 unit" : `${units.length} units`,
      open: (signal) =>
        way.kind === "tcp"
          ? openLine(`tcp://${way.host}:${way.port}`, NO_SETTINGS, signal)
          : openLine(way.line, way.settings, signal),
      session: (line, signal) => bus.session(line, signal),
      onDown(why, phase) {
        const reason = phase === "opening" ? "bus-unreachable" : "bus-lost";
        for (const { deviceId } of units) problemsOf(deviceId).count(reason, why, clock.now().atMs);
      },
      links,
      clock,
      random,
    },
    signal,
  );
}

class Bus {
  readonly #parts: ModbusBusParts;
  /** What was learnt of the units outlives a connection. */
  #schedule: PollSchedule<ModbusUnit>;
  readonly #plans: Map<ModbusUnit, readonly RegisterRange[]>;
  readonly #silencesMax: number;
  readonly #linkId: string;

  constructor(parts: ModbusBusParts, linkId: string) {
    this.#parts = parts;
    this.#linkId = linkId;
    this.#schedule = startSchedule(parts.units, parts.clock.now().monoMs);
    const { least, most } = SILENCES_UNTIL_REOPENED;
    this.#silencesMax = Math.min(most, Math.max(least, parts.units.length));
    this.#plans = new Map(parts.units.map((unit) => [unit, readPlan(unit.profile)]));
  }

  async session(line: ByteLine, signal: AbortSignal): Promise<SessionEnd> {
    const { clock } = this.#parts;
    const ending = new AbortController();
    const ended = AbortSignal.any([signal, ending.signal]);
    let lostWhy = "";
    const lose = (why: string) => {
      lostWhy ||= why;
      ending.abort();
    };
    void line.closed.then(lose);
    // A request under way is not waited for when the gateway ends.
    const leave = () => void line.close();
    signal.addEventListener("abort", leave, { once: true });
    const master = this.#masterOver(line);
    this.#schedule = afterOpening(this.#schedule, clock.now().monoMs);
    let wasUseful = false;
    let silences = 0;
    while (!ended.aborted) {
      const next = nextTurn(this.#schedule);
      if (next === undefined) break;
      const waitMs = next.dueMonoMs - clock.now().monoMs;
      if (waitMs > 0) await pause(waitMs, ended);
      if (ended.aborted) break;
      const end = await this.#poll(master, next.turn);
      if (end.kind === "lost") lose(end.why);
      if (end.kind === "answered") wasUseful = true;
      silences = end.kind === "silent" ? silences + 1 : 0;
      if (silences >= this.#silencesMax) lose(`${silences} requests in a row were not answered`);
    }
    signal.removeEventListener("abort", leave);
    return { why: lostWhy, wasUseful };
  }

  #masterOver(line: ByteLine): ModbusMaster {
    const { way, clock } = this.#parts;
    return way.kind === "tcp"
      ? new TcpMaster(line, clock)
      : new RtuMaster(line, way.settings.baudRate, clock);
  }

  async #poll(master: ModbusMaster, turn: PollTurn<ModbusUnit>): Promise<Poll["ended"]> {
    const { clock, random, ingest, links, problemsOf } = this.#parts;
    const { deviceId, unit, profile, pollEveryMs } = turn.unit;
    const began = clock.now();
    const poll = await pollUnit(master, unit, profile, this.#plans.get(turn.unit) ?? []);
    const now = clock.now();
    this.#plans.set(turn.unit, poll.plan);
    for (const { reason, detail } of poll.problems) problemsOf(deviceId).count(reason, detail, now.atMs);
    switch (poll.ended.kind) {
      case "answered":
        this.#schedule = afterAnswer(this.#schedule, turn, pollEveryMs, now.monoMs);
        break;
      case "silent": {
        const costMs = now.monoMs - began.monoMs;
        const silence = { everyMs: pollEveryMs, costMs, notBeforeMonoMs: this.#notBefore(now.monoMs) };
        this.#schedule = afterSilence(this.#schedule, turn, silence, now.monoMs, random());
        break;
      }
      case "lost":
        this.#schedule = afterLoss(this.#schedule, turn, this.#notBefore(now.monoMs));
    }
    if (poll.blocks.length > 0) {
      const words = poll.blocks.reduce((sum, block) => sum + block.words.length, 0);
      links.heard(this.#linkId, 1, 2 * words);
      await ingest.hear({
        deviceId,
        received: now,
        body: { kind: "registers", blocks: poll.blocks },
      });
    }
    return poll.ended;
  }

  /** On RTU a late reply looks like one to the next request; on TCP its transaction id tells. */
  #notBefore(nowMonoMs: number): number {
    return this.#parts.way.kind === "rtu" ? nowMonoMs + LATE_REPLY_MS : 0;
  }
}
