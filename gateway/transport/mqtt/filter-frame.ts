/** Reads a SUBSCRIBE or an UNSUBSCRIBE only to see that it keeps the protocol; what it asks for is aedes' business. */
import { textAt } from "./connect-frame.ts";
import { kindOf, SUBSCRIBE } from "./frame-rules.ts";
import { bodyStart } from "./frame-scanner.ts";
import { SUBSCRIPTIONS_MAX } from "./limits.ts";

const QOS_MAX = 2;

/** Whether it is a packet id, then some filters in UTF-8 without U+0000, each with a QoS where they are subscribed to. */
export function isFilterFrame(bytes: Buffer, start: number, end: number): boolean {
  const hasQos = kindOf(bytes[start] ?? 0) === SUBSCRIBE;
  let at = bodyStart(bytes, start) + 2;
  if (at > end || bytes.readUInt16BE(at - 2) === 0) return false;
  for (let filters = 0; at < end; filters++) {
    if (at + 2 > end || filters === SUBSCRIPTIONS_MAX) return false;
    const filterStart = at + 2;
    const filterEnd = filterStart + bytes.readUInt16BE(at);
    at = hasQos ? filterEnd + 1 : filterEnd;
    if (at > end || filterEnd === filterStart || textAt(bytes, filterStart, filterEnd) === null) return false;
    if (hasQos && (bytes[filterEnd] ?? 0) > QOS_MAX) return false;
  }
  return true;
}
