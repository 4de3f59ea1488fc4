import type { RowState } from "./room-rows.ts";

const DRAWINGS: Readonly<Record<RowState, React.ReactNode>> = {
  out: <path d="M8 1.5 15 14H1z" fill="currentColor" />,
  within: <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />,
  stale: (
    <rect
      x="2"
      y="2"
      width="12"
      height="12"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeDasharray="3 2"
    />
  ),
  bad: <path d="m3 3 10 10M13 3 3 13" stroke="currentColor" strokeWidth="2.5" fill="none" />,
  "no-sensor": <path d="M2 8h12" stroke="currentColor" strokeWidth="2.5" fill="none" />,
  unknown: <path d="M2 8h12" stroke="currentColor" strokeWidth="2.5" strokeDasharray="3 2" fill="none" />,
  "no-limit": <circle cx="8" cy="8" r="3" fill="currentColor" />,
};

/** The second cue beside a row's word; screen readers have the word. */
export function RowMark({ state }: { readonly state: RowState }) {
  return (
    <svg className="row-mark" data-row={state} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {DRAWINGS[state]}
    </svg>
  );
}
