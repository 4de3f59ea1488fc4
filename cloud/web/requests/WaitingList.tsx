import { Age } from "../../../contracts/ui/Age.tsx";
import { LEVEL_WORDS, URGENCY_WORDS } from "../../../contracts/ui/booking-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { RequestView } from "../../../contracts/wire/booking.ts";

/** Requests without a bed, in the order in which they are next, each with why it stands there. */
export function WaitingList({
  requests,
  onFind,
  onCancel,
}: {
  readonly requests: readonly RequestView[];
  onFind(request: RequestView): void;
  onCancel(request: RequestView): void;
}) {
  return (
    <section className="desk-section" aria-labelledby="waiting-title">
      <h3 id="waiting-title">
        Waiting for a bed <span className="quiet">{requests.length}</span>
      </h3>
      {requests.length === 0 ? (
        <p className="quiet">Nobody waits. A request whose bed was not held stays here until it is.</p>
      ) : (
        <FactTable
          labelledBy="waiting-title"
          keyOf={({ requestId }) => requestId}
          rows={requests}
          columns={[
            { name: "Request", cell: ({ callName, rank }) => `${rank?.position ?? "–"}. ${callName}` },
            { name: "Needs", cell: ({ need }) => needWords(need) },
            {
              name: "Urgency",
              cell: ({ urgency, clinicalPriority, news2 }) =>
                `${URGENCY_WORDS[urgency]}, priority ${clinicalPriority}${news2 === null ? "" : `, NEWS2 ${news2.total}`}`,
            },
            { name: "Waits since", cell: ({ askedAt }) => <Age atMs={Date.parse(askedAt)} /> },
            { name: "Why here", cell: (request) => <Why request={request} /> },
            {
              name: "Do",
              cell: (request) => (
                <div className="desk-actions">
                  <button type="button" className="control" onClick={() => onFind(request)}>
                    Find a bed<span className="visually-hidden"> for {request.callName}</span>
                  </button>
                  <button type="button" className="control" onClick={() => onCancel(request)}>
                    Cancel<span className="visually-hidden"> {request.callName}</span>
                  </button>
                </div>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

export function needWords({ levelOfCare, features, isolation, ageBand, sex }: RequestView["need"]): string {
  const parts = [LEVEL_WORDS[levelOfCare], ...features];
  if (isolation !== "none") parts.push(`${isolation} isolation`);
  if (ageBand !== "adult") parts.push(ageBand);
  if (sex !== "unknown") parts.push(sex);
  return parts.join(", ");
}

function Why({ request: { rank } }: { readonly request: RequestView }) {
  if (rank === null) return <span className="quiet">not ranked</span>;
  return (
    <details>
      <summary>{rank.behindBy === null ? "Next" : `Behind by ${rank.behindBy}`}</summary>
      <ul>
        {rank.factors.map(({ factor, text }) => (
          <li key={factor}>{text}</li>
        ))}
      </ul>
    </details>
  );
}
