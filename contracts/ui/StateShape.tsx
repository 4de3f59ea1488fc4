import type { DisplayState } from "../bed/derive.ts";
import { type Shape, STATE_TOKENS } from "./states.ts";
import "./state-shape.css";

/** Drawn in a box of 16 × 16, each by line and area alone, so that it is told apart without its colour. */
const DRAWINGS: Readonly<Record<Shape, React.ReactNode>> = {
  filled: <rect x="1" y="1" width="14" height="14" rx="3" fill="currentColor" />,
  half: (
    <>
      <rect x="2" y="2" width="12" height="12" rx="2" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M2 4a2 2 0 0 1 2-2h4v12H4a2 2 0 0 1-2-2z" fill="currentColor" />
    </>
  ),
  hollow: (
    <rect x="2" y="2" width="12" height="12" rx="2" fill="none" stroke="currentColor" strokeWidth="2.5" />
  ),
  hatched: (
    <>
      <rect
        x="1.5"
        y="1.5"
        width="13"
        height="13"
        rx="2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      <path d="M2 7.5 7.5 2M2 13 13 2M8 14l6-6" stroke="currentColor" strokeWidth="2" fill="none" />
    </>
  ),
  barred: (
    <>
      <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M4 8h8" stroke="currentColor" strokeWidth="3" />
    </>
  ),
  dashed: (
    <rect
      x="2"
      y="2"
      width="12"
      height="12"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeDasharray="3 2"
      strokeDashoffset="1.5"
    />
  ),
};

/** The second cue beside a state's word; screen readers have the word. */
export function StateShape({ state }: { readonly state: DisplayState }) {
  return (
    <svg className="state-shape" data-state={state} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {DRAWINGS[STATE_TOKENS[state].shape]}
    </svg>
  );
}
