import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as z from "zod";
import { Age } from "../../../contracts/ui/Age.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { ErasureList, type ErasureView } from "../../../contracts/wire/documents.ts";
import { ROLE_WORDS } from "../../../contracts/words/role-words.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { useSession } from "../history/use-history-queries.ts";
import { EraseForm } from "./EraseForm.tsx";
import { countWords } from "./proof-words.ts";

const ASKED_EVERY_MS = 15_000;
const MAY_SEE: readonly string[] = ["super-admin", "hospital-admin"];
const SHOWN_AT_FIRST = 20;

/** What was erased, for who answers for it; and documents, which an administrator erases without reading them. */
export function ErasureSection() {
  const session = useSession().data;
  if (session === undefined || !MAY_SEE.includes(session.role)) return null;
  return (
    <section className="health-section" aria-labelledby="erasures-title">
      <h3 id="erasures-title">Erased for good</h3>
      <p className="quiet">
        What is told of it is its place in the log: which bed or patient it was of went with it. What a bed
        said is erased at the bed, among its statements.
      </p>
      {session.role === "hospital-admin" ? <EraseDocument /> : null}
      <Erasures />
    </section>
  );
}

function Erasures() {
  const [isAll, setAll] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ["erasures"],
    queryFn: ({ signal }) => readJson(ErasureList, "/api/v1/evidence/erasures", signal),
    refetchInterval: ASKED_EVERY_MS,
  });
  const erasures = data?.erasures ?? [];
  return (
    <>
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data?.erasures.length === 0 ? <p>Nothing was erased.</p> : null}
      {erasures.length === 0 ? null : (
        <FactTable
          labelledBy="erasures-title"
          keyOf={({ erasureId }) => erasureId}
          rows={isAll ? erasures : erasures.slice(0, SHOWN_AT_FIRST)}
          columns={[
            { name: "What", cell: ({ kind }) => (kind === "document" ? "A document" : "What a bed said") },
            { name: "When", cell: ({ at }) => <Age atMs={Date.parse(at)} /> },
            { name: "Why", cell: ({ reason }) => reason },
            { name: "By", cell: ({ by, hospitalId }) => `${ROLE_WORDS[by]}, ${hospitalId}` },
            { name: "Place in the log", cell: (erasure) => <Places erasure={erasure} /> },
          ]}
        />
      )}
      {erasures.length > SHOWN_AT_FIRST ? (
        <button type="button" className="control" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
          {isAll ? `Show the newest ${SHOWN_AT_FIRST}` : `Show all ${erasures.length}`}
        </button>
      ) : null}
    </>
  );
}

function Places({ erasure: { leaves } }: { readonly erasure: ErasureView }) {
  return (
    <ul>
      {leaves.map(({ origin, index, logged }) => (
        <li key={`${origin} ${index}`}>
          entry {countWords(index + 1)} of {origin}
          <span className="quiet block">
            {logged === null
              ? "the log does not say so yet"
              : `said in entry ${countWords(logged.index + 1)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function EraseDocument() {
  const queries = useQueryClient();
  const [number, setNumber] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const documentId = z.uuid().safeParse(number.trim()).data;
  if (chosen !== null)
    return (
      <EraseForm
        what={`the document ${chosen}`}
        confirmWord="erase document"
        bodyOf={(reason) => ({ documentId: chosen, reason })}
        onErased={() => void queries.invalidateQueries({ queryKey: ["erasures"] })}
        onClose={() => {
          setChosen(null);
          setNumber("");
        }}
      />
    );
  return (
    <form
      className="erase-document"
      onSubmit={(event) => {
        event.preventDefault();
        if (documentId !== undefined) setChosen(documentId);
      }}
    >
      <label>
        Number of a document, as its doctor or nurse sees it
        <input
          className="control"
          required
          value={number}
          autoComplete="off"
          onChange={({ target }) => setNumber(target.value)}
        />
      </label>
      <button type="submit" className="control" aria-disabled={documentId === undefined}>
        Erase it…
      </button>
    </form>
  );
}
