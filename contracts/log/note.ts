/**
 * Signed checkpoints, byte for byte as C2SP has them: signed-note, tlog-checkpoint, and tlog-cosignature for what
 * witnesses add. Whether a signature is right is looked at in signed-note.ts.
 *
 *   hospitell/gateway/north/0011223344556677      origin
 *   42                                            leaves
 *   q1I3…=                                        root, base64
 *   signed-at 1764154800123                       milliseconds since 1970
 *
 *   — hospitell/gateway/north Kw1v…               key's name, base64 of key id and signature
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, fromBase64, toBase64, utf8 } from "./bytes.ts";
import { HASH_BYTES } from "./hash.ts";
import { TREE_SIZE_MAX, type TreeHead } from "./tree.ts";

const KEY_ID_BYTES = 4;
/** Of a whole note; a network has some hundred witnesses at most. */
export const NOTE_BYTES_MAX = 65_536;
/** Of an origin, and of a key's name. */
export const KEY_NAME = /^[a-z0-9/-]{1,200}$/;
/** What kind of signature a key makes; part of the key's id. */
const ALGORITHM = { checkpoint: 0x01, cosignature: 0x04 } as const;
type Use = keyof typeof ALGORITHM;

export type PublicKey = { readonly name: string; readonly publicKey: Uint8Array };
/** `sign` is Ed25519 (RFC 8032) over the bytes as they are. */
export type Signer = PublicKey & { readonly sign: (message: Uint8Array) => Uint8Array };

export type Checkpoint = TreeHead & { readonly origin: string; readonly signedAtMs: number };
/** A line under a note: whose it says it is, and what it holds. */
export type NoteSignature = {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
};
/** `body`: what is signed, with its last newline. */
export type Note = Checkpoint & { readonly body: string; readonly signatures: readonly NoteSignature[] };

export const gatewayKeyName = (gatewayId: string) => `hospitell/gateway/${gatewayId}`;
export const gatewayOrigin = (gatewayId: string, epoch: string) => `${gatewayKeyName(gatewayId)}/${epoch}`;
/** Both the origin of the network's log and the name of its key. `networkId`: 16 hexadecimal digits. */
export const networkOrigin = (networkId: string) => `hospitell/network/${networkId}`;

export function checkpointBody({ origin, size, root, signedAtMs }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\nsigned-at ${signedAtMs}\n`;
}

export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  const body = checkpointBody(checkpoint);
  return `${body}\n${signatureLine(signer, "checkpoint", signer.sign(utf8(body)))}`;
}

/** The line that a witness adds below a note of this body. `atMs` is cut to whole seconds. */
export function cosign(body: string, atMs: number, witness: Signer): string {
  const atSeconds = Math.floor(atMs / 1_000);
  const signature = witness.sign(cosignedMessage(body, atSeconds));
  return signatureLine(witness, "cosignature", concat(bigEndian64(atSeconds), signature));
}

/** Null where it is not the one way to write what it says. */
export function parseNote(text: string): Note | null {
  if (text.length > NOTE_BYTES_MAX) return null;
  const end = text.indexOf("\n\n");
  if (end < 0) return null;
  const body = text.slice(0, end + 1);
  const checkpoint = parseBody(body);
  const signatures = parseSignatures(text.slice(end + 2));
  if (checkpoint === null || signatures === null) return null;
  return { ...checkpoint, body, signatures };
}

function parseBody(body: string): Checkpoint | null {
  const [origin = "", size = "", rootText = "", signedAt = "", end, ...more] = body.split("\n");
  const root = fromBase64(rootText);
  const signedAtText = /^signed-at (0|[1-9][0-9]{0,15})$/.exec(signedAt)?.[1];
  if (end !== "" || more.length > 0 || root?.length !== HASH_BYTES || signedAtText === undefined) return null;
  if (!KEY_NAME.test(origin) || !/^(0|[1-9][0-9]{0,15})$/.test(size)) return null;
  const checkpoint = { origin, size: Number(size), root, signedAtMs: Number(signedAtText) };
  return checkpoint.size <= TREE_SIZE_MAX && checkpoint.signedAtMs <= TREE_SIZE_MAX ? checkpoint : null;
}

function parseSignatures(text: string): NoteSignature[] | null {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length === 0) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name, encoded] = /^— ([a-z0-9/-]{1,200}) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const bytes = encoded === undefined ? null : fromBase64(encoded);
    if (name === undefined || bytes === null || bytes.length <= KEY_ID_BYTES) return null;
    signatures.push({ name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) });
  }
  return signatures;
}

function signatureLine(key: PublicKey, use: Use, signature: Uint8Array): string {
  return `— ${key.name} ${toBase64(concat(keyIdOf(key, use), signature))}\n`;
}

export function keyIdOf({ name, publicKey }: PublicKey, use: Use): Uint8Array {
  return sha256(concat(utf8(`${name}\n`), Uint8Array.of(ALGORITHM[use]), publicKey)).slice(0, KEY_ID_BYTES);
}

/** What a witness signs of a note with this body. */
export const cosignedMessage = (body: string, atSeconds: number) =>
  utf8(`cosignature/v1\ntime ${atSeconds}\n${body}`);

function bigEndian64(count: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count));
  return bytes;
}
