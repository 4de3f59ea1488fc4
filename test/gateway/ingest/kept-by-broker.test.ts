import { expect, test } from "vitest";
import type { RawMessage } from "../../../gateway/ingest/raw-message.ts";
import { pack } from "../../support/messages.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import { BED, BED_DEVICE, topology } from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

const gatewayOfOneBed = () => new WiredGateway(topology({ debounce: { presentMs: 0, absentMs: 0 } }));
const occupied = (value: boolean, bt?: number) => [
  { n: "occupancy", vb: value, ...(bt === undefined ? {} : { bt }) },
];

/** As a hospital's broker delivers what it kept while nobody listened. */
function kept(message: RawMessage): RawMessage {
  return message.body.kind === "mqtt" ? { ...message, body: { ...message.body, mayBeOld: true } } : message;
}

test("what a broker may have kept, without the device's time, is stored and changes no bed", () => {
  const gateway = gatewayOfOneBed();
  gateway.hears(pack(at(10), occupied(false)));
  gateway.hears(kept(pack(at(11), occupied(true))));
  expect(gateway.ward.bed(BED).occupancy).toBe("absent");
  expect(gateway.book.entry(BED_DEVICE).readings).toBe(2);
});

test("it does not make a device look alive that may be dead since", () => {
  const gateway = gatewayOfOneBed();
  gateway.hears(kept(pack(at(10), occupied(true))));
  expect(gateway.ward.bed(BED).occupancy).toBe("unknown");
  expect(gateway.book.entry(BED_DEVICE)).toMatchObject({ lastHeard: null, lastUsable: null });
  expect(gateway.book.entry(BED_DEVICE).latest.size).toBe(0);
});

test("a clock that is ahead by as long as its messages lay in the queue does not make them news, nor itself right", () => {
  const gateway = gatewayOfOneBed();
  // Ahead by half an hour, twenty minutes old: by their own time they are still to come.
  const written = BEGIN_MS / 1_000 + 10 + 30 * 60 - 20 * 60;
  gateway.hears(kept(pack(at(10), occupied(true, written))), kept(pack(at(11), occupied(true, written + 1))));
  expect(gateway.ward.bed(BED).occupancy).toBe("unknown");
  expect(gateway.book.entry(BED_DEVICE)).toMatchObject({ lastHeard: null, lastUsable: null, clock: null });
});

test("with the device's time it is news where that time is now, and history where it is not", () => {
  const gateway = gatewayOfOneBed();
  gateway.hears(kept(pack(at(10), occupied(true, BEGIN_MS / 1_000 - 3_600))));
  expect(gateway.ward.bed(BED).occupancy).toBe("unknown");
  gateway.hears(kept(pack(at(11), occupied(true, BEGIN_MS / 1_000 + 11))));
  expect(gateway.ward.bed(BED).occupancy).toBe("present");
  expect(gateway.book.entry(BED_DEVICE).lastHeard).toEqual(at(11));
});
