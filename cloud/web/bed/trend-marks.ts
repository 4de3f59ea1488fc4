import { useEffect, useRef } from "react";
import type { RangeName } from "../history/time-window.ts";

/** From choosing a range to its pixels; a bench reads the two marks. */
const CLICK = "trend-click";
const DRAWN = "trend-drawn";

export function markTrendClick(range: RangeName): void {
  performance.mark(CLICK, { detail: { range } });
}

/** Marks when what was asked for has been painted; `data` is the answer that is on the screen. */
export function useTrendMark(data: object | undefined): void {
  const marked = useRef<object>(undefined);
  useEffect(() => {
    if (data === undefined || data === marked.current) return;
    marked.current = data;
    // The charts have drawn by then; the frame that shows it comes next, and the message after it.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        performance.mark(DRAWN);
      };
      port2.postMessage(null);
    });
  }, [data]);
}
