import type { Derived, Verdict } from "../../../contracts/bed/derive.ts";
import { REASON_WORDS } from "../../../contracts/ui/states.ts";

/** Whether the bed can be had, and every reason why not: on its sensor's word, or on a person's. */
export function Verdicts({ derived }: { readonly derived: Derived }) {
  return (
    <section className="verdicts" aria-label="Can it be booked?">
      <VerdictCard name="Bookable" basis="on its sensor’s evidence" verdict={derived.bookable} />
      <VerdictCard
        name="Offerable"
        basis="on a person’s word; the hospital must confirm"
        verdict={derived.offerable}
      />
    </section>
  );
}

function VerdictCard({
  name,
  basis,
  verdict,
}: {
  readonly name: string;
  readonly basis: string;
  readonly verdict: Verdict;
}) {
  return (
    <div className="verdict" data-ok={verdict.ok}>
      <h3>
        {name}: {verdict.ok ? "yes" : "no"}
      </h3>
      <p className="quiet">{basis}</p>
      {verdict.ok ? null : (
        <ul className="reasons">
          {verdict.reasons.map((reason) => (
            <li key={reason}>{REASON_WORDS[reason]}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
