/**
 * Checks a bundle offline against what its reader trusts: docs/evidence.md, "Checking". The checks come in the order of
 * the list there, and the first that fails is the reason.
 */
import { type Bundle, type BundleKey, decodeBundle } from "./bundle.ts";
import { bytesOf, isSame, toBase64, utf8 } from "./bytes.ts";
import { readCar } from "./car.ts";
import { commitmentOf, leafHash } from "./hash.ts";
import { encodeGatewayLeaf, encodeNetworkLeaf, type GatewayLeafKind } from "./leaf.ts";
import { gatewayKeyName, type Note, type PublicKey } from "./note.ts";
import { type Payload, readPayload } from "./payload.ts";
import type { Policy } from "./policy.ts";
import type { RefusalReason } from "./refusals.ts";
import { isIncluded } from "./tree.ts";
import { type AnchorStatement, type AnchorVerdict, verifyAnchor } from "./verify-anchor.ts";
import { type ReadNote, VerifyCache } from "./verify-cache.ts";

/** What an accepted bundle says. Times are milliseconds since 1970, by the clock of whoever signed. */
export type Statement = {
  readonly gateway: {
    readonly gatewayId: string;
    readonly epoch: string;
    /** Leaves of its log under the checkpoint, and when it signed that. */
    readonly size: number;
    readonly signedAtMs: number;
  };
  readonly leaf: {
    readonly kind: GatewayLeafKind;
    readonly lane: string;
    readonly firstSeq: number;
    readonly lastSeq: number;
    readonly index: number;
    /** Null: withheld, or erased. */
    readonly payload: Payload | null;
  };
  readonly network: {
    readonly origin: string;
    /** Of the entry that took the gateway's checkpoint in. */
    readonly index: number;
    readonly size: number;
    readonly signedAtMs: number;
  };
  /** The policy's witnesses that cosigned, in the policy's order, without the gateway itself. */
  readonly witnesses: readonly { readonly name: string; readonly atMs: number }[];
  readonly anchor: AnchorStatement | null;
};

export type Verdict =
  | { readonly ok: true; readonly statement: Statement }
  | { readonly ok: false; readonly reason: RefusalReason };

/** For verifying many bundles: what they share is checked once. */
export type BundleCache = VerifyCache<AnchorVerdict>;
export const bundleCache = (): BundleCache => new VerifyCache();

const ORIGIN = /^hospitell\/gateway\/([a-z0-9-]+)\/([a-z0-9-]+)$/;
const BRACE = 0x7b;

/** `bytes` are a bundle, which begins with a brace, or a CAR. */
export function verifyBundle(bytes: Uint8Array, policy: Policy, cache: BundleCache = bundleCache()): Verdict {
  const car = bytes[0] === BRACE ? { ok: true as const, block: bytes } : readCar(bytes);
  if (!car.ok) return car;
  const bundle = decodeBundle(car.block);
  if (bundle === null) return refused("bundle-unreadable");
  const payload = openingOf(bundle);
  if (typeof payload === "string") return refused(payload);
  const gateway = gatewayOf(bundle, cache);
  if (typeof gateway === "string") return refused(gateway);
  const network = networkOf(bundle, gateway, policy, cache);
  if (typeof network === "string") return refused(network);
  const anchor = verifyAnchor(bundle, network.note, policy, cache);
  if (typeof anchor === "string") return refused(anchor);
  return { ok: true, statement: statementOf(bundle, payload, gateway, network, anchor) };
}

const refused = (reason: RefusalReason): Verdict => ({ ok: false, reason });

function openingOf({ leaf }: Bundle): Payload | null | RefusalReason {
  if (leaf.opening === null) return null;
  const payload = bytesOf(leaf.opening.payload);
  if (!isSame(commitmentOf(bytesOf(leaf.opening.salt), payload), bytesOf(leaf.commitment)))
    return "payload-mismatch";
  return readPayload(payload) ?? "payload-malformed";
}

type Gateway = {
  readonly note: Note;
  readonly keyName: string;
  /** Those of its keys that signed the checkpoint. */
  readonly signedBy: readonly PublicKey[];
  readonly gatewayId: string;
  readonly epoch: string;
};

