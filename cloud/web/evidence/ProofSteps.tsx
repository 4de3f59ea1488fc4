import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { BedEvidence, BedStatement } from "../../../contracts/wire/evidence.ts";
import { bundleLinks, proofSteps } from "./proof-words.ts";

type Props = { readonly statement: BedStatement; readonly evidence: BedEvidence };

/** Logged, witnessed, anchored: each with when and by whom, or that it is not and for how long. */
export function ProofSteps({ statement, evidence }: Props) {
  const nowMs = useBeatMs();
  const steps = proofSteps(statement, evidence, nowMs);
  return (
    <ol className="proof-steps">
      {steps.map(({ word, isThere, words, more, waitsSinceMs }) => (
        <li key={word} data-there={isThere}>
          <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            {isThere ? (
              <path d="M2 8.5l4 4L14 3.5" />
            ) : (
              <circle cx="8" cy="8" r="6" strokeDasharray="3 2.3" />
            )}
          </svg>
          <span>
            {words}
            {waitsSinceMs === null ? null : `, for ${durationWords(nowMs - waitsSinceMs)}`}
            {more === null ? null : <span className="quiet block">{more}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** What is loud about a statement: it was erased, or log and board say different things under its number. */
export function StatementMark({ state }: Pick<BedStatement, "state">) {
  if (state === "kept") return null;
  return state === "erased" ? (
    <p className="proof-mark">
      <span className="badge badge-strong">Erased</span> What it said was destroyed for good. That something
      stood here still shows, and nobody can prove what.
    </p>
  ) : (
    <p className="proof-mark">
      <span className="badge badge-strong">Does not match</span> The log holds another record under this
      number than this board. Do not rely on it; tell whoever runs this service.
    </p>
  );
}

/** The file to give away: as it is, and as a CAR. */
export function BundleLinks({
  statement,
  bedId,
}: {
  readonly statement: BedStatement;
  readonly bedId: string;
}) {
  const links = bundleLinks(statement, bedId);
  if (links.length === 0)
    return <span className="quiet proof-files">Its file can be had once it is witnessed.</span>;
  return (
    <span className="proof-files">
      {links.map(({ format, href, fileName }) => (
        <a key={format} href={href} download={fileName}>
          {format === "json" ? "Proof as a file" : "as CAR"}
          <span className="visually-hidden"> of number {statement.seq}</span>
        </a>
      ))}
    </span>
  );
}
