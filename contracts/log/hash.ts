/** The hashes of the log: RFC 6962 section 2.1 for the tree, and a salted commitment to what stands beside it. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat } from "./bytes.ts";

export const HASH_BYTES = 32;
export const SALT_BYTES = 32;

/** What separates a leaf, an inner node, a commitment and a link of the chain, so that none passes for another. */
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const COMMITMENT = Uint8Array.of(2);
const CHAIN = Uint8Array.of(3);

export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

export const leafHash = (leaf: Uint8Array): Uint8Array => sha256(concat(LEAF, leaf));

export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concat(NODE, left, right));

/** Says nothing of the payload to whoever has no salt, however few payloads are possible. */
export const commitmentOf = (salt: Uint8Array, payload: Uint8Array): Uint8Array =>
  sha256(concat(COMMITMENT, salt, payload));

/** The head after a leaf, from the head before it: what a start compares instead of the whole tree. */
export const chainHead = (before: Uint8Array, leaf: Uint8Array): Uint8Array =>
  sha256(concat(CHAIN, before, leaf));
