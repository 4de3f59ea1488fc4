/** How a value is told from its repetition. */
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { ReadingRow } from "../journal/reading-rows.ts";

/** The device's own time in ms; else minus its packet id, which the broker sends again with the message; NaN: neither. */
export function stampOf(deviceTimeMs: number | null, packetId: number | null): number {
  if (deviceTimeMs !== null) return deviceTimeMs;
  return packetId === null ? Number.NaN : -packetId;
}

/** As a number that no other value shares: nothing that is measured is as large as these. */
export function rememberedOf(value: number | boolean | null): number {
  if (typeof value === "number") return value;
  if (value === null) return Number.MAX_VALUE;
  return value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

export function rememberedOfRow({ flags, value }: ReadingRow): number {
  return rememberedOf(readFlags(flags, value)?.value ?? null);
}
