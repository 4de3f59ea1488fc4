import type { GatewayStatus } from "../../contracts/wire/gateway-status.ts";
import { BadReason } from "../../contracts/wire/reading.ts";
import { UNREADABLE_REASONS } from "../../devices/decoded.ts";

/** Reasons told apart in the totals; a label that grows without bound would fill the memory of whoever collects it. */
const REASONS_MAX = 100;

/**
 * What was not read or not used, and all other trouble, by reason over all devices and strangers. The reasons of the
 * decoders are there from the start with 0: a figure that appears only with its first trouble cannot be watched.
 */
export function problemTotals({ devices, problems }: Pick<GatewayStatus, "devices" | "problems">) {
  const totals = new Map<string, number>(
    [...UNREADABLE_REASONS, ...BadReason.options].map((reason) => [reason, 0]),
  );
  for (const { reason, count } of [...devices.flatMap((device) => device.problems), ...problems]) {
    const kind = totals.has(reason) || totals.size < REASONS_MAX ? reason : "other";
    totals.set(kind, (totals.get(kind) ?? 0) + count);
  }
  return totals;
}
