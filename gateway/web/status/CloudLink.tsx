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
        <dd>{cloud.clockOffsetMs === null ? "not measured" : offsetWords(cloud.clockOffsetMs)}</dd>
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

function offsetWords(offsetMs: number): string {
  if (offsetMs === 0) return "none";
  return `the cloud is ${intervalWords(Math.abs(offsetMs))} ${offsetMs > 0 ? "ahead" : "behind"}`;
}
