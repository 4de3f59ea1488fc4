import { createContext, useContext, useSyncExternalStore } from "react";
import type { TickingClock } from "./ticking-clock.ts";

export const ClockContext = createContext<TickingClock | null>(null);

export function useClock(): TickingClock {
  const clock = useContext(ClockContext);
  if (clock === null) throw new Error("a part that shows time stands outside of ClockContext");
  return clock;
}

/** The time of the newest beat; renders once a second. */
export function useBeatMs(): number {
  const clock = useClock();
  return useSyncExternalStore(clock.subscribe, clock.beatMs);
}
