import type { ReactNode } from "react";

/** One section of the page; its heading names it, and the table in it by `id`. */
export function Card({
  id,
  title,
  note,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-labelledby={id}>
      <header className="card-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <p className="quiet">{note}</p>}
      </header>
      {children}
    </section>
  );
}
