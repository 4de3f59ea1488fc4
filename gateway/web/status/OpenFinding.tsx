import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import type { FindingStatus } from "../../../contracts/wire/gateway-status.ts";
import { metricInSentence } from "./metric-in-sentence.ts";

/** What a sensor is suspected of, in a line; what to do stands under "Needs attention". */
export function OpenFinding({ finding, nowMs }: { readonly finding: FindingStatus; readonly nowMs: number }) {
  const { kind, metric, since } = finding;
  return (
    <p>
      <span className="badge badge-strong">{FINDING_KIND_WORDS[kind]}</span> {metricInSentence(metric)}, since{" "}
      {momentWords(Date.parse(since), nowMs)}
    </p>
  );
}
