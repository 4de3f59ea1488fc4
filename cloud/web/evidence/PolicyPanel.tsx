import { toBase64 } from "../../../contracts/log/bytes.ts";
import type { Policy } from "../../../contracts/log/policy.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { FileGiver } from "./FileGiver.tsx";
import { POLICY_URL, type PolicyChoice } from "./use-policy.ts";

/** Longer than a policy of a thousand witnesses. */
const POLICY_BYTES_MAX = 1_048_576;

/** Whom the reader trusts, and what that choice means. */
export function PolicyPanel({ choice }: { readonly choice: PolicyChoice }) {
  const { source, service, own, policy } = choice;
  return (
    <section className="desk-section" aria-labelledby="policy-title">
      <h3 id="policy-title">Whom you trust</h3>
      <fieldset className="verify-choice">
        <legend className="visually-hidden">Check against</legend>
        <label>
          <input
            type="radio"
            name="policy"
            checked={source === "service"}
            onChange={() => choice.choose("service")}
          />
          What this service says
        </label>
        <label>
          <input
            type="radio"
            name="policy"
            checked={source === "own"}
            onChange={() => choice.choose("own")}
          />
          A policy of my own
        </label>
      </fieldset>
      {source === "service" ? (
        <>
          <p>
            <strong>This service vouches for itself.</strong> The keys below are the ones that it names. That
            shows whether a file is whole and of this network. It shows nothing against this service: if you
            doubt the service, check against keys that you were given by somebody else.
          </p>
          {service.error === null ? null : (
            <>
              <FailureNote error={service.error} retry={service.retry} />
              <p>You can check a file all the same, with a policy of your own.</p>
            </>
          )}
          {service.policy === null ? null : (
            <p>
              <a href={POLICY_URL} download="hospitell-policy.json">
                Keep it as a file
              </a>{" "}
              <span className="quiet">and compare it later, or with what others were given.</span>
            </p>
          )}
        </>
      ) : (
        <>
          <p>
            <strong>You vouch for these keys.</strong> A file that is accepted is vouched for by them,
            whatever this service says. The check is as good as the way by which you came by them.
          </p>
          <FileGiver
            name="policy"
            bytesMax={POLICY_BYTES_MAX}
            accept=".json,application/json"
            text={own.text}
            onText={choice.give}
            onFiles={([file]) => {
              if (file !== undefined) choice.give(new TextDecoder().decode(file.bytes));
            }}
          />
          {own.problem === null ? null : (
            <p className="verify-problem" role="alert">
              This policy cannot be used: {own.problem}
            </p>
          )}
        </>
      )}
      {policy === null ? null : <PolicyFacts policy={policy} />}
    </section>
  );
}

function PolicyFacts({ policy }: { readonly policy: Policy }) {
  const { network, witnesses, witnessesMin, anchors, anchorRequired } = policy;
  return (
    <dl className="verify-facts">
      <dt>Network</dt>
      <dd>
        {network.name}
        <code className="block">{toBase64(network.publicKey)}</code>
      </dd>
      <dt>Witnesses</dt>
      <dd>
        {witnessesMin} needed of {witnesses.length}
        {witnesses.length === 0 ? null : (
          <details>
            <summary>Their keys</summary>
            <ul>
              {witnesses.map(({ name, publicKey }) => (
                <li key={`${name} ${toBase64(publicKey)}`}>
                  {name}
                  <code className="block">{toBase64(publicKey)}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </dd>
      <dt>Anchor</dt>
      <dd>
        {anchors.length === 0
          ? "no chain is trusted"
          : anchorRequired
            ? "needed"
            : "looked at where there is one"}
        {anchors.map(({ chainId, contract }) => (
          <span key={`${chainId} ${contract}`} className="block">
            chain {chainId}, contract <code>{contract}</code>
          </span>
        ))}
      </dd>
    </dl>
  );
}
