import type { DeviceStatus } from "../../../contracts/wire/gateway-status.ts";

export type Value = DeviceStatus["latest"][number];
/** Values that a device said at one time, so that their age is said once. */
export type ValueGroup = { readonly observedAtMs: number; readonly values: readonly Value[] };

/** Newest first; what was observed within the same second belongs together, under its oldest moment. */
export function valueGroups(latest: readonly Value[]): ValueGroup[] {
  const bySecond = Map.groupBy(latest, ({ observedAt }) => Math.floor(Date.parse(observedAt) / 1_000));
  return [...bySecond.values()]
    .map((values) => ({
      observedAtMs: Math.min(...values.map(({ observedAt }) => Date.parse(observedAt))),
      values,
    }))
    .toSorted((one, other) => other.observedAtMs - one.observedAtMs);
}
