/** Puts a bundle together out of what lies in the database; docs/evidence.md says what each part is for. */
import type { Bundle } from "../../../contracts/log/bundle.ts";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { HASH_BYTES } from "../../../contracts/log/hash.ts";
import { gatewayKeyName } from "../../../contracts/log/note.ts";
import type { FinalizedAnchor } from "../../anchor/repository.ts";
import type { Database } from "../../database/schema.ts";
import { consistencyProof, inclusionProof } from "../tree-store.ts";
import { keyEntriesAt, type LeafFacts, type ProvenCheckpoint } from "./bundle-facts.ts";
import { withCosignatures, withoutCosignatures } from "./checkpoint.ts";
import { cosignaturesOf } from "./witnessed.ts";

/** Lines under the note: a network may have hundreds of witnesses, a bundle is a few kilobytes, and each is checked here. */
const COSIGNATURES_MAX = 16;

type WitnessedCheckpoint = ProvenCheckpoint & { readonly network: NonNullable<ProvenCheckpoint["network"]> };

export type BundleSource = {
  readonly leaf: LeafFacts;
  readonly point: WitnessedCheckpoint;
  readonly anchor: FinalizedAnchor | null;
  readonly networkLogId: number;
  readonly witnessesMin: number;
};

export async function assembleBundle(db: Database, source: BundleSource): Promise<Bundle> {
  const { leaf, point, anchor, networkLogId } = source;
  const { network } = point;
  const inNetwork = async (index: number) =>
    pathOf(await inclusionProof(db, networkLogId, index, network.size));
  const keys = [];
  for (const { kind, publicKey, index } of await keyEntriesAt(db, leaf.gatewayId, {
    networkIndex: point.networkIndex,
    size: network.size,
  })) {
    const name = gatewayKeyName(leaf.gatewayId);
    keys.push({ inclusion: await inNetwork(index), index, kind, name, publicKey: toBase64(publicKey) });
  }
  return {
    format: "hospitell-evidence/1",
    leaf: leafPart(leaf),
    gateway: {
      checkpoint: noteOf(point.note),
      inclusion: pathOf(await inclusionProof(db, leaf.logId, leaf.index, point.size)),
    },
    network: {
      checkpoint: noteOf(await cosignedNote(db, source)),
      inclusion: await inNetwork(point.networkIndex),
      index: point.networkIndex,
    },
    keys,
    anchor: anchor === null ? null : await anchorPart(db, source, anchor),
  };
}

function leafPart({ kind, lane, firstSeq, lastSeq, index, leaf, salt, payload }: LeafFacts): Bundle["leaf"] {
  // The commitment is the last thing in the leaf's bytes.
  const commitment = toBase64(leaf.slice(-HASH_BYTES));
  const opening =
    salt === null || payload === null ? null : { payload: toBase64(utf8(payload)), salt: toBase64(salt) };
  return { kind, lane, firstSeq, lastSeq, index, commitment, opening };
}

/** The earliest first; of the gateway itself, which counts for nothing here, none. */
async function cosignedNote(
  db: Database,
  { leaf, point: { network }, witnessesMin }: BundleSource,
): Promise<string> {
  const others = (await cosignaturesOf(db, [network.size])).filter(
    ({ gatewayId }) => gatewayId !== leaf.gatewayId,
  );
  return withCosignatures(network.note, others.slice(0, Math.max(COSIGNATURES_MAX, witnessesMin)));
}

async function anchorPart(
  db: Database,
  { point: { network }, networkLogId }: BundleSource,
  anchor: FinalizedAnchor,
): Promise<NonNullable<Bundle["anchor"]>> {
  const { chainId, contract, checkpoint, header, transactionIndex, logIndex, receiptProof } = anchor;
  return {
    chainId,
    checkpoint: noteOf(withoutCosignatures(checkpoint)),
    consistency: pathOf(await consistencyProof(db, networkLogId, network.size, anchor.size)),
    contract: contract.toLowerCase(),
    header: toBase64(header),
    logIndex,
    receiptProof: [...receiptProof],
    transactionIndex,
  };
}

const pathOf = (hashes: readonly Uint8Array[]) => hashes.map(toBase64);
const noteOf = (text: string) => toBase64(utf8(text));
