/**
 * The bundle: what one leaf of a gateway's log said, with everything that a stranger needs to check it. One JSON
 * document in one fixed form, described in docs/evidence.md, so that the same facts are the same bytes and one hash.
 */
import * as z from "zod";
import { utf8 } from "./bytes.ts";
import { GATEWAY_LEAF_KINDS, LEAF_LANES } from "./leaf.ts";
import { KEY_NAME } from "./note.ts";

export const BUNDLE_FORMAT = "hospitell-evidence/1";
/** A third of it is left beside the longest payload that a log takes: for a hundred witnesses, their paths and an anchor. */
export const BUNDLE_BYTES_MAX = 131_072;
/** A tree of less than 2^53 leaves is at most 53 high; a consistency proof has one hash more. */
const PATH_HASHES_MAX = 64;
const RECEIPT_NODES_MAX = 16;
const KEYS_MAX = 64;

/** Base64 in its canonical form: no loose bits before the padding. */
const Base64 = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/,
    "expected canonical base64",
  );
export const Base64Of32 = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, "expected 32 bytes in canonical base64");
const Path = z.array(Base64Of32).max(PATH_HASHES_MAX);
const Index = z.int().nonnegative();
const Seq = z.int().positive();
export const Contract = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/, "expected 0x and 40 lower-case hexadecimal digits");

const Leaf = z
  .strictObject({
    kind: z.enum(GATEWAY_LEAF_KINDS),
    lane: z.enum(LEAF_LANES),
    firstSeq: Seq,
    lastSeq: Seq,
    commitment: Base64Of32,
    /** In the gateway's log. */
    index: Index,
    /** Null: withheld, or erased. */
    opening: z.strictObject({ payload: Base64, salt: Base64Of32 }).nullable(),
  })
  .refine(({ kind, lane, firstSeq, lastSeq }) =>
    kind === "bed-event" ? lane === "beds" && firstSeq === lastSeq : lane !== "beds" && firstSeq <= lastSeq,
  );

const Key = z.strictObject({
  kind: z.enum(["key-added", "key-revoked"]),
  name: z.string().regex(KEY_NAME),
  publicKey: Base64Of32,
  /** In the network's log, as `inclusion`. */
  index: Index,
  inclusion: Path,
});

const Anchor = z.strictObject({
  chainId: Index,
  contract: Contract,
  /** The network checkpoint whose size and root were anchored. */
  checkpoint: Base64,
  /** From the network checkpoint of the bundle to that one. */
  consistency: Path,
  /** RLP of the block's header. */
  header: Base64,
  transactionIndex: Index,
  /** Of the event among the receipt's logs. */
  logIndex: Index,
  /** Nodes of the receipts' trie, from the root down. */
  receiptProof: z.array(Base64).min(1).max(RECEIPT_NODES_MAX),
});

const Bundle = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  leaf: Leaf,
  gateway: z.strictObject({ checkpoint: Base64, inclusion: Path }),
  /** `checkpoint` with its cosignatures; `index` of the entry that takes in the gateway's checkpoint. */
  network: z.strictObject({ checkpoint: Base64, inclusion: Path, index: Index }),
  keys: z.array(Key).min(1).max(KEYS_MAX),
  anchor: Anchor.nullable(),
});

/** The JSON of docs/evidence.md; bytes, notes and hashes are base64. */
export type Bundle = z.infer<typeof Bundle>;
export type BundleKey = z.infer<typeof Key>;
export type BundleAnchor = z.infer<typeof Anchor>;

/** The one form of it. */
export function encodeBundle(bundle: Bundle): Uint8Array {
  return utf8(JSON.stringify(bundle, sorted));
}

/** Null where it is not a bundle, or not in its fixed form. */
export function decodeBundle(bytes: Uint8Array): Bundle | null {
  if (bytes.length > BUNDLE_BYTES_MAX) return null;
  const text = printable(bytes);
  if (text === null) return null;
  try {
    const parsed = Bundle.safeParse(JSON.parse(text));
    return parsed.success && JSON.stringify(parsed.data, sorted) === text ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Null where a byte is not one of the characters that the fixed form has. */
function printable(bytes: Uint8Array): string | null {
  const text = new TextDecoder("latin1").decode(bytes);
  return /^[ -[\]-~]*$/.test(text) ? text : null;
}

/** Keys of the format are ASCII, whose order by code units is the order by bytes. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