/** The gateway's own word: its checkpoint, the key that signed it, and the leaf under it. */
function gatewayOf({ gateway, keys, leaf }: Bundle, cache: BundleCache): Gateway | RefusalReason {
  const read = cache.note(gateway.checkpoint);
  const [, gatewayId, epoch] = ORIGIN.exec(read?.note.origin ?? "") ?? [];
  if (read === null || gatewayId === undefined || epoch === undefined) return "gateway-checkpoint-malformed";
  const name = gatewayKeyName(gatewayId);
  const added = keys.filter((key) => key.kind === "key-added" && key.name === name).map(publicKeyOf);
  if (added.length === 0) return "gateway-key-unknown";
  const signedBy = added.filter((key) => read.isSignedBy(key));
  if (signedBy.length === 0) return "gateway-signature-invalid";
  const { note } = read;
  const hash = leafHash(encodeGatewayLeaf({ ...leaf, commitment: bytesOf(leaf.commitment) }));
  if (!isIncluded({ index: leaf.index, size: note.size }, hash, gateway.inclusion.map(bytesOf), note.root))
    return "leaf-not-in-gateway-log";
  return { note, keyName: name, signedBy, gatewayId, epoch };
}

type Network = { readonly note: Note; readonly witnesses: Statement["witnesses"] };

/** The network's word: that it took the gateway's checkpoint in while the key was in force, with others looking on. */
function networkOf(
  { network, keys }: Bundle,
  gateway: Gateway,
  policy: Policy,
  cache: BundleCache,
): Network | RefusalReason {
  const read = cache.note(network.checkpoint);
  if (read === null) return "network-checkpoint-malformed";
  const { note } = read;
  if (note.origin !== policy.network.name) return "network-untrusted";
  if (!read.isSignedBy(policy.network)) return "network-signature-invalid";
  const witnesses = witnessesOf(read, gateway.keyName, policy);
  if (witnesses.length < policy.witnessesMin) return "too-few-witnesses";
  const entry = encodeNetworkLeaf({ kind: "gateway-checkpoint", body: utf8(gateway.note.body) });
  if (!isEntry(entry, network, note)) return "entry-not-in-network-log";
  if (!areEntries(keys, note)) return "key-not-in-network-log";
  const isSignedInForce = gateway.signedBy.some((key) => isInForce(keys, key, network.index));
  return isSignedInForce ? { note, witnesses } : "gateway-key-revoked";
}

/** One counts once, under whatever name or key. */
function witnessesOf(read: ReadNote, gatewayName: string, policy: Policy): Statement["witnesses"] {
  const counted = new Set([gatewayName]);
  return policy.witnesses.flatMap((witness) => {
    const key = toBase64(witness.publicKey);
    if (counted.has(witness.name) || counted.has(key)) return [];
    const atMs = read.cosignedAtMs(witness);
    if (atMs === null) return [];
    counted.add(witness.name).add(key);
    return [{ name: witness.name, atMs }];
  });
}

function areEntries(keys: readonly BundleKey[], note: Note): boolean {
  return keys.every((key, at) => {
    const before = keys[at - 1];
    if (before !== undefined && before.index >= key.index) return false;
    return isEntry(encodeNetworkLeaf({ kind: key.kind, ...publicKeyOf(key) }), key, note);
  });
}

type Place = { readonly index: number; readonly inclusion: readonly string[] };

function isEntry(entry: Uint8Array, { index, inclusion }: Place, { size, root }: Note): boolean {
  return isIncluded({ index, size }, leafHash(entry), inclusion.map(bytesOf), root);
}

/** A key that was revoked once is not in force again, even if it is added anew. */
function isInForce(keys: readonly BundleKey[], key: PublicKey, entryIndex: number): boolean {
  const before = keys
    .filter(({ index }) => index < entryIndex)
    .filter((one) => one.name === key.name && isSame(bytesOf(one.publicKey), key.publicKey));
  return before.length > 0 && before.every(({ kind }) => kind === "key-added");
}

const publicKeyOf = ({ name, publicKey }: BundleKey): PublicKey => ({ name, publicKey: bytesOf(publicKey) });

function statementOf(
  { leaf, network: { index } }: Bundle,
  payload: Payload | null,
  gateway: Gateway,
  network: Network,
  anchor: AnchorStatement | null,
): Statement {
  const { kind, lane, firstSeq, lastSeq } = leaf;
  const { gatewayId, epoch } = gateway;
  return {
    gateway: { gatewayId, epoch, size: gateway.note.size, signedAtMs: gateway.note.signedAtMs },
    leaf: { kind, lane, firstSeq, lastSeq, index: leaf.index, payload },
    network: {
      origin: network.note.origin,
      index,
      size: network.note.size,
      signedAtMs: network.note.signedAtMs,
    },
    witnesses: network.witnesses,
    anchor,
  };
}
