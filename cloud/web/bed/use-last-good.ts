import { useRef } from "react";

/** The newest value that there was: an answer that failed does not take away what is on the screen. */
export function useLastGood<T>(value: T | undefined): T | undefined {
  const kept = useRef(value);
  if (value !== undefined) kept.current = value;
  return kept.current;
}
