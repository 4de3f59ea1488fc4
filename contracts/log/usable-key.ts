import { ed25519 } from "@noble/curves/ed25519.js";

/** False for what is no point of the curve, or one of so small an order that anybody can sign under it. */
export function isUsableKey(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false;
  }
}
