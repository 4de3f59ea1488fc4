import { Age } from "../../../contracts/ui/Age.tsx";
import type { VoteStatus } from "../../../contracts/wire/gateway-status.ts";
import { AXIS_VALUE_WORDS } from "../../../contracts/words/axis-words.ts";
import { metricInSentence } from "./metric-in-sentence.ts";

/** What each source says of a bed's occupancy, how much it counts, how old it is, and why it may not count. */
export function Votes({
  votes,
  saidAtMs,
}: {
  readonly votes: readonly VoteStatus[];
  /** When the ages were counted. */
  readonly saidAtMs: number;
}) {
  if (votes.length === 0) return <span className="quiet">no sensor</span>;
  return (
    <ul className="votes">
      {votes.map(({ deviceId, metric, weight, vote, isWeak, ageMs, setAside }) => (
        <li key={`${deviceId} ${metric}`}>
          {setAside === null ? AXIS_VALUE_WORDS.occupancy[vote] : <s>{AXIS_VALUE_WORDS.occupancy[vote]}</s>}{" "}
          <span className="quiet">
            by {metricInSentence(metric)} of {deviceId}, weight {weight}
            {isWeak ? ", yields to any other word" : ""},{" "}
            <span className="moment">
              <Age atMs={ageMs === null ? null : saidAtMs - ageMs} never="never heard" />
            </span>
          </span>
          {setAside === null ? null : <span className="block set-aside">Set aside: {setAside}</span>}
        </li>
      ))}
    </ul>
  );
}
