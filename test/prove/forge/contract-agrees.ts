/** The contract's own check of inclusion proofs, on a chain, beside the one of contracts/log: good proofs and bad ones. */
import { Contract, JsonRpcProvider } from "ethers";
import { anchorInterface } from "../../../cloud/anchor/contract.ts";
import { bytesOf, toHex, utf8 } from "../../../contracts/log/bytes.ts";
import { leafHash } from "../../../contracts/log/hash.ts";
import { isIncluded } from "../../../contracts/log/tree.ts";
import { ANVIL_CHAIN_ID, type Anvil } from "../../support/anvil.ts";
import { GrownLog } from "../../support/grown-log.ts";
import { below } from "../salvage/seeded.ts";

const SIZE_MAX = 2_000;

export type Agreement = {
  readonly accepted: number;
  readonly refused: number;
  readonly misses: readonly string[];
};

/** Every second proof is a good one. */
export async function contractAgrees(
  anvil: Anvil,
  contract: string,
  proofs: number,
  random: () => number,
): Promise<Agreement> {
  const provider = new JsonRpcProvider(anvil.url, ANVIL_CHAIN_ID, { staticNetwork: true, cacheTimeout: -1 });
  try {
    const check = new Contract(contract, anchorInterface, provider).getFunction("isIncluded");
    const log = new GrownLog();
    for (let at = 0; at < SIZE_MAX; at += 1) log.append(utf8(`entry ${at}`));
    let [accepted, refused] = [0, 0];
    const misses: string[] = [];
    for (let count = 0; count < proofs; count += 1) {
      const size = 1 + below(random, SIZE_MAX);
      const place = { index: below(random, size), size };
      const path = log.inclusion(place.index, size).map(bytesOf);
      const proof = count % 2 === 0 ? { ...place, path } : tampered({ ...place, path }, random);
      const { root } = log.head(size);
      const hash = leafHash(utf8(`entry ${place.index}`));
      const ours = isIncluded(proof, hash, proof.path, root);
      const theirs: unknown = await check.staticCall(
        hex(hash),
        proof.index,
        proof.size,
        hex(root),
        proof.path.map(hex),
      );
      if (theirs !== ours || ours !== (count % 2 === 0))
        misses.push(
          `proof ${count} of leaf ${place.index} in ${size}: contract ${theirs}, contracts/log ${ours}`,
        );
      if (theirs === true) accepted += 1;
      else refused += 1;
    }
    return { accepted, refused, misses };
  } finally {
    provider.destroy();
  }
}

type Proof = { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] };

function tampered({ index, size, path }: Proof, random: () => number): Proof {
  const extra = new Uint8Array(32).fill(below(random, 256));
  const changes: Proof[] = [
    { index, size, path: [...path, extra] },
    { index, size, path: [extra, ...path] },
    { index: index + size, size, path },
    { index, size, path: path.length === 0 ? [extra] : path.slice(0, -1) },
    { index, size, path: path.length === 0 ? [extra] : path.map((hash, at) => (at === 0 ? extra : hash)) },
  ];
  return changes[below(random, changes.length)] ?? { index, size, path: [] };
}

const hex = (bytes: Uint8Array) => `0x${toHex(bytes)}`;
