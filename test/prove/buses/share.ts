/**
 * Two lines at once, 32 units on each, on one of them eight dead: what do the others lose? Both are asked as fast as the
 * line carries, in the same seconds of the same process, so that only their ratio counts.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rtu, startBus } from "./bus.ts";
import { Cable } from "./cable.ts";
import { Judge } from "./judge.ts";
import { startRtuUnits } from "./rtu-unit.ts";

const UNITS = Array.from({ length: 32 }, (_, n) => n + 1);
const DEAD = UNITS.filter((unit) => unit % 4 === 0);
const LIVING = UNITS.filter((unit) => unit % 4 !== 0);
const EVERY_MS = 100;

export type Share = {
  readonly allLivePollsPerS: number;
  readonly eightDeadPollsPerS: number;
  readonly ratio: number;
  readonly judges: readonly Judge[];
};

/** `settleMs`: each dead unit is first found out by one time-out; the share is that of the time after it. */
export async function measureShare(directory: string, settleMs: number, measureMs: number): Promise<Share> {
  const lines = await Promise.all(
    ["all-live", "eight-dead"].map(async (name) => {
      const units = await startRtuUnits();
      if (name === "eight-dead") for (const unit of DEAD) units.dead.add(unit);
      const cable = new Cable(join(directory, name), units.port);
      await cable.plug();
      const judge = new Judge();
      const bus = startBus(name, rtu(cable.path), UNITS, EVERY_MS, judge);
      return { units, cable, judge, bus };
    }),
  );
  const polls = () =>
    lines.map(({ judge, bus }) => LIVING.reduce((sum, unit) => sum + judge.heard(bus.deviceOf(unit)), 0));
  try {
    await sleep(settleMs);
    const before = polls();
    await sleep(measureMs);
    const after = polls();
    const [allLive = 0, eightDead = 0] = after.map(
      (count, n) => ((count - (before[n] ?? 0)) * 1_000) / measureMs / LIVING.length,
    );
    return {
      allLivePollsPerS: round(allLive),
      eightDeadPollsPerS: round(eightDead),
      ratio: round(eightDead / allLive),
      judges: lines.map(({ judge }) => judge),
    };
  } finally {
    await Promise.all(
      lines.map(async ({ bus, cable, units }) => {
        await bus.end();
        await cable.unplug();
        await units.close();
      }),
    );
  }
}

const round = (value: number) => Math.round(value * 1_000) / 1_000;
