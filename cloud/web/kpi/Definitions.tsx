import { FIGURES } from "./figure-words.ts";

/** What each figure is, for whoever wants to rely on it. */
export function Definitions() {
  return (
    <details className="kpi-definitions">
      <summary>How each figure is worked out</summary>
      <dl>
        {FIGURES.map(({ name, words, definition }) => (
          <div key={name}>
            <dt>{words}</dt>
            <dd>{definition}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">
        All of it comes from the beds’ events. A figure of which nothing is known says so and why; it is never
        0. Days begin at midnight where this browser is.
      </p>
    </details>
  );
}
