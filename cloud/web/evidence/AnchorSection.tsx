import { Age } from "../../../contracts/ui/Age.tsx";
import type { EvidenceHealth } from "../../../contracts/wire/evidence.ts";
import { ANCHOR_STATE_WORDS, gasWords, isAnchorTroubled } from "./health-words.ts";
import { countWords } from "./proof-words.ts";

type Anchor = EvidenceHealth["anchor"];

/** What of the log stands on a chain, how the next is getting on, and what it cost. */
export function AnchorSection({
  anchor,
  networkSize,
}: {
  readonly anchor: Anchor;
  readonly networkSize: number;
}) {
  return (
    <section className="health-section" aria-labelledby="anchor-title">
      <h3 id="anchor-title">Anchor on the chain</h3>
      {anchor === null ? (
        <p>
          No chain is set up. Logs and witnesses do not need one; what is missing is a time that no hospital
          and no service can have set back.
        </p>
      ) : (
        <Facts anchor={anchor} networkSize={networkSize} />
      )}
    </section>
  );
}

function Facts({
  anchor,
  networkSize,
}: {
  readonly anchor: NonNullable<Anchor>;
  readonly networkSize: number;
}) {
  const { chainId, contract, anchoredSize, anchoredAt, blockNumber, lastError, lastGas } = anchor;
  const missing = Math.max(0, networkSize - anchoredSize);
  return (
    <>
      <p className="quiet">
        A chain that is away for days changes nothing but the anchor’s age: the next root covers everything
        before it.
      </p>
      <dl className="evidence-facts">
        <dt>State</dt>
        <dd>
          {isAnchorTroubled(anchor) ? <span className="badge badge-strong">In trouble</span> : null}{" "}
          {ANCHOR_STATE_WORDS[anchor.state]}
          {lastError === null ? null : <span className="block evidence-detail">{lastError}</span>}
        </dd>
        <dt>Anchored</dt>
        <dd>
          {blockNumber === null ? (
            "nothing yet"
          ) : (
            <>
              {countWords(anchoredSize)} entries in block {countWords(blockNumber)},{" "}
              <Age atMs={anchoredAt === null ? null : Date.parse(anchoredAt)} />
              {missing === 0 ? null : (
                <span className="quiet block">{countWords(missing)} entries are newer than that</span>
              )}
            </>
          )}
        </dd>
        <dt>Contract</dt>
        <dd>
          <code>{contract}</code> <span className="quiet block">on chain {chainId}</span>
        </dd>
        <dt>Gas</dt>
        <dd>
          {gasWords(anchor.gasSpent)} in {countWords(anchor.anchorsCount)} anchors
          {lastGas === null ? null : <span className="quiet block">{countWords(lastGas)} for the last</span>}
        </dd>
      </dl>
    </>
  );
}
