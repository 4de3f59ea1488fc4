import type { ReactNode } from "react";
import "./state-panel.css";

/** What stands where the content would be: empty, failed, signed out, denied. Says what is so, why, and what to do. */
export function StatePanel({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: { readonly words: string; readonly run: () => void };
}) {
  return (
    <section className="state-panel" aria-label={title}>
      <h2>{title}</h2>
      {children}
      {action === undefined ? null : (
        <button type="button" className="control" onClick={action.run}>
          {action.words}
        </button>
      )}
    </section>
  );
}
