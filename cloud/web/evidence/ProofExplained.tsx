import { Link } from "wouter";
import type { BedEvidence } from "../../../contracts/wire/evidence.ts";

/** What each word is worth, and what none of them says. */
export function ProofExplained({
  witnessesMin,
  isAnchoring,
}: Pick<BedEvidence, "witnessesMin" | "isAnchoring">) {
  return (
    <details className="proof-explained">
      <summary>What these words are worth</summary>
      <dl>
        <dt>Logged</dt>
        <dd>
          The gateway in the hospital wrote it into its log and signed it, by its own clock. That shows that
          the gateway said so. It does not show that the sensor was right.
        </dd>
        <dt>Witnessed</dt>
        <dd>
          {witnessesMin === 0
            ? "Nobody is asked to witness here: this service alone vouches that its log only ever grew. "
            : `At least ${witnessesMin === 1 ? "one gateway" : `${witnessesMin} gateways`} of other hospitals checked that this service’s log, with this in it, only ever grew, and signed that. `}
          To take it back, or to show others another past, this service and its witnesses would have to act
          together.
        </dd>
        <dt>Anchored</dt>
        <dd>
          A fingerprint of the log stands in a block of an Ethereum chain: what the log held is at least as
          old as that block. Whether the block is the chain’s own shows only a node that you trust: ask it for
          the block’s hash and compare.
          {isAnchoring ? null : " No chain is set up here."}
        </dd>
        <dt>What none of them says</dt>
        <dd>
          That nothing else happened. What the bed said later, or a key that was withdrawn later, is not in a
          file made before.
        </dd>
      </dl>
      <p>
        The file can be checked by anyone, without this service: with the two programs that come with
        Hospitell, or <Link href="/verify">in a browser</Link>.
      </p>
    </details>
  );
}
