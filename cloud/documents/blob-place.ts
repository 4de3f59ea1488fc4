/**
 * Where sealed documents are copied to beside the database, which has them in any case. Nothing but sealed bytes goes
 * there. A place may be away; what it did not do is tried again.
 */
export type BlobPlace = {
  /** Keeps the bytes; answers the CID under which it has them. */
  put(sealed: Uint8Array): Promise<string>;
  /** Keeps them no longer, and gives their blocks away, as far as it still has them. */
  remove(cid: string, blockCids: readonly string[]): Promise<void>;
};
