import { useEffect, useId, useRef, useState } from "react";
import { SendError, sendFailureWords, sendJson } from "../../../contracts/ui/send-json.ts";
import { type ErasureBody, ErasureDone } from "../../../contracts/wire/documents.ts";
import { KeyRing } from "../desk/key-ring.ts";
import "./erase.css";

type Outcome =
  | { readonly kind: "open" | "sending" }
  | { readonly kind: "refused"; readonly words: string }
  | { readonly kind: "done"; readonly archives: readonly string[] };

const REASON_MIN = 3;

/** Nothing brings back what was erased: it is named in letters by whoever does it, with a reason that stays. */
export function EraseForm({
  what,
  confirmWord,
  bodyOf,
  onErased,
  onClose,
}: {
  readonly what: string;
  /** To be typed. */
  readonly confirmWord: string;
  bodyOf(reason: string): ErasureBody;
  onErased(): void;
  onClose(): void;
}) {
  const id = useId();
  const keys = useRef(new KeyRing());
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [outcome, setOutcome] = useState<Outcome>({ kind: "open" });
  const first = useRef<HTMLInputElement>(null);
  // It may open far from the button that asked for it.
  useEffect(() => first.current?.focus(), []);
  const isReady = typed.trim() === confirmWord && reason.trim().length >= REASON_MIN;

  const erase = async () => {
    if (!isReady || outcome.kind === "sending") return;
    const body = bodyOf(reason.trim());
    setOutcome({ kind: "sending" });
    try {
      const { archives } = await keys.current.send(body, (key) =>
        sendJson(ErasureDone, { method: "POST", url: "/api/v1/evidence/erasures", body, key }),
      );
      keys.current.granted(body);
      setOutcome({ kind: "done", archives });
      onErased();
    } catch (error) {
      const words =
        error instanceof SendError ? sendFailureWords(error.failure) : "Something went wrong on this page.";
      setOutcome({ kind: "refused", words });
    }
  };
  if (outcome.kind === "done") return <Erased archives={outcome.archives} onClose={onClose} />;
  return (
    <form
      className="erase"
      aria-label={`Erase ${what}`}
      onSubmit={(event) => {
        event.preventDefault();
        void erase();
      }}
    >
      <p>
        <strong>Erase {what} for good.</strong> What was said, and the random number that hides it, are
        destroyed in this service. Nobody brings it back, this service neither. Its place in the log stays, so
        that every other proof stays good; that something was erased here, when, by which role and why stays
        too. A file that was given away before still says it.
      </p>
      <label>
        Why; name nobody, for this stays
        <input
          ref={first}
          className="control"
          required
          minLength={REASON_MIN}
          maxLength={300}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <label>
        <span>
          Type <kbd>{confirmWord}</kbd> to say that you mean it
        </span>
        <input
          className="control"
          required
          autoComplete="off"
          aria-describedby={`${id}-hint`}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
      </label>
      <p id={`${id}-hint`} className="quiet">
        {isReady ? "It can be erased now." : "The button works once both are written."}
      </p>
      <div className="erase-actions">
        <button type="submit" className="control" aria-disabled={!isReady || outcome.kind === "sending"}>
          {outcome.kind === "sending" ? "Waiting for the service…" : "Erase for good"}
        </button>
        <button type="button" className="control" onClick={onClose}>
          Leave it
        </button>
      </div>
      <p role="status">{outcome.kind === "refused" ? `Not erased. ${outcome.words}` : ""}</p>
    </form>
  );
}

function Erased({ archives, onClose }: { readonly archives: readonly string[]; onClose(): void }) {
  return (
    <div className="erase" role="status">
      <p>
        <strong>Erased.</strong> The log says so within a second.
      </p>
      {archives.length === 0 ? null : (
        <>
          <p>These files were written before, and may hold it still. Destroy or rewrite them by hand:</p>
          <ul>
            {archives.map((archive) => (
              <li key={archive}>
                <code>{archive}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <button type="button" className="control" onClick={onClose}>
        Understood
      </button>
    </div>
  );
}
