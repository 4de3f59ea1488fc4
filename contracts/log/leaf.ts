/**
 * What stands in the two logs. A leaf is a deterministic CBOR array (RFC 8949 section 4.2) that begins with the
 * version and the kind. It tells of a bed, a patient or a document only by a commitment: what was committed to stands
 * beside the tree, and can be destroyed without it. The bytes are described in docs/evidence.md.
 */
import { encode } from "cborg";
import type { Lane } from "../wire/ids.ts";

export const LEAF_VERSION = 1;

/**
 * Of a gateway's log. `bed-event`: one record of the lane `beds`, its payload the record's JSON. `readings`: the
 * records of a lane from `firstSeq` through `lastSeq`, its payload JSON with their count and digest.
 */
export const GATEWAY_LEAF_KINDS = ["bed-event", "readings"] as const;
/** Of the gateway's journal; what crosses processes knows them too, and builds on this. */
export const LEAF_LANES = ["beds", "vitals", "environment"] as const satisfies readonly Lane[];

export type GatewayLeafKind = (typeof GATEWAY_LEAF_KINDS)[number];

export type GatewayLeaf = {
  readonly kind: GatewayLeafKind;
  readonly lane: Lane;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly commitment: Uint8Array;
};

/**
 * Of the network's log. `gateway-checkpoint`: the body of a gateway's signed checkpoint. `key-added`, `key-revoked`: a
 * gateway's public key from this entry on, or no more. `document`, `consent`: a commitment. `erasure`: the payload and
 * the salt of a leaf of `origin`'s log are destroyed.
 */
export type NetworkLeaf =
  | { readonly kind: "gateway-checkpoint"; readonly body: Uint8Array }
  | { readonly kind: "key-added" | "key-revoked"; readonly name: string; readonly publicKey: Uint8Array }
  | { readonly kind: "document" | "consent"; readonly commitment: Uint8Array }
  | { readonly kind: "erasure"; readonly origin: string; readonly index: number };

export function encodeGatewayLeaf({ kind, lane, firstSeq, lastSeq, commitment }: GatewayLeaf): Uint8Array {
  return encode([LEAF_VERSION, kind, lane, firstSeq, lastSeq, commitment]);
}

export function encodeNetworkLeaf(leaf: NetworkLeaf): Uint8Array {
  switch (leaf.kind) {
    case "gateway-checkpoint":
      return encode([LEAF_VERSION, leaf.kind, leaf.body]);
    case "key-added":
    case "key-revoked":
      return encode([LEAF_VERSION, leaf.kind, leaf.name, leaf.publicKey]);
    case "document":
    case "consent":
      return encode([LEAF_VERSION, leaf.kind, leaf.commitment]);
    case "erasure":
      return encode([LEAF_VERSION, leaf.kind, leaf.origin, leaf.index]);
  }
}
