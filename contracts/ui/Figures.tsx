import type { ReactNode } from "react";
import "./figures.css";

/** A strip of figures across the page, to be read from a distance. */
export function Figures({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <dl className="figures desaturates" aria-label={label}>
      {children}
    </dl>
  );
}

export function Figure({
  name,
  value,
  note,
  shape,
  kind = "plain",
}: {
  readonly name: string;
  readonly value: number | string;
  readonly note?: ReactNode;
  readonly shape?: ReactNode;
  /** `lead` is the one to look at first; `wide` has a longer note. */
  readonly kind?: "plain" | "lead" | "wide";
}) {
  return (
    <div className={`figure figure-${kind}`}>
      <dt>
        {shape} {name}
      </dt>
      <dd className="figure-value">{value}</dd>
      <dd className="figure-note quiet">{note}</dd>
    </div>
  );
}
