/**
 * A Kubo as a place for sealed documents, by its RPC. It is to be one of a private swarm: what is on a public one may be
 * copied by anybody, and such a copy outlives the erasure, sealed as it is.
 */
import type { KuboRPCClient } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import { connectKubo, unlessSaid } from "../evidence/kubo-rpc.ts";
import type { BlobPlace } from "./blob-place.ts";
import { BLOCK_BYTES } from "./content-id.ts";

/** For 20 MiB on a slow disk. */
const ANSWER_MS_MAX = 60_000;
/** What decides the CID, said outright: a node's own settings may differ. */
const AS_CONTENT_ID = { cidVersion: 1, rawLeaves: true, chunker: `size-${BLOCK_BYTES}` } as const;

export function kuboPlace(url: string): BlobPlace {
  let opened: Promise<KuboRPCClient> | undefined;
  const client = () => {
    opened ??= connectKubo(url);
    return opened;
  };
  const limit = () => ({ signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return {
    async put(sealed) {
      const kubo = await client();
      const { cid } = await kubo.add(sealed, { ...AS_CONTENT_ID, pin: true, ...limit() });
      return cid.toV1().toString();
    },
    async remove(cid, blockCids) {
      const kubo = await client();
      await unlessSaid(/not pinned/, async () => {
        await kubo.pin.rm(CID.parse(cid), limit());
      });
      for (const block of blockCids)
        await unlessSaid(/not found/, async () => {
          for await (const { error } of kubo.block.rm(CID.parse(block), limit())) if (error) throw error;
        });
    },
  };
}
