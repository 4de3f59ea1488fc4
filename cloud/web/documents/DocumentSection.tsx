import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Age } from "../../../contracts/ui/Age.tsx";
import type { DocumentView } from "../../../contracts/wire/documents.ts";
import { ROLE_WORDS } from "../../../contracts/words/role-words.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { countWords } from "../evidence/proof-words.ts";
import { bytesWords, TYPE_WORDS } from "./document-words.ts";
import { saveDocument } from "./save-document.ts";
import { UploadPanel } from "./UploadPanel.tsx";
import { useDocuments } from "./use-documents.ts";

/** The documents of one stay: to be stored, listed and saved. */
export function DocumentSection({ encounterId }: { readonly encounterId: string }) {
  const queries = useQueryClient();
  const { data, error, refetch } = useDocuments(encounterId);
  return (
    <section className="desk-section" aria-labelledby="documents-title">
      <h3 id="documents-title">Documents</h3>
      <p className="quiet">
        Sealed before they are stored. Each reading is kept on record. A document that is not what was stored
        is not shown.
      </p>
      <UploadPanel
        encounterId={encounterId}
        onStored={() => void queries.invalidateQueries({ queryKey: ["documents", encounterId] })}
      />
      {error === null ? null : <FailureNote error={error} retry={() => void refetch()} />}
      {data?.documents.length === 0 ? <p>No document that you may read.</p> : null}
      <ul className="desk-list documents" aria-label="Documents of this stay">
        {data?.documents.map((document) => (
          <DocumentCard key={document.documentId} document={document} />
        ))}
      </ul>
    </section>
  );
}

function DocumentCard({ document }: { readonly document: DocumentView }) {
  const { documentId, name, type, bytes, storedAt, storedBy, hospitalId, logged } = document;
  const [fetching, setFetching] = useState<"no" | "yes" | Error>("no");
  const save = () => {
    if (fetching === "yes") return;
    setFetching("yes");
    saveDocument(document).then(
      () => setFetching("no"),
      (error: Error) => setFetching(error),
    );
  };
  return (
    <li className="desk-card">
      <div className="desk-card-head">
        <strong className="document-name">{name ?? "Its name does not open"}</strong>
        <button type="button" className="control" aria-disabled={fetching === "yes"} onClick={save}>
          {fetching === "yes" ? "Fetching…" : "Save"}
          <span className="visually-hidden"> {name ?? documentId}</span>
        </button>
      </div>
      <p className="quiet">
        {TYPE_WORDS[type]}, {bytesWords(bytes)} · stored by {ROLE_WORDS[storedBy]} of {hospitalId}{" "}
        <Age atMs={Date.parse(storedAt)} />
      </p>
      <p className="quiet">
        {logged === null
          ? "Not in the log yet"
          : `Entry ${countWords(logged.index + 1)} of the network’s log`}{" "}
        · number <code>{documentId}</code>
      </p>
      {fetching instanceof Error ? <FailureNote error={fetching} retry={save} /> : null}
    </li>
  );
}
