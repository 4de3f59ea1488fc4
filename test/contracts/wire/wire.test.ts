import { describe, expect, test } from "vitest";
import type * as z from "zod";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import {
  AtMs,
  BedId,
  DeviceId,
  Epoch,
  GatewayId,
  HospitalId,
  RoomId,
  Seq,
  WardId,
} from "../../../contracts/wire/ids.ts";
import { Reading } from "../../../contracts/wire/reading.ts";
import { SignInLinkRequest } from "../../../contracts/wire/session.ts";
import { Heartbeat, LIVE_VALUES_MAX, SyncRecord, SyncReply } from "../../../contracts/wire/sync.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { anOccupancyChange, aReading } from "../../support/records.ts";

const heartbeat = {
  version: 2,
  gatewayId: "gw-north",
  epoch: "0123456789abcdef",
  bootId: "00000000000000b1",
  sentAtMs: BEGIN_MS,
  bedsHeadSeq: 0,
  sources: [{ bedId: "bed-1", deviceId: "smart-bed-1", evidenceAgeMs: null }],
};
const reply = { highWaterMarkSeq: 0, storedCount: 0, duplicateCount: 0, parked: [], serverTimeMs: BEGIN_MS };
const fits = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

test.each<[string, z.ZodType, object]>([
  ["a reading", Reading, aReading()],
  ["a bed event", BedEvent, anOccupancyChange("absent")],
  ["a record", SyncRecord, anOccupancyChange("absent")],
  ["a heartbeat", Heartbeat, heartbeat],
  ["a reply", SyncReply, reply],
])(
  "%s from a newer version, with a field that is not known here, is taken without it",
  (_name, schema, value) => {
    expect(schema.parse({ ...value, addedLater: "x" })).toEqual(value);
  },
);

describe("a heartbeat", () => {
  const { kind: _kind, quality: _quality, ...value } = aReading();

  test.each<[string, object, boolean]>([
    ["of a lane that is not behind", {}, true],
    ["with newest values", { live: [value] }, true],
    ["with as many as may be", { live: new Array(LIVE_VALUES_MAX).fill(value) }, true],
    ["with more", { live: new Array(LIVE_VALUES_MAX + 1).fill(value) }, false],
    ["of the version before", { version: 1 }, false],
    ["of no process", { bootId: undefined }, false],
  ])("%s", (_what, change, expected) => {
    expect(fits(Heartbeat, { ...heartbeat, ...change })).toBe(expected);
  });
});

test.each([
  ["hospital", HospitalId],
  ["ward", WardId],
  ["room", RoomId],
  ["bed", BedId],
  ["gateway", GatewayId],
  ["device", DeviceId],
])("a %s's id stands in a topic, an address and a certificate as it is", (_name, schema) => {
  const tried = [
    "bed-12",
    "0",
    "a".repeat(64),
    "",
    "a".repeat(65),
    "Bed",
    "bed 1",
    "bed/1",
    "bed+",
    "bëd",
    "bed\n",
  ];
  expect(tried.filter((id) => fits(schema, id))).toEqual(["bed-12", "0", "a".repeat(64)]);
});

test("an epoch is sixteen hexadecimal digits, a number begins with one, a time is one that can be written", () => {
  expect(["0123456789abcdef", "0123456789ABCDEF", "0123"].map((epoch) => fits(Epoch, epoch))).toEqual([
    true,
    false,
    false,
  ]);
  expect([0, 1, 1.5, 2 ** 53].map((seq) => fits(Seq, seq))).toEqual([false, true, false, false]);
  expect([-1, 0, 253_402_300_799_999, 253_402_300_800_000].map((ms) => fits(AtMs, ms))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});

test("a value travels with why it is not used", () => {
  expect(fits(Reading, aReading({ value: 5_000, quality: "bad", badReason: "out-of-range" }))).toBe(true);
  expect(fits(Reading, { ...aReading(), badReason: "odd" })).toBe(false);
  expect(fits(Reading, { ...aReading(), metric: "mood" })).toBe(false);
  expect(fits(Reading, { ...aReading(), value: "71" })).toBe(false);
});

test.each<[string, object, boolean]>([
  ["a nurse of a hospital", { role: "nurse", hospitalId: "north" }, true],
  ["a nurse of nowhere", { role: "nurse" }, false],
  ["a coordinator", { role: "emergency-coordinator" }, true],
  ["a coordinator of one hospital", { role: "emergency-coordinator", hospitalId: "north" }, false],
  ["a gateway", { role: "gateway", hospitalId: "north" }, false],
])("a sign-in link for %s", (_name, request, expected) => {
  expect(fits(SignInLinkRequest, request)).toBe(expected);
});
