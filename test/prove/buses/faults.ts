/** Faults of every kind, one after the other on each of a few lines: how long until the unit is heard whole again? */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bus, rtu, startBus } from "./bus.ts";
import { Cable } from "./cable.ts";
import { Judge } from "./judge.ts";
import { type RtuFault, startRtuUnits } from "./rtu-unit.ts";
import { startTcpUnits, type TcpFault } from "./tcp-unit.ts";

const UNITS = [3, 4];
const EVERY_MS = 400;
const EXCEPTION_CODES_MAX = 11;
/** A unit that is not back by then is not waited for. */
const GIVEN_UP_AFTER_MS = 15_000;

export type Outcome = {
  readonly name: string;
  readonly faults: number;
  readonly judge: Judge;
  readonly recoveryMsMax: number;
  /** Faults that the status page would not show. */
  readonly uncounted: number;
};

/** So many faults on so many lines together. */
type Load = { readonly faults: number; readonly lines: number };

/** RTU over TCP, as behind a serial device server, so that a fault costs no process. */
export function rtuFaults(
  name: string,
  load: Load,
  faultOf: (n: number) => RtuFault,
  countedAs: string,
): Promise<Outcome> {
  return onLines(name, load, async (line, judge) => {
    const units = await startRtuUnits();
    const bus = startBus(line, rtu(`tcp://127.0.0.1:${units.port}`), UNITS, EVERY_MS, judge);
    return {
      bus,
      async meet(n) {
        const unit = UNITS[n % UNITS.length] ?? 0;
        await units.fault(unit, faultOf(n));
        return [unit];
      },
      counted: () => bus.problemCount(countedAs),
      async end() {
        await bus.end();
        await units.close();
      },
    };
  });
}

export function tcpFaults(name: string, load: Load, fault: TcpFault): Promise<Outcome> {
  return onLines(name, load, async (line, judge) => {
    const units = await startTcpUnits();
    const way = { kind: "tcp", host: "127.0.0.1", port: units.port } as const;
    const bus = startBus(line, way, UNITS, EVERY_MS, judge);
    return {
      bus,
      meet: async () => [await units.fault(fault)],
      counted: () => bus.problemCount("foreign-reply"),
      async end() {
        await bus.end();
        await units.close();
      },
    };
  });
}

/** The port goes in the middle of whatever is under way, and comes back after a moment, as a new one of the system. */
export function unplugged(name: string, load: Load, directory: string, renamed: boolean): Promise<Outcome> {
  return onLines(name, load, async (line, judge) => {
    const units = await startRtuUnits();
    const cable = new Cable(join(directory, line), units.port);
    await cable.plug();
    const bus = startBus(line, rtu(cable.path), UNITS, EVERY_MS, judge);
    return {
      bus,
      async meet() {
        await sleep(Math.random() * EVERY_MS);
        await cable.unplug();
        // Another adapter takes the number that was free, so that ours comes back under the next one.
        const other = new Cable(join(directory, `${line}-other`), units.port);
        if (renamed) await other.plug();
        await sleep(100 + Math.random() * 400);
        await cable.plug();
        await other.unplug();
        return UNITS;
      },
      counted: () => bus.problemCount("bus-lost") / UNITS.length,
      async end() {
        await bus.end();
        await cable.unplug();
        await units.close();
      },
    };
  });
}

type FaultyLine = {
  readonly bus: Bus;
  /** Settles when the fault is over, with the units that have to be heard again. */
  meet(n: number): Promise<readonly number[]>;
  counted(): number;
  end(): Promise<void>;
};

async function onLines(
  name: string,
  { faults, lines }: Load,
  open: (line: string, judge: Judge) => Promise<FaultyLine>,
): Promise<Outcome> {
  const judge = new Judge();
  let recoveryMsMax = 0;
  let uncounted = 0;
  await Promise.all(
    Array.from({ length: lines }, async (_, index) => {
      const line = await open(`${name}-${index}`, judge);
      const mine = Math.ceil((faults - index) / lines);
      try {
        await Promise.all(UNITS.map((unit) => heardWithin(judge, line.bus, unit)));
        for (let n = 0; n < mine; n++) {
          const units = await line.meet(n);
          const recoveries = await Promise.all(units.map((unit) => heardWithin(judge, line.bus, unit)));
          recoveryMsMax = Math.max(recoveryMsMax, ...recoveries);
        }
        uncounted += Math.max(0, mine - line.counted());
      } finally {
        await line.end();
      }
    }),
  );
  return { name, faults, judge, recoveryMsMax: Math.round(recoveryMsMax), uncounted: Math.round(uncounted) };
}

async function heardWithin(judge: Judge, bus: Bus, unit: number): Promise<number> {
  const beganMs = performance.now();
  const gaveUp = new AbortController();
  await Promise.race([
    judge.next(bus.deviceOf(unit)),
    sleep(GIVEN_UP_AFTER_MS, undefined, { signal: gaveUp.signal }).catch(() => undefined),
  ]);
  gaveUp.abort();
  return performance.now() - beganMs;
}

/** Well after the master has given up (0.4 s), however busy the machine, and before it asks that unit again (2 s). */
export const lateFault = (): RtuFault => ({ kind: "late", afterMs: 1_000 + Math.random() * 800 });
export const exceptionFault = (n: number): RtuFault => ({
  kind: "exception",
  code: (n % EXCEPTION_CODES_MAX) + 1,
});
