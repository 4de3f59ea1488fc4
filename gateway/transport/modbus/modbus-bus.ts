/**
 * One Modbus TCP address with its units, asked one after the other. Read-only: function codes 3 and 4. The connection is
 * made anew after it was lost; a unit that does not answer costs the others no more than its time-out.
 */
import ModbusModule from "modbus-serial";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import { rangeOf } from "../../../devices/modbus/decode-registers.ts";
import type { ModbusProfile } from "../../../devices/profile.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { pause } from "../pause.ts";
import { type RetryPolicy, retryDelayMs } from "../retry-delay.ts";
import { afterAnswer, afterFailure, nextTurn, type PollTurn } from "./poll-schedule.ts";

const ModbusRTU = ModbusModule.default ?? ModbusModule;

export const CONNECT_TIMEOUT_MS = 3_000;
/** modbus-serial waits for ever unless told how long. */
export const REPLY_TIMEOUT_MS = 1_000;
/** Time-outs in a row, over all units, after which the connection itself is taken for dead. */
const TIMEOUTS_UNTIL_RECONNECT = 5;
const RECONNECT: RetryPolicy = { firstDelayMs: 500, delayMsMax: 10_000, jitter: 0.3 };

export type ModbusUnit = {
  readonly deviceId: DeviceId;
  readonly unit: number;
  readonly profile: ModbusProfile;
  readonly pollEveryMs: number;
};

export type ModbusBusParts = {
  readonly host: string;
  readonly port: number;
  readonly units: readonly ModbusUnit[];
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
};

/** Runs until the signal fires; rides out every trouble of the bus itself. */
export async function runModbusBus(parts: ModbusBusParts, signal: AbortSignal): Promise<void> {
  const { host, port, links, random, clock } = parts;
  const linkId = `modbus-tcp ${host}:${port}`;
  const tell = (state: "connected" | "connecting" | "down", detail: string) =>
    links.tell(linkId, {
      kind: "modbus-tcp",
      running: signal.aborted ? "stopped" : "running",
      state,
      detail,
    });
  let turns: readonly PollTurn<ModbusUnit>[] = parts.units.map((unit) => ({
    unit,
    dueMonoMs: clock.now().monoMs,
    failures: 0,
  }));
  for (let attempt = 0; !signal.aborted; attempt++) {
    tell("connecting", `to ${host}:${port}`);
    const client = new ModbusRTU();
    // Without a listener an error of the socket would end the process; the request under way reports it.
    client.on("error", () => undefined);
    try {
      await client.connectTCP(host, { port, timeout: CONNECT_TIMEOUT_MS });
      client.setTimeout(REPLY_TIMEOUT_MS);
      tell("connected", `${parts.units.length} units`);
      attempt = 0;
      turns = await poll(parts, client, turns, signal);
      tell("down", "the connection was lost; connecting again");
    } catch (error) {
      const detail = `cannot connect: ${messageOf(error)}; trying again`;
      tell("down", detail);
      for (const unit of parts.units)
        parts.problemsOf(unit.deviceId).count("bus-unreachable", detail, clock.now().atMs);
    } finally {
      await leave(client);
    }
    await pause(retryDelayMs(RECONNECT, attempt, random()), signal);
  }
}

/** Asks the units in turn until the connection is lost; returns whose turn it is. */
async function poll(
  parts: ModbusBusParts,
  client: InstanceType<typeof ModbusRTU>,
  startTurns: readonly PollTurn<ModbusUnit>[],
  signal: AbortSignal,
): Promise<readonly PollTurn<ModbusUnit>[]> {
  const { clock, random, problemsOf } = parts;
  let turns = startTurns;
  let timeoutsInARow = 0;
  while (!signal.aborted && client.isOpen) {
    const turn = nextTurn(turns);
    if (turn === undefined) return turns;
    const waitMs = turn.dueMonoMs - clock.now().monoMs;
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal.aborted || !client.isOpen) return turns;
    const { deviceId, pollEveryMs } = turn.unit;
    const failure = await ask(parts, client, turn.unit);
    const now = clock.now();
    if (failure !== null) problemsOf(deviceId).count(failure.reason, failure.detail, now.atMs);
    timeoutsInARow = failure?.reason === "no-reply" ? timeoutsInARow + 1 : 0;
    // An exception is an answer: the unit lives and says that it cannot.
    const answered = failure === null || failure.reason.startsWith("modbus-exception");
    const after = answered
      ? afterAnswer(turn, pollEveryMs, now.monoMs)
      : afterFailure(turn, pollEveryMs, now.monoMs, random());
    turns = turns.map((other) => (other === turn ? after : other));
    if (timeoutsInARow >= TIMEOUTS_UNTIL_RECONNECT) return turns;
  }
  return turns;
}

type Failure = { readonly reason: string; readonly detail: string };

async function ask(
  { ingest, clock }: ModbusBusParts,
  client: InstanceType<typeof ModbusRTU>,
  { unit, profile, deviceId }: ModbusUnit,
): Promise<Failure | null> {
  const range = rangeOf(profile);
  client.setID(unit);
  try {
    const reply =
      profile.functionCode === 4
        ? await client.readInputRegisters(range.address, range.count)
        : await client.readHoldingRegisters(range.address, range.count);
    await ingest.hear({
      deviceId,
      received: clock.now(),
      body: { kind: "registers", range, words: reply.data },
    });
    return null;
  } catch (error) {
    return failureOf(error, unit, range);
  }
}

function failureOf(error: unknown, unit: number, range: { address: number; count: number }): Failure {
  const asked = `unit ${unit}, registers ${range.address} to ${range.address + range.count - 1}`;
  const modbusCode = (error as { modbusCode?: unknown }).modbusCode;
  if (typeof modbusCode === "number") {
    return {
      reason: `modbus-exception-${modbusCode}`,
      detail: `${asked}: the device answered exception ${modbusCode} (${EXCEPTIONS[modbusCode] ?? "not in the standard"})`,
    };
  }
  const name = (error as { name?: unknown }).name;
  if (name === "TransactionTimedOutError") {
    return {
      reason: "no-reply",
      detail: `${asked}: no reply within ${REPLY_TIMEOUT_MS} ms; check power, wiring and unit id`,
    };
  }
  return { reason: "bus-error", detail: `${asked}: ${messageOf(error)}` };
}

/** Modbus application protocol 1.1b3, 7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
};

const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : String((error as { message?: unknown })?.message ?? error);

/** Not `close`: that waits for the other side, and one that hangs, or still has not answered, would be kept for good. */
function leave(client: InstanceType<typeof ModbusRTU>): Promise<void> {
  return new Promise((resolve) => client.destroy(() => resolve()));
}
