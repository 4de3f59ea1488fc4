/** A Kubo, as far as bundles need one: one raw block each, whose hash is its name on both sides. */
import type { KuboRPCClient } from "kubo-rpc-client";
import { CID } from "multiformats/cid";
import { connectKubo, unlessSaid } from "../kubo-rpc.ts";

/** An RPC that does not answer in this time is not there. */
export const ANSWER_MS_MAX = 10_000;

export type ContentStore = {
  /** Keeps the bytes, not pinned yet; answers the CID that it gave them. */
  put(bytes: Uint8Array): Promise<string>;
  pin(cid: string): Promise<void>;
  /** Neither pinned nor there any more; nothing is wrong where it never was. */
  remove(cid: string): Promise<void>;
};

export function openKubo(url: string): ContentStore {
  let opened: Promise<KuboRPCClient> | undefined;
  const client = () => (opened ??= connectKubo(url));
  const limit = () => ({ signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return {
    async put(bytes) {
      const cid = await (await client()).block.put(bytes, { format: "raw", mhtype: "sha2-256", ...limit() });
      return cid.toString();
    },
    async pin(cid) {
      await (await client()).pin.add(CID.parse(cid), limit());
    },
    async remove(cid) {
      const { pin, block } = await client();
      await unlessSaid(/not pinned/, async () => {
        await pin.rm(CID.parse(cid), limit());
      });
      await unlessSaid(/not found/, async () => {
        for await (const { error } of block.rm(CID.parse(cid), limit())) if (error != null) throw error;
      });
    },
  };
}
