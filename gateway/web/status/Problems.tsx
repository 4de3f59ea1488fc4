import { Age } from "../../../contracts/ui/Age.tsx";
import type { CountedProblem } from "../../../contracts/wire/gateway-status.ts";
import { isRecent } from "./device-trouble.ts";
import { reasonWords } from "./reason-words.ts";

/** What went wrong, how often and when last; the sentence that says what to do is a click away. Old trouble is quiet. */
export function Problems({
  problems,
  nowMs,
}: {
  readonly problems: readonly CountedProblem[];
  readonly nowMs: number;
}) {
  return (
    <ul className="problems">
      {problems.map(({ reason, count, lastAt, detail }) => (
        <li key={reason} className={isRecent({ lastAt }, nowMs) ? "" : "quiet"}>
          <details>
            <summary>
              {reasonWords(reason)}, {count} ×, <Age atMs={Date.parse(lastAt)} />
            </summary>
            <p className="quiet problem-detail">{detail}</p>
          </details>
        </li>
      ))}
    </ul>
  );
}
