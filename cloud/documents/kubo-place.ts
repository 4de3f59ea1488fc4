/**
 * A Kubo node as a place for sealed documents, by its RPC. It is to be one of a private swarm: what is pinned on a public
 * one may be copied by anybody, and a copy outlives its erasure, sealed as it is.
 */
import { create } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import type { BlobPlace } from "./blob-place.ts";
import { BLOCK_BYTES } from "./content-id.ts";

const ANSWER_MS_MAX = 60_000;
/** What decides the CID, said outright: a node's own settings may differ. */
const AS_CONTENT_ID = { cidVersion: 1, rawLeaves: true, chunker: `size-${BLOCK_BYTES}` } as const;

export function kuboPlace(url: string): BlobPlace {
  const kubo = create({ url, timeout: ANSWER_MS_MAX });
  return {
    async put(sealed) {
      const { cid } = await kubo.add(sealed, { ...AS_CONTENT_ID, pin: true });
      return cid.toString();
    },
    async remove(cid, blockCids) {
      try {
        await kubo.pin.rm(CID.parse(cid));
      } catch (error) {
        if (!(error instanceof Error && /not pinned/.test(error.message))) throw error;
      }
      const blocks = blockCids.map((block) => CID.parse(block));
      for await (const { error } of kubo.block.rm(blocks, { force: true }))
        if (error !== null && error !== undefined) throw error;
    },
  };
}
