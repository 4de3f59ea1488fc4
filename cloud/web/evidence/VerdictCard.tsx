import { REFUSALS } from "../../../contracts/log/refusals.ts";
import type { Verdict } from "../../../contracts/log/verify-bundle.ts";
import { fullMomentWords } from "./full-moment.ts";
import { countWords } from "./proof-words.ts";
import { REFUSAL_ADVICE } from "./refusal-advice.ts";
import { saidWords } from "./said-words.ts";

type Props = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly source: "service" | "own";
};

/** What became of one file: what it proves and to whom, or the one reason why it proves nothing. */
export function VerdictCard({ name, verdict, source }: Props) {
  return (
    <article className="verify-verdict" data-ok={verdict.ok} aria-label={`${name}: ${wordOf(verdict)}`}>
      <p className="quiet verify-name">{name}</p>
      {verdict.ok ? (
        <Accepted statement={verdict.statement} source={source} />
      ) : (
        <>
          <h3>
            <VerdictShape ok={false} /> Refused
          </h3>
          <p>
            <strong>{REFUSALS[verdict.reason]}</strong>
          </p>
          <p>{REFUSAL_ADVICE[verdict.reason]}</p>
          <p className="quiet">
            Reason: <code>{verdict.reason}</code>
          </p>
        </>
      )}
    </article>
  );
}

export const wordOf = ({ ok }: Verdict) => (ok ? "accepted" : "refused");

function VerdictShape({ ok }: { readonly ok: boolean }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={ok ? "M2 8.5l4 4L14 3.5" : "M3 3l10 10M13 3L3 13"} />
    </svg>
  );
}

type Accepted = Extract<Verdict, { ok: true }>["statement"];

function Accepted({ statement, source }: { readonly statement: Accepted; readonly source: Props["source"] }) {
  const { gateway, leaf, network, witnesses, anchor } = statement;
  const said = saidWords(leaf);
  return (
    <>
      <h3>
        <VerdictShape ok /> Accepted
      </h3>
      <p className="verify-said">{said.title}</p>
      <dl className="verify-facts">
        {said.facts.map(([fact, words]) => (
          <Fact key={fact} name={fact}>
            {words}
          </Fact>
        ))}
        <Fact name="Signed by">
          gateway {gateway.gatewayId}, {fullMomentWords(gateway.signedAtMs)} by its own clock
          <span className="quiet block">
            entry {countWords(leaf.index + 1)} of {countWords(gateway.size)} in its log {gateway.epoch}
          </span>
        </Fact>
        <Fact name="In the network’s log">
          by {fullMomentWords(network.signedAtMs)}, by the network’s clock
          <span className="quiet block">
            entry {countWords(network.index + 1)} of {countWords(network.size)} in {network.origin}
          </span>
        </Fact>
        <Fact name="Witnessed by">
          {witnesses.length === 0 ? "nobody; the policy asks for nobody" : null}
          {witnesses.map(({ name, atMs }) => (
            <span key={name} className="block">
              {witnessWords(name)}, {fullMomentWords(atMs)}
            </span>
          ))}
        </Fact>
        <Fact name="Anchored">
          {anchor === null ? "no; the policy does not ask for it" : <Anchor anchor={anchor} />}
        </Fact>
      </dl>
      <p>
        {source === "service"
          ? "It was checked against the keys that this service names itself. "
          : "It was checked against your own policy. "}
        It proves what stands here and not that nothing else happened: what the bed said later, or a key that
        was withdrawn later, is not in this file. Whether the sensor was right it does not say.
      </p>
    </>
  );
}

const witnessWords = (name: string) => name.replace(/^hospitell\/gateway\//, "gateway ");

function Anchor({ anchor }: { readonly anchor: NonNullable<Accepted["anchor"]> }) {
  const { blockNumber, blockAtMs, blockHash, chainId, contract } = anchor;
  return (
    <>
      in block {blockNumber === null ? "without a number" : countWords(blockNumber)} of chain {chainId}
      {blockAtMs === null ? null : `, ${fullMomentWords(blockAtMs)} by that block`}
      <code className="block verify-hash">{blockHash}</code>
      <strong className="block">The last step is yours: compare this hash with a node that you trust.</strong>
      <span className="block">
        Ask a node of chain {chainId} for the block {blockNumber ?? ""} (<code>eth_getBlockByNumber</code>).
        Without that, nobody can know that the chain has this block.
      </span>
      <span className="quiet block">
        contract <code>{contract}</code>
      </span>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
