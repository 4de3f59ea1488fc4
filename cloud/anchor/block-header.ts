/** A block's header in its own bytes, which hash to the block's name. Pure. */
import { encodeRlp, keccak256 } from "ethers";
import * as z from "zod";
import { AnchorTrouble } from "./trouble.ts";

const Hex = z.string().regex(/^0x[0-9a-fA-F]*$/);

/** What Ethereum's JSON-RPC tells of a block, as far as its header goes; the last ones came with later forks. */
export const RpcBlock = z.object({
  hash: Hex,
  parentHash: Hex,
  sha3Uncles: Hex,
  miner: Hex,
  stateRoot: Hex,
  transactionsRoot: Hex,
  receiptsRoot: Hex,
  logsBloom: Hex,
  difficulty: Hex,
  number: Hex,
  gasLimit: Hex,
  gasUsed: Hex,
  timestamp: Hex,
  extraData: Hex,
  mixHash: Hex,
  nonce: Hex,
  baseFeePerGas: Hex.nullish(),
  withdrawalsRoot: Hex.nullish(),
  blobGasUsed: Hex.nullish(),
  excessBlobGas: Hex.nullish(),
  parentBeaconBlockRoot: Hex.nullish(),
  requestsHash: Hex.nullish(),
  transactions: z.array(Hex),
});
export type RpcBlock = z.infer<typeof RpcBlock>;

/** 0x and the RLP. Throws an AnchorTrouble where the block's hash is not that of its header. */
export function encodeHeader(block: RpcBlock): string {
  const fields = [
    block.parentHash,
    block.sha3Uncles,
    block.miner,
    block.stateRoot,
    block.transactionsRoot,
    block.receiptsRoot,
    block.logsBloom,
    quantity(block.difficulty),
    quantity(block.number),
    quantity(block.gasLimit),
    quantity(block.gasUsed),
    quantity(block.timestamp),
    block.extraData,
    block.mixHash,
    block.nonce,
  ];
  const later = [
    quantityIfAny(block.baseFeePerGas),
    block.withdrawalsRoot,
    quantityIfAny(block.blobGasUsed),
    quantityIfAny(block.excessBlobGas),
    block.parentBeaconBlockRoot,
    block.requestsHash,
  ];
  const header = encodeRlp([...fields, ...later.filter((field) => typeof field === "string")]);
  const hash = keccak256(header);
  if (hash === block.hash.toLowerCase()) return header;
  throw new AnchorTrouble(
    "disbelieved",
    `the header of block ${BigInt(block.number)} was to hash to ${block.hash}, but hashes to ${hash}`,
  );
}

/** The shortest big-endian bytes; none for 0. */
export function quantity(hex: string): string {
  const digits = hex.slice(2).replace(/^0+/, "");
  return digits === "" ? "0x" : `0x${digits.length % 2 === 1 ? "0" : ""}${digits}`;
}

const quantityIfAny = (hex: string | null | undefined) => (typeof hex === "string" ? quantity(hex) : null);
