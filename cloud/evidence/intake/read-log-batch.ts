/** A batch of a gateway's log, held against what it says of itself; what the log says to it comes later. Pure. */
import { bytesOf, fromBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { commitmentOf } from "../../../contracts/log/hash.ts";
import { encodeGatewayLeaf } from "../../../contracts/log/leaf.ts";
import { gatewayKeyName, gatewayOrigin, type Note, parseNote } from "../../../contracts/log/note.ts";
import { isSignedBy } from "../../../contracts/log/signed-note.ts";
import { isUsableKey } from "../../../contracts/log/usable-key.ts";
import type { Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import type { LogBatch, LoggedLeaf } from "../../../contracts/wire/log-sync.ts";
import type { NewLeaf } from "../tree-store.ts";

/** `text`: the note as it came. */
export type GatewayCheckpoint = Note & { readonly text: string };

export type ReadBatch = {
  readonly gatewayId: GatewayId;
  readonly epoch: Epoch;
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly rotation: { readonly oldPublicKey: Uint8Array; readonly signature: Uint8Array } | null;
  readonly sentAtMs: number;
  readonly firstIndex: number;
  readonly leaves: readonly NewLeaf[];
  /** Leaves of the log as far as this batch ends. */
  readonly endSize: number;
  /** Signed by `publicKey`, of this origin, of `endSize`. */
  readonly checkpoint: GatewayCheckpoint | null;
};
type Refused = { readonly refusal: string };

/** `refusal`: what was expected and what came, in a sentence. */
export function readLogBatch(batch: LogBatch): ReadBatch | Refused {
  const { gatewayId, epoch, sentAtMs, firstIndex, rotation } = batch;
  if (!base64Of(batch).every((text) => fromBase64(text) !== null))
    return { refusal: "Base64 was to be in its one canonical form; some of it has loose bits at its end." };
  const leaves: NewLeaf[] = [];
  for (const [place, logged] of batch.leaves.entries()) {
    const misfit = misfitOf(logged);
    if (misfit !== null) return { refusal: `Leaf ${firstIndex + place}: ${misfit}` };
    leaves.push(newLeaf(logged));
  }
  const publicKey = bytesOf(batch.publicKey);
  if (!isUsableKey(publicKey)) return { refusal: "publicKey is no Ed25519 key that only one can sign with." };
  const origin = gatewayOrigin(gatewayId, epoch);
  const endSize = firstIndex + leaves.length;
  const key = { name: gatewayKeyName(gatewayId), publicKey };
  const checkpoint =
    batch.checkpoint === null ? null : readCheckpoint(batch.checkpoint, { origin, endSize, key });
  if (checkpoint !== null && "refusal" in checkpoint) return checkpoint;
  return {
    gatewayId,
    epoch,
    origin,
    publicKey,
    rotation: rotation == null ? null : rotationOf(rotation),
    sentAtMs,
    firstIndex,
    leaves,
    endSize,
    checkpoint,
  };
}

const base64Of = ({ publicKey, rotation, leaves }: LogBatch) => [
  publicKey,
  ...(rotation == null ? [] : [rotation.oldPublicKey, rotation.signature]),
  ...leaves.map(({ salt }) => salt),
];

type Expected = {
  readonly origin: string;
  readonly endSize: number;
  readonly key: { readonly name: string; readonly publicKey: Uint8Array };
};

function readCheckpoint(text: string, { origin, endSize, key }: Expected): GatewayCheckpoint | Refused {
  const note = parseNote(text);
  if (note === null) return { refusal: "The checkpoint is not a signed note." };
  if (note.origin !== origin)
    return { refusal: `The checkpoint is of ${note.origin}; this log is ${origin}.` };
  if (note.size !== endSize)
    return { refusal: `The checkpoint is of ${note.size} leaves; with this batch the log has ${endSize}.` };
  if (!isSignedBy(note, key)) return { refusal: "The checkpoint is not signed by publicKey." };
  return { ...note, text };
}

const rotationOf = ({ oldPublicKey, signature }: { oldPublicKey: string; signature: string }) => ({
  oldPublicKey: bytesOf(oldPublicKey),
  signature: bytesOf(signature),
});

/** A leaf that no bundle could be made of is not taken: docs/evidence.md says what a bundle's leaf must be. */
function misfitOf({ kind, lane, firstSeq, lastSeq, payload }: LoggedLeaf): string | null {
  if (lastSeq < firstSeq) return `lastSeq ${lastSeq} lies before firstSeq ${firstSeq}.`;
  if (kind === "bed-event" && (lane !== "beds" || lastSeq !== firstSeq))
    return `a bed-event is one record of the lane beds, ${firstSeq} to ${lastSeq} of ${lane} came.`;
  if (kind === "readings" && lane === "beds") return "readings are not of the lane beds.";
  return isObject(payload) ? null : "the payload was to be a JSON object in UTF-8.";
}

function isObject(payload: string): boolean {
  try {
    const value: unknown = JSON.parse(payload);
    return payload.isWellFormed() && typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function newLeaf({ kind, lane, firstSeq, lastSeq, payload, ...logged }: LoggedLeaf): NewLeaf {
  const salt = bytesOf(logged.salt);
  const commitment = commitmentOf(salt, utf8(payload));
  const leaf = encodeGatewayLeaf({ kind, lane, firstSeq, lastSeq, commitment });
  return { kind, lane, firstSeq, lastSeq, leaf, salt, payload };
}
