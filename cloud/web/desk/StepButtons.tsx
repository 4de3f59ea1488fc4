import { useState } from "react";

/** What may be done with one thing, as buttons; one at a time, and never shown as done before the service says so. */
export function StepButtons<Event extends string>({
  allowed,
  wordsOf,
  of,
  keyOf = {},
  take,
}: {
  readonly allowed: readonly Event[];
  readonly wordsOf: Readonly<Record<Event, string>>;
  /** What the buttons are about, for who does not see where they stand. */
  readonly of: string;
  /** Keys that do the same, where the page hears them. */
  readonly keyOf?: Partial<Record<Event, string>>;
  take(event: Event): Promise<void>;
}) {
  const [pending, setPending] = useState<Event | null>(null);
  return (
    <div className="desk-actions">
      {allowed
        .filter((event) => event !== "undo")
        .map((event) => (
          <button
            key={event}
            type="button"
            className="control"
            aria-disabled={pending !== null}
            onClick={() => {
              if (pending !== null) return;
              setPending(event);
              void take(event).finally(() => setPending(null));
            }}
          >
            {pending === event ? "Waiting for the service…" : wordsOf[event]}
            <span className="visually-hidden"> {of}</span>
            {keyOf[event] === undefined ? null : (
              <>
                {" "}
                <kbd>{keyOf[event]}</kbd>
              </>
            )}
          </button>
        ))}
    </div>
  );
}
