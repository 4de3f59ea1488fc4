/** A bundle that is accepted, and how others at the edges of docs/evidence.md are made of it. */
import { type Bundle, encodeBundle } from "../../../contracts/log/bundle.ts";
import { fromBase64, utf8 } from "../../../contracts/log/bytes.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { evidenceWorld } from "../../support/evidence-world.ts";

export type OddBundle = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly verdict: "ACCEPTED" | RefusalReason;
};

const world = evidenceWorld({ seed: 5 });
export const { policy } = world;
const bundle = world.bundleAt(9);
export const good = encodeBundle(bundle);
export const text = new TextDecoder().decode(good);

export const bytesOf = (base64: string) => fromBase64(base64) ?? new Uint8Array(0);

export function edited(name: string, verdict: OddBundle["verdict"], edit: (copy: Bundle) => void): OddBundle {
  const copy = structuredClone(bundle);
  edit(copy);
  return { name, verdict, bytes: encodeBundle(copy) };
}
export const raw = (name: string, verdict: OddBundle["verdict"], bytes: Uint8Array | string): OddBundle => ({
  name,
  verdict,
  bytes: typeof bytes === "string" ? utf8(bytes) : bytes,
});
