import type { ReadFailure } from "../../../contracts/ui/read-json.ts";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";

/** One poll that fails is a hiccup; this long without an answer is not. */
const LOST_SHOWN_AFTER_MS = 5_000;

/** True where what is on screen is no longer what the gateway says. */
export function isShownLost(
  status: GatewayStatus | null,
  failure: ReadFailure | null,
  nowMs: number,
): boolean {
  return status !== null && failure !== null && nowMs - Date.parse(status.now) > LOST_SHOWN_AFTER_MS;
}
