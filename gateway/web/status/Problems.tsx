import { Age } from "../../../contracts/ui/Age.tsx";
import type { CountedProblem } from "../../../contracts/wire/gateway-status.ts";
import { PROBLEM_RECENT_MS } from "./findings.ts";
import { reasonWords } from "./reason-words.ts";

/** What went wrong, how often, when last, and the sentence that says what to do. What is long past is quiet. */
export function Problems({
  problems,
  nowMs,
}: {
  readonly problems: readonly CountedProblem[];
  readonly nowMs: number;
}) {
  if (problems.length === 0) return <span className="quiet">none</span>;
  return (
    <ul className="problems">
      {problems.map(({ reason, count, lastAt, detail }) => (
        <li key={reason} className={nowMs - Date.parse(lastAt) < PROBLEM_RECENT_MS ? "" : "quiet"}>
          {reasonWords(reason)}, {count} ×, last <Age atMs={Date.parse(lastAt)} />
          <span className="quiet block">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
