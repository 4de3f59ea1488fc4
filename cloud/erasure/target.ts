/** What is to be erased: its place in the log, and how everything else of it goes. */
import type { ErasureView } from "../../contracts/wire/documents.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import type { LoggedLeaf } from "./erased-leaf.ts";

/** `entryId`: of the leaf that says so. */
export type EmptiedLeaf = { readonly origin: string; readonly index: number; readonly entryId: string };
/** `archives`: files outside of this database that may hold it still. */
export type Emptied = { readonly leaves: readonly EmptiedLeaf[]; readonly archives: readonly string[] };

export type Target = {
  readonly kind: ErasureView["kind"];
  readonly leaf: LoggedLeaf;
  /** Throws a CloudError where it may not go; then nothing has changed. */
  destroy(step: DeskStep, hospitalId: HospitalId): Promise<Emptied>;
};

export const erasedAlready = ({ origin, index, erasedAtMs }: LoggedLeaf) =>
  new CloudError("ERASED_ALREADY", `Leaf ${index} of ${origin} was erased at ${rfc3339(erasedAtMs ?? 0)}.`);

export const heldBack = () => new CloudError("ERASURE_HELD", "A legal hold of your hospital names it.");
