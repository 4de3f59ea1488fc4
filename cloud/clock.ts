/** Where time and chance come from. They are arguments, so that a test names the exact instant. */
import { randomBytes } from "node:crypto";

export type Clock = { nowMs(): number };
export type Randomness = { bytes(count: number): Uint8Array };

export const systemClock: Clock = { nowMs: () => Date.now() };
export const systemRandomness: Randomness = { bytes: (count) => randomBytes(count) };
