/** Forged bundles without end, every second one with a plan: no two the same, and none of them a bundle that is known. */
import { createHash } from "node:crypto";
import { encodeBundle } from "../../../contracts/log/bundle.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { below } from "../salvage/seeded.ts";
import { FORGERIES } from "./forgeries.ts";
import { caseAt, type Worlds } from "./forgery.ts";
import { MUTATIONS } from "./mutate.ts";

/** The honest world's bundles that are changed are its first ones. */
export const CHANGED_BUNDLES = 300;

/** `of`: the number of the honest bundle. `reason`: null where any will do. */
export type Forged = {
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly of: number;
  readonly reason: RefusalReason | null;
};
type Maker = Pick<Forged, "kind" | "reason"> & { readonly make: (of: number) => Uint8Array };

export const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64");

export function* forgedBundles(worlds: Worlds, random: () => number): Generator<Forged, never> {
  const others = Array.from({ length: CHANGED_BUNDLES }, (_, of) => [
    worlds.honest.bundleAt(of),
    worlds.forked.bundleAt(of),
    ...(of % 10 === 0 ? [worlds.other.bundleAt(of), worlds.strangers.bundleAt(of)] : []),
  ]).flat();
  const planned = Object.entries(FORGERIES).map(
    ([kind, { reason, make }]): Maker => ({ kind, reason, make: (of) => make(caseAt(worlds, of)) }),
  );
  const unplanned = Object.entries(MUTATIONS).map(
    ([kind, mutate]): Maker => ({
      kind,
      reason: null,
      make: (of) => mutate(worlds.honest.bundleAt(of), others, random),
    }),
  );
  const seen = new Set(others.map((bundle) => digestOf(encodeBundle(bundle))));
  for (let count = 0; ; count += 1) {
    const makers = count % 2 === 0 ? planned : unplanned;
    const { kind, reason, make } = makers[(count >> 1) % makers.length] as Maker;
    const of = below(random, CHANGED_BUNDLES);
    const bytes = make(of);
    const digest = digestOf(bytes);
    if (!seen.has(digest)) yield { kind, reason, of, bytes };
    seen.add(digest);
  }
}
