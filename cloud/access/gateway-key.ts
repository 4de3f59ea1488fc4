/** Which gateway a key belongs to: `Authorization: Bearer hk_<gatewayId>_<secret>`. */
import { timingSafeEqual } from "node:crypto";
import type { CloudConfig } from "../../config/cloud.ts";
import type { GatewayCaller } from "./scope.ts";
import { sha256Hex } from "./secret.ts";

export type GatewayKeys = CloudConfig["gateways"];

const BEARER_KEY = /^Bearer (hk_([a-z0-9-]{1,64})_[A-Za-z0-9_-]{20,128})$/;

export function gatewayOfKey(authorization: string, gateways: GatewayKeys): GatewayCaller | null {
  const [, key, gatewayId] = BEARER_KEY.exec(authorization) ?? [];
  if (key === undefined) return null;
  const gateway = gateways.find(({ id }) => id === gatewayId);
  if (gateway === undefined) return null;
  const given = Buffer.from(sha256Hex(key), "hex");
  const expected = Buffer.from(gateway.keySha256, "hex");
  return timingSafeEqual(given, expected)
    ? { kind: "gateway", gatewayId: gateway.id, hospitalId: gateway.hospital }
    : null;
}
