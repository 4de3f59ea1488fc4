import { useState } from "react";
import type { Axis } from "../../../contracts/bed/axes.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { BedEvidence, BedStatement } from "../../../contracts/wire/evidence.ts";
import { AXIS_VALUE_WORDS, AXIS_WORDS } from "../../../contracts/words/axis-words.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { timelineWords } from "../drawer/timeline-words.ts";
import { axisFact } from "../live/bed-facts.ts";
import { EraseButton, EraseStatement } from "./EraseStatement.tsx";
import { ProofExplained } from "./ProofExplained.tsx";
import { BundleLinks, ProofSteps, StatementMark } from "./ProofSteps.tsx";
import { countWords, furthestWords } from "./proof-words.ts";
import { type Standing, standingStatements } from "./standing.ts";
import { useBedEvidence } from "./use-bed-evidence.ts";
import "./proof.css";

/** How far what the bed's status rests on is proven to people who do not trust this service, and the files to prove it. */
export function ProofSection({ bed }: { readonly bed: BedView }) {
  const { data, error, refetch } = useBedEvidence(bed.bedId, bed.liveSeq);
  return (
    <section className="proof" aria-labelledby="proof-title">
      <h3 id="proof-title">Proof of its status</h3>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data === undefined && error === null ? <p className="quiet">Asking what is logged of it</p> : null}
      {data === undefined ? null : <Proof bed={bed} evidence={data} />}
    </section>
  );
}

function Proof({ bed, evidence }: { readonly bed: BedView; readonly evidence: BedEvidence }) {
  const { statements } = evidence;
  const nowMs = useBeatMs();
  const { standing, without } = standingStatements(statements, (axis) => shownValue(bed, axis, nowMs));
  const differing = statements.filter(({ state }) => state === "differs").length;
  return (
    <>
      {differing === 0 ? null : (
        <p className="proof-alarm" role="alert">
          <strong>
            {differing === 1 ? "One statement of this bed does" : `${differing} statements of this bed do`}{" "}
            not match the log.
          </strong>{" "}
          Somebody or something changed a record afterwards. Do not rely on this bed’s history before whoever
          runs this service has looked.
        </p>
      )}
      {statements.length === 0 ? <p>Nothing that it said is logged yet.</p> : null}
      <ul className="proof-standing" aria-label="What its status rests on">
        {standing.map((one) => (
          <StandingProof key={one.axis} standing={one} bed={bed} evidence={evidence} />
        ))}
      </ul>
      {without.length === 0 || statements.length === 0 ? null : (
        <p className="quiet">
          Nothing is logged of: {without.map((axis) => AXIS_WORDS[axis].toLowerCase()).join(", ")}. What
          bookings and people say to this service is not in a gateway’s log.
        </p>
      )}
      <ProofExplained witnessesMin={evidence.witnessesMin} isAnchoring={evidence.isAnchoring} />
      {statements.length === 0 ? null : <AllStatements bed={bed} evidence={evidence} />}
    </>
  );
}

function StandingProof({
  standing: { axis, statement, says },
  bed,
  evidence,
}: {
  readonly standing: Standing;
  readonly bed: BedView;
  readonly evidence: BedEvidence;
}) {
  const nowMs = useBeatMs();
  const shown = shownValue(bed, axis, nowMs);
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS[axis];
  return (
    <li data-state={statement.state}>
      <p className="proof-said">
        <strong>{saidWords(statement)}</strong>{" "}
        <span className="quiet">said at {exactMomentWords(Date.parse(statement.observedAt), nowMs)}</span>
      </p>
      {says ? null : (
        <p>
          The board now shows “{words[shown] ?? shown}”: a person or a booking has said so since, which is not
          in a gateway’s log, or what was said has lapsed.
        </p>
      )}
      <StatementMark state={statement.state} />
      <ProofSteps statement={statement} evidence={evidence} />
      <BundleLinks statement={statement} bedId={bed.bedId} />
    </li>
  );
}

const shownValue = (bed: BedView, axis: Axis, nowMs: number): string => axisFact(bed.axes[axis], nowMs).value;

function saidWords(statement: BedStatement): string {
  return statement.state === "erased" && statement.to === null
    ? `Number ${statement.seq}, erased`
    : timelineWords(statement);
}

const SHOWN_AT_FIRST = 20;

/** Everything it said of late, with its file; most of the time nobody asks. */
function AllStatements({ bed, evidence }: { readonly bed: BedView; readonly evidence: BedEvidence }) {
  const [isOpen, setOpen] = useState(false);
  const [isAll, setAll] = useState(false);
  const [erasing, setErasing] = useState<BedStatement | null>(null);
  const nowMs = useBeatMs();
  const { statements } = evidence;
  const shown = isAll ? statements : statements.slice(0, SHOWN_AT_FIRST);
  return (
    <details className="proof-all" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Its last {countWords(statements.length)} statements</summary>
      {isOpen ? (
        <>
          {erasing === null ? null : (
            <EraseStatement
              key={erasing.seq}
              bed={bed}
              statement={erasing}
              onClose={() => setErasing(null)}
            />
          )}
          <ul className="proof-list" aria-label="What it said, newest first">
            {shown.map((statement) => (
              <li key={`${statement.epoch} ${statement.lane} ${statement.seq}`}>
                <time className="quiet" dateTime={statement.observedAt}>
                  {exactMomentWords(Date.parse(statement.observedAt), nowMs)}
                </time>
                <span>
                  {saidWords(statement)}
                  <span className="quiet block">{furthestWords(statement, evidence, nowMs)}</span>
                  <StatementMark state={statement.state} />
                  <BundleLinks statement={statement} bedId={bed.bedId} />
                  <EraseButton bed={bed} statement={statement} onAsk={() => setErasing(statement)} />
                </span>
              </li>
            ))}
          </ul>
          {statements.length > SHOWN_AT_FIRST ? (
            <button type="button" className="control" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
              {isAll ? `Show the newest ${SHOWN_AT_FIRST}` : `Show all ${statements.length}`}
            </button>
          ) : null}
        </>
      ) : null}
    </details>
  );
}
