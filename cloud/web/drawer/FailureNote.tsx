import { failureWords } from "../../../contracts/ui/failure-words.ts";
import { ReadError } from "../../../contracts/ui/read-json.ts";
import "./failure-note.css";

/** Why a part of the drawer could not be loaded; the rest of it stands. */
export function FailureNote({ error, retry }: { readonly error: Error; retry(): void }) {
  return (
    <p className="failure" role="status">
      {error instanceof ReadError ? failureWords(error.failure) : "Something went wrong on this page."}{" "}
      <button type="button" className="control" onClick={retry}>
        Try again
      </button>
    </p>
  );
}
