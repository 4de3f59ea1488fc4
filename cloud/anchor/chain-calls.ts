/** Single questions to the contract, and what its answers mean. */
import * as z from "zod";
import { type AnchoredHead, anchorInterface } from "./contract.ts";
import { type RpcEndpoint, RpcRefusal } from "./rpc-endpoint.ts";

const NOTHING = "0x";

/** Leaves of the tree that the contract holds; null: there is no contract, or not yet at that block. */
export async function sizeAt(endpoint: RpcEndpoint, contract: string, tag: string): Promise<number | null> {
  const call = { to: contract, data: anchorInterface.encodeFunctionData("size", []) };
  try {
    const answer = await endpoint.ask(z.string(), "eth_call", [call, tag]);
    if (answer === NOTHING) return null;
    return Number(anchorInterface.decodeFunctionResult("size", answer)[0]);
  } catch (error) {
    if (error instanceof RpcRefusal && error.isContracts) return null;
    throw error;
  }
}

/** The contract's error of that data, such as `NotLarger(8, 7)`; null where it is none of its own. */
export function refusalName(data: string | null): string | null {
  if (data === null || data === NOTHING) return null;
  try {
    const error = anchorInterface.parseError(data);
    return error === null ? null : `${error.name}(${error.args.toArray().map(String).join(", ")})`;
  } catch {
    return null;
  }
}

export const isSameHead = (one: AnchoredHead | null, other: AnchoredHead) =>
  one !== null && one.size === other.size && one.root === other.root;
