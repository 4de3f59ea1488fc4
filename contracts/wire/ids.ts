import * as z from "zod";
import { EPOCH } from "./epoch.ts";
import { LANES } from "./lanes.ts";

/**
 * Names of things, as they cross processes. All share one shape, `[a-z0-9-]{1,64}`, so that an id can stand in an
 * MQTT topic, a URL and a certificate without escaping; the brand keeps one kind from passing for another.
 */
const idPattern = /^[a-z0-9-]{1,64}$/;
const id = () => z.string().regex(idPattern, "expected 1 to 64 of a-z, 0-9 and -");

export const HospitalId = id().brand<"HospitalId">();
export type HospitalId = z.infer<typeof HospitalId>;
export const WardId = id().brand<"WardId">();
export type WardId = z.infer<typeof WardId>;
export const RoomId = id().brand<"RoomId">();
export type RoomId = z.infer<typeof RoomId>;
export const BedId = id().brand<"BedId">();
export type BedId = z.infer<typeof BedId>;
export const GatewayId = id().brand<"GatewayId">();
export type GatewayId = z.infer<typeof GatewayId>;

/** A device as its gateway knows it. Past the gateway it is only the name of a source of evidence. */
export const DeviceId = id().brand<"DeviceId">();
export type DeviceId = z.infer<typeof DeviceId>;

export const Epoch = z.string().regex(EPOCH, "expected 16 hexadecimal digits").brand<"Epoch">();
export type Epoch = z.infer<typeof Epoch>;

/** 64 random bits in hex, made at every start of a gateway's process: two that run on one journal are told apart by it. */
export const BootId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "expected 16 hexadecimal digits")
  .brand<"BootId">();
export type BootId = z.infer<typeof BootId>;

export const Lane = z.enum(LANES);
export type Lane = z.infer<typeof Lane>;

/** 1, 2, 3 … within one (gateway, epoch, lane). */
export const Seq = z.int().min(1);

/** Milliseconds since 1970-01-01T00:00Z, up to the last one that RFC 3339 can write. */
export const AT_MS_MAX = 253_402_300_799_999;
export const AtMs = z.int().min(0).max(AT_MS_MAX);
