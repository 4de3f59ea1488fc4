/** The contract as this service speaks to it: what is called, and what it tells. */
import { Interface, type InterfaceAbi } from "ethers";
import artifact from "../../contracts/solidity/HospitellAnchor.json" with { type: "json" };

export const CONTRACT_BYTECODE = artifact.bytecode;
export const anchorInterface = new Interface(artifact.abi as InterfaceAbi);

/** A tree's size and root, as 0x and 64 lower-case hexadecimal digits. */
export type AnchoredHead = { readonly size: number; readonly root: string };

export function anchorCall({ size, root }: AnchoredHead): string {
  return anchorInterface.encodeFunctionData("anchor", [size, root]);
}

/** What an event of the contract says; null where it is another event. */
export function readAnchored(topics: readonly string[], data: string): AnchoredHead | null {
  try {
    const event = anchorInterface.parseLog({ topics: [...topics], data });
    if (event?.name !== "Anchored") return null;
    return { size: Number(event.args.getValue("size")), root: String(event.args.getValue("root")) };
  } catch {
    return null;
  }
}

/** By which the events of a tree's size are found. */
export function anchoredTopics(size: number): readonly (string | readonly string[] | null)[] {
  return anchorInterface.encodeFilterTopics("Anchored", [size]);
}
