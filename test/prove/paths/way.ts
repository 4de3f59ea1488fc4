import type { RunningSystem } from "../../support/running-system.ts";

/** One way in, with one bed behind it: the device side, and how it is made to say something. */
export type Way = {
  readonly name: string;
  /** Of the ward file, without id and bed. */
  readonly device: Record<string, unknown> & { readonly profile: string };
  readonly decides: "occupancy" | "load" | "pulse-rate";
  /** It is polled, or speaks by itself, before anybody lies down. */
  readonly speaksFirst: boolean;
  /** Where a sample is taken more seldom than the others', a change has to last longer to be seen. */
  readonly slowerByMs?: number;
  /** Where its clock counts whole seconds, two reports of one second are one. */
  readonly repeatsAfterMs?: number;
  connect?(system: RunningSystem, deviceId: string, key: string): Promise<void>;
  say(isOccupied: boolean, deviceId: string): Promise<number>;
  close(): Promise<void>;
};
