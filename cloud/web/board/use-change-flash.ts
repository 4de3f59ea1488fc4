import { type RefObject, useEffect, useRef } from "react";

const FLASH_MS = 600;

/** Outlines its element for a moment when `what` changes; not when it first appears, and not for who asked for stillness. */
export function useChangeFlash(...what: readonly unknown[]): RefObject<HTMLButtonElement | null> {
  const element = useRef<HTMLButtonElement>(null);
  const shown = useRef<string | null>(null);
  const now = JSON.stringify(what);
  useEffect(() => {
    const changed = shown.current !== null && shown.current !== now;
    shown.current = now;
    if (!changed || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const outline = (color: string) => ({ outline: `3px solid ${color}`, outlineOffset: "1px" });
    element.current?.animate([outline("var(--text)"), outline("transparent")], FLASH_MS);
  }, [now]);
  return element;
}
