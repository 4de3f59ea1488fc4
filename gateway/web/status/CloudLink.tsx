import { Age } from "../../../contracts/ui/Age.tsx";
import { intervalWords } from "../../../contracts/ui/age-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { Card } from "./Card.tsx";

export const CLOUD_STATE_WORDS: Readonly<Record<GatewayStatus["cloud"]["state"], string>> = {
  connected: "Connected",
  retrying: "Retrying",
  refused: "Refused",
  "not-yet": "Not yet",
};

const momentMs = (at: string | null): number | null => (at === null ? null : Date.parse(at));

/** The way outward: is the cloud reached, how far apart are the clocks, and what waits in each lane. */
export function CloudLink({ status }: { readonly status: GatewayStatus }) {
  const { cloud, journal } = status;
  return (
    <Card id="cloud" title="Cloud link" note={cloud.url}>
      <dl className="pairs">
        <dt>State</dt>
        <dd>
          <span className={`badge badge-${cloud.state === "connected" ? "plain" : "strong"}`}>
            {CLOUD_STATE_WORDS[cloud.state]}
          </span>
        </dd>
        <dt>Last reply</dt>
        <dd>
          <Age atMs={momentMs(cloud.lastReplyAt)} />
        </dd>
        <dt>Clock offset</dt>
        <dd>{offsetWords(cloud)}</dd>
        {cloud.lastError === null ? null : (
          <>
            <dt>Last error</dt>
            <dd>{cloud.lastError}</dd>
          </>
        )}
      </dl>
      <FactTable
        labelledBy="cloud"
        rows={journal.lanes}
        keyOf={({ lane }) => lane}
        columns={[
          { name: "Lane", cell: ({ lane }) => lane },
          { name: "Waiting", cell: ({ queued }) => <span>{queued}</span> },
          {
            name: "Oldest unsent",
            cell: ({ oldestUnsentAt }) => <Age atMs={momentMs(oldestUnsentAt)} never="–" />,
          },
          {
            name: "Stored of written",
            cell: ({ highWaterMarkSeq, headSeq }) => (
              <span>
                {highWaterMarkSeq} of {headSeq}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}

function offsetWords({ clockOffsetMs, clockUncertaintyMs }: GatewayStatus["cloud"]): string {
  if (clockOffsetMs === null) return "not measured";
  const within = clockUncertaintyMs === null ? "" : `, ± ${intervalWords(clockUncertaintyMs)}`;
  if (clockOffsetMs === 0) return `none${within}`;
  return `the cloud is ${intervalWords(Math.abs(clockOffsetMs))} ${clockOffsetMs > 0 ? "ahead" : "behind"}${within}`;
}
