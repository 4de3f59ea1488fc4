/** What befalls the chain and the way to it while something is anchored. */
import type { Anvil } from "../../support/anvil.ts";
import { HANG, type Meddling, type RpcCall } from "../../support/rpc-proxy.ts";
import { below } from "../salvage/seeded.ts";

export const REORG_BLOCKS_MAX = 32;
const GWEI = 10n ** 9n;
const SPIKE_GWEI_MAX = 200;
const OTHER_HASH = `0x${"ee".repeat(32)}`;

export const CHAIN_EVENTS = ["blocks", "reorg", "drop", "fee-spike"] as const;
type ChainEvent = (typeof CHAIN_EVENTS)[number];
export const ENDPOINT_TROUBLES = [
  "other-chain",
  "other-header",
  "other-receipts",
  "hidden-receipts",
  "hangs",
  "cut",
] as const;
type EndpointTrouble = (typeof ENDPOINT_TROUBLES)[number];

/** `blocksMax`: so many blocks may be undone; everything before them was there when the run began. */
export async function befall(
  anvil: Anvil,
  random: () => number,
  blocksMax: number,
): Promise<{ readonly kind: ChainEvent; readonly depth: number }> {
  const kind = CHAIN_EVENTS[below(random, CHAIN_EVENTS.length)] ?? "blocks";
  switch (kind) {
    case "blocks":
      await anvil.mine(1 + below(random, 4));
      return { kind, depth: 0 };
    case "reorg": {
      const depth = Math.min(blocksMax, 1 + below(random, REORG_BLOCKS_MAX));
      if (depth < 1) return { kind: "blocks", depth: 0 };
      await undo(anvil, depth, random() < 0.5);
      return { kind, depth };
    }
    case "drop":
      await anvil.call("anvil_dropAllTransactions");
      return { kind, depth: 0 };
    case "fee-spike": {
      const wei = BigInt(1 + below(random, SPIKE_GWEI_MAX)) * GWEI;
      await anvil.call("anvil_setNextBlockBaseFeePerGas", [`0x${wei.toString(16)}`]);
      await anvil.mine();
      return { kind, depth: 0 };
    }
  }
}

/** Other blocks take the place of the newest ones, without their transactions, which may come again from those that wait. */
export async function undo(anvil: Anvil, depth: number, isForgotten = true): Promise<void> {
  await anvil.call("anvil_reorg", [depth, []]);
  if (isForgotten) await anvil.call("anvil_dropAllTransactions");
}

export function troubledEndpoint(kind: EndpointTrouble): Meddling {
  return (call, passOn) => {
    switch (kind) {
      case "other-chain":
        return call.method === "eth_chainId" ? Promise.resolve("0x1") : undefined;
      case "other-header":
        return isOfNumber(call) ? changed(passOn, { receiptsRoot: OTHER_HASH }) : undefined;
      case "other-receipts":
        return call.method === "eth_getBlockReceipts"
          ? passOn().then((all) => (all as object[]).map((one) => ({ ...one, cumulativeGasUsed: "0x1" })))
          : undefined;
      case "hidden-receipts":
        return call.method === "eth_getTransactionReceipt" ? Promise.resolve(null) : undefined;
      case "hangs":
        return Promise.resolve(HANG);
      case "cut":
        return Promise.reject(new Error("cut"));
    }
  };
}

const isOfNumber = ({ method, params }: RpcCall) =>
  method === "eth_getBlockByNumber" && String(params[0]).startsWith("0x");

const changed = (passOn: () => Promise<unknown>, what: object) =>
  passOn().then((answer) => (answer === null ? null : { ...(answer as object), ...what }));
