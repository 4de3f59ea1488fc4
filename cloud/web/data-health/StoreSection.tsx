import { Age } from "../../../contracts/ui/Age.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { StoreHealth } from "../../../contracts/wire/data-health.ts";
import { countWords, FEED_WORDS, STAGE_WORDS } from "./health-words.ts";

/** Where readings go on to once they are stored, and how far behind that is. */
export function StoreSection({ stores }: { readonly stores: readonly StoreHealth[] }) {
  return (
    <section className="health-section" aria-labelledby="stores-title">
      <h3 id="stores-title">Stores</h3>
      <p className="quiet">
        What a store does not have yet is in PostgreSQL, from which it is brought; nothing is lost by it.
      </p>
      <FactTable
        labelledBy="stores-title"
        keyOf={({ stage }) => stage}
        rows={stores}
        columns={[
          { name: "Store", cell: ({ stage }) => STAGE_WORDS[stage] },
          { name: "State", cell: (store) => <State store={store} /> },
          { name: "Behind", cell: (store) => <Behind store={store} /> },
          { name: "Will never take", cell: (store) => <Refused store={store} /> },
        ]}
      />
    </section>
  );
}

type OfStore = { readonly store: StoreHealth };

function State({ store: { state, trouble, behindRecords } }: OfStore) {
  const words = state === null ? (behindRecords === 0 ? "has everything" : "being fed") : FEED_WORDS[state];
  return (
    <>
      {trouble === null ? words : <span className="badge badge-strong">In trouble</span>}
      {trouble === null ? null : (
        <span className="block">
          {trouble.message} Since <Age atMs={Date.parse(trouble.since)} />.
        </span>
      )}
    </>
  );
}

function Behind({ store: { behindRecords, oldestReceivedAt } }: OfStore) {
  if (behindRecords === 0) return "nothing";
  return (
    <>
      {countWords(behindRecords)} records
      {oldestReceivedAt === null ? null : (
        <span className="quiet">
          , the oldest came <Age atMs={Date.parse(oldestReceivedAt)} />
        </span>
      )}
    </>
  );
}

function Refused({ store: { refusedRecords, refusedReason } }: OfStore) {
  if (refusedRecords === 0) return "nothing";
  return (
    <>
      {countWords(refusedRecords)} records
      {refusedReason === null ? null : <span className="block quiet">{refusedReason}</span>}
    </>
  );
}
