import type { Fault } from "../ward-day/faults.ts";
import type { Ward } from "../ward-day/ward.ts";
import type { WardPace } from "../ward-day/ward-clock.ts";

/** What every device stands in. */
export type Surroundings = {
  readonly ward: Ward;
  readonly pace: WardPace;
  readonly seed: number;
  /** Ward time from which on the device is switched on. */
  readonly speaksFromMs: number;
  readonly faultAt: (deviceId: string, wardTimeMs: number) => Fault | undefined;
};

/** A frozen device feels what it felt when it froze. */
export function feltAt(fault: Fault | undefined, wardTimeMs: number): number {
  return fault?.kind === "frozen" ? fault.fromMs : wardTimeMs;
}
