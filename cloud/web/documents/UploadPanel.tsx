import { useId, useRef, useState } from "react";
import { sendFile } from "../../../contracts/ui/send-file.ts";
import { SendError, sendFailureWords } from "../../../contracts/ui/send-json.ts";
import { DocumentName, DocumentView } from "../../../contracts/wire/documents.ts";
import { KeyRing } from "../desk/key-ring.ts";
import { ACCEPTED, bytesWords, readFileFacts } from "./document-words.ts";
import { documentsUrl } from "./use-documents.ts";

type Upload =
  | { readonly kind: "none" }
  | {
      readonly kind: "refused";
      readonly file: File;
      readonly why: string;
      readonly isWorthAnotherTry: boolean;
    }
  | { readonly kind: "sending"; readonly file: File; readonly sentBytes: number; cancel(): void }
  | { readonly kind: "stored"; readonly name: string };

/** One file at a time, with how far it is; shown as stored only when the service has said so. */
export function UploadPanel({ encounterId, onStored }: { readonly encounterId: string; onStored(): void }) {
  const id = useId();
  const keys = useRef(new KeyRing());
  const [upload, setUpload] = useState<Upload>({ kind: "none" });
  const refuse = (file: File, why: string, isWorthAnotherTry: boolean) =>
    setUpload({ kind: "refused", file, why, isWorthAnotherTry });

  const send = async (file: File) => {
    const facts = readFileFacts(file);
    const name = DocumentName.safeParse(file.name).data;
    if (!facts.ok) return refuse(file, facts.why, false);
    if (name === undefined) return refuse(file, "Its name cannot be kept: give it another.", false);
    const abort = new AbortController();
    const sending = (sentBytes: number) =>
      setUpload({ kind: "sending", file, sentBytes, cancel: () => abort.abort() });
    sending(0);
    // The same file is the same wish, until it is stored.
    const wish = [encounterId, name, file.size, file.lastModified];
    try {
      const url = `${documentsUrl(encounterId)}?${new URLSearchParams({ name })}`;
      const { type } = facts;
      await keys.current.send(wish, (key) =>
        sendFile(DocumentView, { url, file, type, key, signal: abort.signal, onSent: sending }),
      );
      keys.current.granted(wish);
      setUpload({ kind: "stored", name });
    } catch (error) {
      const words =
        error instanceof SendError ? sendFailureWords(error.failure) : "Something went wrong on this page.";
      refuse(file, abort.signal.aborted ? "You broke it off." : words, true);
    }
    onStored();
  };
  return (
    <div className="upload">
      <label htmlFor={id}>Store a document: PDF, FHIR, picture or text, 20 MiB at most</label>
      <input
        id={id}
        className="control"
        type="file"
        accept={ACCEPTED}
        disabled={upload.kind === "sending"}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) void send(file);
          target.value = "";
        }}
      />
      {upload.kind === "sending" ? <Sending upload={upload} /> : null}
      <div role="status">
        {upload.kind === "stored" ? <p>Stored: {upload.name}</p> : null}
        {upload.kind === "refused" ? (
          <p>
            <strong>Not stored: {upload.file.name}.</strong> {upload.why}
          </p>
        ) : null}
      </div>
      {upload.kind === "refused" && upload.isWorthAnotherTry ? (
        <button type="button" className="control" onClick={() => void send(upload.file)}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

function Sending({ upload }: { readonly upload: Extract<Upload, { kind: "sending" }> }) {
  const { file, cancel } = upload;
  // With what the request itself adds, more may be sent than the file has.
  const sentBytes = Math.min(upload.sentBytes, file.size);
  return (
    <>
      <p className="quiet">
        {file.name}:{" "}
        {sentBytes < file.size
          ? `${bytesWords(sentBytes)} of ${bytesWords(file.size)}`
          : "sent, waiting for the service"}
      </p>
      <progress
        className="upload-bar"
        aria-label={`${file.name}, how far`}
        max={file.size}
        value={sentBytes}
      />
      <button type="button" className="control" onClick={cancel}>
        Cancel
      </button>
    </>
  );
}
