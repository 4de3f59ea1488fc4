import { vi } from "vitest";

/** Looks until it holds. The time is for a machine that is busy; where it is not, nothing waits that long. */
export function soon<Value>(holds: () => Value | Promise<Value>, withinMs = 8_000): Promise<Value> {
  return vi.waitFor(holds, { timeout: withinMs, interval: 10 });
}
