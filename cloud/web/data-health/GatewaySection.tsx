import { Age } from "../../../contracts/ui/Age.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { GatewayHealth } from "../../../contracts/wire/data-health.ts";
import { clockWords, countWords, LANE_WORDS, lagsWords, lagWords } from "./health-words.ts";
import { BEHIND_MS, CLOCK_OFF_MS } from "./matrix.ts";

/** What each gateway brought, when, and what of it is aside or lost. */
export function GatewaySection({ gateways }: { readonly gateways: readonly GatewayHealth[] }) {
  return (
    <section className="health-section" aria-labelledby="gateways-title">
      <h3 id="gateways-title">Gateways</h3>
      <p className="quiet">
        A lane is behind where its newest record was older than a minute when it came. How many records a
        gateway still holds stands on its own status page.
      </p>
      {gateways.length === 0 ? (
        <p>None is set up.</p>
      ) : (
        <FactTable
          labelledBy="gateways-title"
          keyOf={({ gatewayId }) => gatewayId}
          rows={gateways}
          columns={[
            {
              name: "Gateway",
              cell: ({ gatewayId, hospitalId }) => (
                <>
                  {gatewayId} <span className="block quiet">{hospitalId}</span>
                </>
              ),
            },
            { name: "Last heard", cell: (gateway) => <Heard gateway={gateway} /> },
            { name: "Its clock", cell: (gateway) => <Clock gateway={gateway} /> },
            { name: "Lanes", cell: (gateway) => <Lanes gateway={gateway} /> },
            { name: "Lag p50 · p95 · longest", cell: ({ lag }) => lagsWords(lag) },
            {
              name: "Parked",
              cell: ({ parkedRecords }) =>
                parkedRecords === 0 ? "none" : `${countWords(parkedRecords)} records`,
            },
            { name: "Refused", cell: (gateway) => <Refused gateway={gateway} /> },
            { name: "Let go", cell: (gateway) => <Lost gateway={gateway} /> },
          ]}
        />
      )}
    </section>
  );
}

type OfGateway = { readonly gateway: GatewayHealth };

function Heard({ gateway: { isSilent, lastHeardAt } }: OfGateway) {
  return (
    <>
      {isSilent ? <span className="badge badge-strong">Silent</span> : "Heard"}{" "}
      <Age atMs={lastHeardAt === null ? null : Date.parse(lastHeardAt)} />
    </>
  );
}

function Clock({ gateway: { clock } }: OfGateway) {
  if (clock === null) return <span className="quiet">not known: nothing came yet</span>;
  return (
    <>
      {clockWords(clock.offsetMs)}{" "}
      {Math.abs(clock.offsetMs) > CLOCK_OFF_MS ? <span className="badge badge-strong">Set it</span> : null}
      <span className="block quiet">
        measured <Age atMs={Date.parse(clock.measuredAt)} />
      </span>
    </>
  );
}

function Lanes({ gateway: { lanes } }: OfGateway) {
  if (lanes.length === 0) return <span className="quiet">nothing came yet</span>;
  return (
    <ul>
      {lanes.map(({ lane, behindMs, receivedAt }) => (
        <li key={lane}>
          {LANE_WORDS[lane]}:{" "}
          {behindMs === null || receivedAt === null ? (
            <span className="quiet">nothing yet</span>
          ) : behindMs > BEHIND_MS ? (
            <strong>{lagWords(behindMs)} behind</strong>
          ) : (
            "in time"
          )}
          {receivedAt === null ? null : (
            <span className="quiet">
              , newest <Age atMs={Date.parse(receivedAt)} />
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Refused({ gateway: { refused } }: OfGateway) {
  if (refused === null) return "never";
  return (
    <>
      {refused.times} times, last <Age atMs={Date.parse(refused.lastAt)} />
    </>
  );
}

function Lost({ gateway: { tombstones } }: OfGateway) {
  if (tombstones === null) return "nothing";
  const { records, ranges, lastAt } = tombstones;
  return (
    <>
      {countWords(records)} records in {ranges} {ranges === 1 ? "stretch" : "stretches"}, last{" "}
      <Age atMs={Date.parse(lastAt)} />
    </>
  );
}
